"""Which model is in use: a small file that stands for a model wherever one is named.

Door: ``read_pointer()`` and ``write_pointer()`` in pointer.py. Who decides what it points at is
runs/promotion/promote.py.
"""
