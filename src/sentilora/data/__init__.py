"""From files to checked rows: labelled texts, plain texts, preference pairs.

Doors: ``labelled/`` for texts with labels, ``pairs/`` for preferences, ``read_corpus()`` in
corpus.py for texts without labels, ``files/`` for rows as they come.
text_entries.py and frames.py take texts and tables that are in memory already.
Flow: ``files/`` opens a source and streams it; columns.py finds the column by its name, and
column_values.py says what its values look like; problems.py collects all that is wrong, with row
numbers, and raises once; text_cells.py says what counts as a text; same_text.py says when two
texts are one; languages.py counts texts that do not look English.
``pairs/`` may use ``labelled/``, and both use ``files/``; never the other way round.
May import: config and the files below it. No torch, no transformers.
Not covered: tokens; they begin in ``model/tokens.py``.
"""
