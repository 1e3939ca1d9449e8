"""What form a file of text has: found out before its rows are read, or as the user said.

Door: ``find_encoding()`` in charset.py.
May import: streams.py and read_options.py of the room above, and what lies below ``data/files/``.
Not covered: reading the rows, which delimited.py and plaintext.py of the room above do.
"""
