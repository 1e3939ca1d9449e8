"""Load on HTTP servers, SentiLoRA's and the one that most people write.

``__main__`` makes the models (``adapters``), starts the ``servers`` (``plain_server`` is one of
them) and lets ``clients`` ask; each waits for its answer. ``table`` shows the record.
"""
