"""A new model takes the place of an old one, if it is not worse on the same rows.

Door: ``promote()`` in promote.py, which writes the file that stands for the model in use, and
``undo_promotion()``; measured_pair.py compares two models on labelled rows, where no training has.
"""
