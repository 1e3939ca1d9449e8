"""What a store says, asked by the page *Live*: answers that stay quick however much it holds.

Doors: ``read_hours()`` and ``compare_parts()`` in hour_moods.py, for mood, volume and shares from
the hourly counts; ``read_stream()`` in text_stream.py, for the texts, newest first, with
``read_given_labels()`` in given_labels.py for what people say of them; ``open_alerts()``,
``past_alerts()`` and ``find_alert()`` in told_alerts.py; ``list_sources()`` and
``last_arrival()`` in source_states.py; ``read_offers()`` in offers.py, for what there is to choose
from; distinct_values.py finds it without reading every row.
All take an open connection and never write. ``python -m benchmarks.monitoring.store_questions``
measures them at ten million texts.
Not covered: two segments at once, which are not counted together.
"""
