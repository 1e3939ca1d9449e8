"""What helps in a field of its own; see ``__main__.py``."""
