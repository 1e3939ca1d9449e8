"""Rules and models that change while texts come: taken between two batches, or refused.

Door: ``RulesRenewal`` in rules_renewal.py and ``ModelRenewal`` in model_renewal.py, which a monitor
calls between two batches; both learn from watched_file.py that a file is another one now.
"""
