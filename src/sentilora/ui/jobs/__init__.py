"""What takes a while: trainings and exports in processes of their own, files beside the page.

Doors: ``start()``, ``resume()`` and ``find_jobs()`` in training_jobs.py, ``watch()`` in
run_progress.py, ``ship()`` in export_jobs.py, ``PageJob`` in page_job.py; run_names.py
renames and deletes runs.
A training is the ``sentilora`` command, started by the page; how far it is stands in its run folder
and nowhere else, so that it outlives the page. A file is answered or analysed in a thread, with the
model that all visitors share.
Not covered: a queue of jobs; one training runs at a time.
"""
