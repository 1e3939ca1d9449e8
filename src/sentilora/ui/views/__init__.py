"""The pages of the web app, one file each.

Door: ``show()`` of each file, which ../page.py calls; a new page is a file here and a line there.
A page reads the session, calls ``models/`` or ``jobs/``, and draws with ``display/``.
feedback_form.py asks for the feedback of *Overview* and *Label*; overview_figures.py and
overview_messages.py are parts of *Overview*, label_shares.py of *Label*, train_form.py and
run_list.py of *Train*; report_section.py is the report of a run, which three pages show;
job_watch.py shows work that goes on.
"""
