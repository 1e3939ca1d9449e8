"""What every recipe of a run needs: its folder, its events, its cost, and the proof that it loads.

Doors: ``Run`` in run_folder.py, ``EventFile`` in event_file.py, ``prove_reload()`` in
proof.py, ``Meter`` in cost.py, ``last_checkpoint()`` in checkpoints.py.
Flow: a recipe opens a run, tells its events, and ends with a proof that clean_process.py asks of a
new process; environment.py writes where it ran, processes.py knows whether it is one of several,
epoch_plan.py makes the batches of a pass, interruption.py takes up Ctrl-C, disk.py says when there
is no room, memory.py keeps freed memory, named_runs.py says what several of them are called.
``promotion/`` lets a finished run take the place of the one in use.
May import: inference and what lies below it; no recipe.
Not covered: what is trained, and how.
"""
