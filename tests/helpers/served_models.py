"""Models to serve together, and a way to keep a pool busy."""

from __future__ import annotations

import threading

TEXTS = ["the film is good", "bad bad food and a slow app , not very clean", "it was tuesday", "!"]
LABELS = {
    "mini-2": ("bert", ("negative", "positive")),
    "mini-5": ("bert", ("1 star", "2 stars", "3 stars", "4 stars", "5 stars")),
    "distil-3": ("distilbert", ("negative", "neutral", "positive")),
    "roberta-2": ("roberta", ("calm", "angry")),
    "deberta-2": ("deberta-v2", ("negative", "positive")),  # not mixed
}


class Held:
    """Keeps the thread that computes busy, so that what is asked meanwhile has to wait."""

    def __init__(self, pool):
        self.pool, self.gate, self.begun = pool, threading.Event(), threading.Event()

    def __enter__(self):
        self.thread = threading.Thread(target=self.pool._do, args=(self._wait,))
        self.thread.start()
        assert self.begun.wait(10)
        return self

    def _wait(self):
        self.begun.set()
        assert self.gate.wait(30)

    def __exit__(self, *_):
        self.gate.set()
        self.thread.join()
