"""What a monitor counts, for Prometheus.

live_tally.py counts in plain numbers as texts are stored, and asks the store now and then how many
alerts are open and deliveries wait; last_hour.py holds the mood of the last hour; live_metrics.py
gives all of it Prometheus's shape. A scrape asks no store, so that it never waits for one.
"""
