"""What is wrong with single rows of a data set: labels, copies, junk, personal data, languages.

Door: ``check()`` in quality_check.py, which adds to the quick check of ``data/labelled/`` what
row_quality.py finds: label_doubts.py with judge_vectors.py, near_copies.py, junk_texts.py,
personal_data.py. cleaned_file.py writes the rows without those that were found, and a log of them.
May import: ``inference/`` and the rooms below it.
Not covered: mending a label or a text; whoever knows the data decides that.
"""
