"""HTTP server: many adapters, with label sets of their own, on the encoders they share.

Door: ``serve()`` in http/server.py.
Flow: ``http/`` (what clients see) -> ``Pool`` in pool.py -> ``queue/`` (what computes). pool.py is
the wall: ``http/`` knows no more of the queue than its protocol, and opens it in one place. So is
inbox.py for what stores texts, which lies above, and is handed in.
May import: inference and what lies below it.
Not covered: TLS, users, several machines; put a proxy in front.
"""
