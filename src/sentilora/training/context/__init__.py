"""What all steps of a training stand on: the config made concrete, and the open run.

Door: ``resolve()`` in resolved_run.py, which reads and checks all that a config names and writes
nothing; ``open_run()`` in run_context.py, which makes the run folder and tokenises.
Flow: train_keywords.py says how ``train`` is told settings; held_rows.py keeps rows that are in
memory as files; start_settings.py opens the trained adapter to start from; resolved_run.py;
run_context.py.
May import: the batches and preferences of training, runs, and what lies below.
Not covered: the estimate of a dry run, which begins with ``resolve()`` and opens no run.
"""
