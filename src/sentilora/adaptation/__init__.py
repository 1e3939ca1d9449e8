"""A base goes on with its pre-training on unlabelled texts, and becomes a better base for a field.

Door: ``adapt()`` and ``resume_adaptation()`` in adapt.py; ``estimate_adaptation()`` in
adaptation_estimate.py for a dry run.
Flow: adaptation_config.py names the settings; adaptation_context.py resolves base, texts and
device; windows.py puts the texts on disk as token ids; pretraining.py hides words (masking.py),
computes the loss (objective.py) and updates until schedule.py says stop, with its state in
adaptation_state.py; base_seal.py writes the folder, has base_proof.py prove it, describes it
(base_card.py) and seals it.
May import: training and what lies below it.
Not covered: several processes; new words (the vocabulary stays the base's).
"""
