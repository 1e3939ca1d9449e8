"""What form a file of text has: found out before its rows are read, or as the user said.

Doors: ``find_encoding()`` in charset.py, ``find_layout()`` in csv_layout.py, ``Records`` in
row_records.py.
Flow: charset.py (by likely_encodings.py, which knows letters from alphabets.py) ->
csv_dialect.py (delimiter and quotes, tried on the first lines) -> header_signs.py ->
csv_layout.py (names, and where rows begin) -> total_line.py (where they end) ->
row_records.py, which tells rows from what quotes made of them.
May import: streams.py, formats.py and read_options.py of the room above, and what lies below
``data/files/``.
Not covered: reading the rows into chunks, which delimited.py and plaintext.py of the room above do.
"""
