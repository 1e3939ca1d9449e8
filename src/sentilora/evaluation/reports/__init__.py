"""What was measured, as ``report.json``, as a page, and as a model card.

Doors: ``compose_report()`` and ``read_report()`` in report.py, ``render_html()`` in report_html.py,
``render_card()`` in model_card.py.
Flow: report.py composes a ``Report`` from typed parts; report_html.py (with svg_charts.py, of
svg_shapes.py) and model_card.py render it, notebook_report.py in a notebook; comparison.py sets
the model beside before and baselines, and wording.py says every figure, in the same words for the
page, the card, the command line and the app. remedies.py says what helps a model that simple
methods equal. Other rooms' pages take their look from ``page_environment()``, their shapes from
svg_shapes.py.
Not covered: measuring; a report only repeats what it was given.
"""
