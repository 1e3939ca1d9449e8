"""What a report holds, typed; each part knows its form in ``report.json``.

Doors: ``RunPart`` and ``DataPart`` in run_part.py (what was run, and on what), ``Comparison`` in
comparison_part.py (the model beside others), ``OrderPart`` in order_part.py (the order of texts),
``TrainingPart`` in training_part.py (cost, curves and proof of a training).
All are written and read by json_form.py: keys that an earlier version did not write are read as
None or empty; unknown keys are left out.
May import: nothing of ``reports/``, which composes and shows the parts.
Not covered: measuring, and words for people.
"""
