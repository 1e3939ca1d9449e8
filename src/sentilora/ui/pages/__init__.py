"""The pages of the web app, one file each.

Door: ``show()`` of each file, which ../page.py calls; a new page is a file here and a line there.
A page reads the session, calls ``models/`` or ``jobs/``, and draws with ``display/``.
report_section.py is the report of a run, which two pages show.
"""
