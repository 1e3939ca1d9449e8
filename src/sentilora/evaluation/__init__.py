"""What a model is worth: figures with intervals, calibration, baselines, order of texts.

Doors: ``evaluate()`` in evaluate.py (a model on a file), ``measure()`` in metrics.py (labels and
probabilities), ``fit_calibration()`` in calibration.py, ``run_baselines()`` in baselines.py.
Flow: model_rows.py reads a file in the model's labels -> metrics.py -> intervals.py, put together
in model_figures.py; model_baselines.py says which baselines can answer; order.py and
rank_metrics.py measure pairs and ratings; order_bounds.py places labels for a model that has
learned an order only. ``report_parts/`` holds the figures, ``reports/`` turns them into
report.json, a page and a card.
May import: inference and what lies below it.
Not covered: fairness between groups of people; significance over seeds (``training/seeds.py``).
"""
