"""The web app, made with Streamlit: what feedback says, as a file and as it comes, and models.

Door: ``launch()`` in launcher.py; Streamlit then runs ``main()`` in page.py for every click.
Flow: page.py draws frame and menu, and calls one file of ``views/``; ``models/`` loads and asks
models, ``jobs/`` starts what takes a while, ``display/`` says how answers look. session.py says
what one visitor has open and visits.py what they keep when the page is loaded again, uploads.py
holds their files, settings.py what the command said. data_form.py asks what stands in a file
and reading_form.py which form it has, data_choices.py is the answer, understood_rows.py what the
file then comes to; date_columns.py finds
dates in a table.
May import: every room below it; the commands of cli it starts as processes.
Not covered: users, passwords; it listens on this machine only.
"""
