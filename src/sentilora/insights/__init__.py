"""What a file of feedback says: its mood, its themes, and when and where these differ.

Texts become ``statements`` (sentences, or less), which a model scores; the base without its adapter
embeds them, and ``themes`` groups them by what they are about. ``mood`` measures the course over
time, changes, trends and segments, all with intervals, as parts of an ``InsightReport``
(insight_report.py); ``report`` writes it. Each of its figures can be counted again from
``statements.parquet``.
"""
