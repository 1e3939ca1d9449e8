"""The data of ``preference.py``."""
