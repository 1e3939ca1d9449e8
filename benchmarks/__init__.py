"""Programs that measure. Each starts with ``python -m benchmarks.NAME`` from the root of a clone.

A program of one file lies here, one of several parts in a folder with ``__main__``. README.md names
them and keeps the log; ``results/`` holds what they wrote.
"""
