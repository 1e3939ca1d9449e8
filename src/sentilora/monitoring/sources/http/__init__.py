"""Texts over HTTP, ``POST /v1/feedback``: a source whose clients are answered when they are stored.

``FeedbackInbox`` in feedback_inbox.py is the source, and what the routes of ``serving`` offer texts
to; listening_source.py puts a server of its own before it, where none runs already; side_server.py
runs that in a thread, and door_address.py reads where it listens.
"""
