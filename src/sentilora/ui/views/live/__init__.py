"""Parts of the page *Live*, which reads the store of a monitor.

Door: ``show_store()`` in live_view.py, which asks again and again; live_choices.py asks what is to
be shown, live_figures.py shows mood, volume and channels, live_alerts.py alerts, live_texts.py the
stream of texts, live_corrections.py takes what a visitor says of one. What they show comes from
ui/models/live_store.py and the room ``monitoring/figures/``; ui/display/live_html.py and
ui/display/live_charts.py say how it looks.
Corrections are all that it writes.
"""
