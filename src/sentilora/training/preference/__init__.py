"""Training on preference pairs: their data, their batches, their loss.

Doors: ``read_config_pairs()`` in pair_data.py, ``PairedPlan`` and ``PairLoss`` in pair_batches.py;
../coupled_batches.py puts them beside the labelled batches of a run.
Flow: pair_data.py reads and tokenises the pairs of a run; pair_batches.py says which of them go
into which update; preference_loss.py computes Bradley–Terry on graded texts, DPO on labels.
Not covered: making pairs (``data/pairs/``) and measuring them (``evaluation/``).
"""
