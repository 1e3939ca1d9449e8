"""Tokenised examples on disk, and the plan of which of them form which update.

Doors: ``encode_examples()`` in encoded_examples.py, ``BatchPlan``, ``Collator`` in batch_plan.py.
The plan of the whole training is made once, before it starts, so that a resumed run goes on with
the same batches (docs/decisions/0001-one-plan-of-batches.md).
Not covered: pairs; they come beside these batches, in ``training/preference/``.
"""
