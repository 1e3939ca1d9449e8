"""Clients of a server that ``sentilora serve`` runs: texts in, Predictions out, over HTTP.

Doors: ``AsyncClient`` in async_client.py; ``Client`` in blocking_client.py, which runs one in a
thread of its own.
Flow: request_batches.py cuts texts as the limits of the server are -> async_client.py sends them,
and again when retries.py says so -> replies.py makes predictions or errors of what comes.
May import: inference, for what a Prediction is, and what lies below it; it loads no torch.
Not covered: the shapes of others (TEI, Hugging Face), which have clients of their own.
"""
