"""BERT-like encoders on a CPU with fewer and larger operations; the answers stay the same.

Door: quick_blocks.py, which puts them into a network of transformers: ``install_quick_blocks()``
for good, ``quick_blocks()`` for a while.
Flow: layouts.py says where an architecture keeps its parts; joined_linear.py adds the adapter to
the weight; block.py is one block with its gradients, block_forward.py all blocks without;
adapter_bank.py gives each row of a batch an adapter of its own; probe.py compares with the plain
way, which is taken where they differ.
Not covered: GPUs, active dropout, and architectures that layouts.py does not list; they compute the
plain way.
"""
