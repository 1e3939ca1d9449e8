"""From rows with a label column to checked, split examples on disk.

Doors: ``read_parts()`` in split.py (train, validation, test), ``read_examples()`` in reader.py (one
file), ``check_parts()`` in check.py; all return or describe ``Examples`` (examples.py).
Flow: scan.py reads each row once; draft.py settles, over all parts together, what the labels mean
(``values/``); reader.py writes the examples; split.py cuts parts, with shares from
stratification.py, and never puts one text on two sides.
Objects in JSON are no values: nested_columns.py says how they become columns.
May import: ``data/files/`` and the files of ``data/``.
Not covered: several labels for one text, labels of spans.
"""
