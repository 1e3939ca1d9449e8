"""Answers as columns of a table.

Doors: ``predict_frame()`` in answered_frame.py for a table in memory; answer_columns.py says which
columns answers have, in memory and in files alike.
May import: what lies below inference, and nothing of the rest of it.
Not covered: files; they are ``rows/`` beside this room.
"""
