"""Sources of rows, whatever their format: found, opened, streamed, written.

Doors: ``locate()`` in sources.py (file, folder, hub data set, sample), ``open_table()`` and
``open_batches()`` in tables.py, ``write_batches()`` in table_files.py.
Flow: sources.py -> tables.py -> one reader for each format (delimited.py, jsonlines.py, arrow.py,
plaintext.py), which all hand on the chunks of streams.py (json_types.py finds types); containers/
turns workbooks, archives, JSON documents and folders into such tables; read_options.py holds what
the user said of a file, and ``text_form/`` finds out the rest; formats.py lists the endings,
first_rows.py reads what advice looks at, and temporary.py keeps rows in Arrow files on disk, so
that memory does not grow with the data.
May import: the rest of ``data/``, but not ``labelled/`` and ``pairs/``.
Not covered: what a column means.
"""
