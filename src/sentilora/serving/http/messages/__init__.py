"""What goes over the wire: bodies, responses, refusals, and their description in OpenAPI.

Doors: ``read()`` in bodies.py, which compressed_body.py unpacks, ``read_entries()`` in
record_bodies.py for records, one or many, ``reply_json()`` in responses.py,
``Refusal`` and ``refusal_of()`` in refusals.py, ``describe_app()`` in openapi.py.
Every error has one shape, made in refusals.py.
Not covered: the fields of one route; they stand in its file in ``routes/``.
"""
