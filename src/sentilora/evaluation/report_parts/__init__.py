"""What a report holds, typed; each part knows its form in ``report.json``.

``run_part``: what was run, and on what. ``comparison_part``: the model beside others.
``order_part``: the order of texts. ``training_part``: cost, curves and proof of a training.

Keys that an earlier version did not write are read as None or empty; unknown keys are left out.
"""
