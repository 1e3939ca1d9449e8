"""Trainings and exports that run in processes of their own, and how far they are.

Doors: ``start()``, ``resume()`` and ``find_jobs()`` in training_jobs.py, ``watch()`` in
run_progress.py, ``ship()`` in export_jobs.py.
A job is the ``sentilora`` command, started by the page; how far it is stands in its run folder and
nowhere else, so that it outlives the page.
Not covered: a queue of jobs; one training runs at a time.
"""
