"""What clients see: routes, shapes of requests and answers, limits, errors.

Door: ``serve()`` in server.py, which listens, loads and stops; ``Limits`` in limits.py.
Flow: protocol.py and middleware.py (callers.py: names and pages; key from api_key.py; size of the
body) -> routing.py -> ``routes/`` -> service.py, which all routes share (a request on its way is a
``Visit``, visit.py), with waiting_requests.py -> the pool.
asgi_app.py puts it together, as a server of models or as one that only stores texts; ``messages/``
holds what goes over the wire, ``web/`` the pages for people; model_names.py says what models are
called; prometheus.py counts.
May import: ../pool.py and ../inbox.py; of ``queue/`` only its factory, in server.py.
Not covered: computing.
"""
