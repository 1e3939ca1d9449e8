"""From the values of a label column to labels: names, ids, numbers by their order, or ratings.

Door: ``read_meanings()`` in label_values.py, which answers with ``Meanings`` (meanings.py).
Flow: label_spellings.py joins the spellings of one label and finds words for none;
label_numbers.py says what numbers stand for, answer_values.py what yes and no do; ratings.py reads
them on a scale (rating_scale.py); label_advice.py says what to type where values cannot be read.
May import: the files of ``data/``.
Not covered: which column holds the labels.
"""
