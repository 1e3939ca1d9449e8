"""The parts of ``benchmarks/training.py``: sides that train in turns, each in its own process."""
