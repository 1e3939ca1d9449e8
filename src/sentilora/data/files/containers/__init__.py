"""Files that hold tables in ways of their own, each unpacked or turned into rows of JSON Lines.

Doors: ``unpacked()`` and ``extracted()`` in packed.py, ``open_workbook()`` in workbook.py,
``open_json()`` in json_document.py, ``open_labelled_lines()`` and ``open_line_pair()`` in
labelled_lines.py, ``joined()`` in joined_tables.py, ``find_parts()`` in folder_parts.py.
Flow: packed.py unpacks to a folder that lives as long as the table; workbook.py (sheet_header.py
tells whether its first row is a header, workbook_damage.py what is wrong with it), json_document.py
(with annotations.py, which knows the exports of labelling programs) and labelled_lines.py write
rows by row_spool.py; folder_parts.py finds files that belong together, joined_tables.py joins them.
May import: the readers of ``data/files/``, but neither its tables.py nor its sources.py.
Not covered: what a column means.
"""
