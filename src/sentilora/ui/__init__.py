"""The web app, made with Streamlit: try, file, train, compare, model.

Door: ``launch()`` in launcher.py; Streamlit then runs ``main()`` in page.py for every click.
Flow: page.py draws frame and menu, and calls one file of ``pages/``; ``models/`` loads and asks
models, ``jobs/`` starts trainings and exports in processes of their own, ``display/`` says how
answers look. session.py keeps what one visitor has open, uploads.py their files, settings.py what
the command said; date_columns.py finds dates in a table.
May import: every room below it; the commands of cli it starts as processes.
Not covered: users, passwords; it listens on this machine only.
"""
