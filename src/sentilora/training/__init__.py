"""Supervised fine-tuning: from a data file to a proven model in a run folder.

Door: ``train()`` in train.py; ``train_seeds()`` in seeds.py for several seeds, ``estimate()`` in
training_estimate.py for a dry run.
Flow: ``context/`` reads and checks all that a config names, and opens the run folder; ``batches/``
tokenises and plans;
training_loop.py fits with trainer.py and arguments.py, and idle_adapters.py tells of adapters that
learn nothing; seal.py calibrates, saves and proves;
measurement.py measures before, after and baselines; report_files.py writes the reports.
``preference/`` adds pairs to the updates, coupled_batches.py puts them beside the labelled rows.
May import: runs and what lies below it.
Not covered: hyperparameter search.
"""
