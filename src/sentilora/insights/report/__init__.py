"""The report as it is written: JSON, Markdown, one HTML file.

Doors: ``write_insights()`` and ``read_insights()`` in insight_files.py, ``summary()`` in
summary.py.
Flow: stories.py puts what happened into one order; summary.py and sentences.py say in words, with
figure_words.py for figures, what an ``InsightReport`` holds, for every front end; insights_html.py
puts that beside pictures (mood_chart.py, figure_strips.py), insights_markdown.py without them.
Not covered: finding anything out; a report only says what it was given.
"""
