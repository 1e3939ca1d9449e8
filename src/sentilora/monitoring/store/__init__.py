"""What was said and answered, in one SQL database: SQLite in a file, or PostgreSQL.

Door: ``open_store()`` in store.py. store_tables.py names the columns, ``migrations/`` makes and
renews them, store_engine.py connects, hour_counts.py counts, stored_texts.py reads back; a store of
a newer version is refused, an older one is renewed.
Times are milliseconds since 1970 in UTC, as SQLite keeps no time zone.
"""
