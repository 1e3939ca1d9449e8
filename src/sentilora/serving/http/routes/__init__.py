"""The routes, one file for each kind of client.

Door: ``add_to()`` of each file, which ../asgi_app.py calls.
classify.py is the server's own shape, tei.py that of text-embeddings-inference, huggingface.py that
of the Inference API; feedback_route.py takes texts to be stored; adapters.py loads and removes
adapters; info.py says what the server is.
A route reads a body, asks ``Service`` (../service.py), and writes an answer; it computes nothing.
"""
