"""The pages of the web app, one file each.

Door: ``show()`` of each file, which ../page.py calls; a new page is a file here and a line there.
A page reads the session, calls ``models/`` or ``jobs/``, and draws with ``display/``.
drafts/ is page *Replies*; feedback/ holds the parts of *Overview* and *Label*, live/ those of
*Live*; train_form.py and run_list.py are parts of *Train*; report_section.py is the report of a
run, which three pages show; job_watch.py shows work that goes on.
"""
