"""The parts of ``inference.py``: sides that score the same texts in turns."""
