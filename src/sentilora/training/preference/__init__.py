"""Training on preference pairs: their data, their batches, their loss.

Door: ``couple()`` in coupled_batches.py, which puts pairs beside the labelled batches of a run.
Flow: pair_data.py reads and tokenises the pairs of a run; pair_batches.py says which of them go
into which update; preference_loss.py computes Bradley–Terry on graded texts, DPO on labels.
Not covered: making pairs (``data/pairs/``) and measuring them (``evaluation/``).
"""
