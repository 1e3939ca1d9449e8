"""Preference pairs: read from files, made of ratings or edits, held out.

Doors: ``read_pairs()`` in pair_reader.py, ``part_pairs()`` in held_out.py, and the two makers,
``pairs_from_ratings()`` in from_ratings.py and ``pairs_from_edits()`` in from_edits.py.
Flow: pair_columns.py says which kind a file holds; text_references.py finds the texts, and
text_pool.py keeps each once on disk; contradictions.py looks for rows that disagree; the result is
``Pairs`` (preference_pairs.py). Made pairs are drawn in random_pairs.py, written in built_pairs.py.
May import: the rest of ``data/``.
Not covered: rankings of more than two texts; write them as pairs.
"""
