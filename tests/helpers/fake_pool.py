"""A pool that answers without weights: a text is the happier, the more exclamation marks it has."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np

from sentilora.errors import ModelError
from sentilora.labels import Labels
from sentilora.serving.pool import (
    Answer,
    BatchDone,
    BatchListener,
    Closing,
    NameTaken,
    QueueFull,
    Served,
    UnknownAdapter,
)

TERNARY = ("negative", "neutral", "positive")
MAX_TOKENS = 64
TEMPERATURE = 2.0


def make_served(name: str, labels: tuple[str, ...] = TERNARY) -> Served:
    return Served(
        name=name,
        labels=Labels(labels),
        base="tests/fake",
        revision="0123abc",
        max_tokens=MAX_TOKENS,
        engine="fake",
        precision="fp32",
        device="cpu",
        kind="adapter",
        is_mixed=True,
    )


def logits_of(text: str, labels: int) -> list[float]:
    happiness = text.count("!") - text.count("?")
    return [happiness * place / (labels - 1) - happiness / 2 for place in range(labels)]


def answer(served: Served, texts: list[str], queue_s: float = 0.0) -> Answer:
    logits = np.array([logits_of(text, len(served.labels)) for text in texts], dtype=np.float32)
    scaled = np.exp(logits.astype(np.float64) / TEMPERATURE)
    lengths = [len(text.split()) + 2 for text in texts]
    return Answer(
        logits=logits,
        probabilities=scaled / scaled.sum(axis=1, keepdims=True),
        truncated=[length > MAX_TOKENS for length in lengths],
        unknown=np.zeros(len(texts)),
        early=None,
        tokens=sum(min(length, MAX_TOKENS) for length in lengths),
        tokenise_s=0.001,
        queue_s=queue_s,
        inference_s=0.002,
    )


class FakePool:
    """Answers at once, or in a thread that can be held up with ``gate``."""

    def __init__(self, *names: str, is_slow: bool = False, max_texts: int = 10_000) -> None:
        self._served = {name: make_served(name) for name in names}
        self._listeners: list[BatchListener] = []
        self._thread = ThreadPoolExecutor(1) if is_slow else None
        self._max_texts = max_texts
        self._waiting = 0
        self.gate = threading.Event()
        self.gate.set()
        self.is_closed = False
        self.seen: list[list[str]] = []
        self.futures: list[Future[Answer]] = []
        self.fails: Exception | None = None

    def put(self, served: Served) -> None:
        self._served[served.name] = served

    def served(self) -> list[Served]:
        return list(self._served.values())

    def find(self, name: str) -> Served:
        if name not in self._served:
            raise UnknownAdapter(name, list(self._served))
        return self._served[name]

    def submit(self, name: str, texts: list[str], deadline: float | None) -> Future[Answer]:
        served = self.find(name)
        if self.is_closed:
            raise Closing
        if self._waiting + len(texts) > self._max_texts:
            raise QueueFull(2.4)
        if self._thread is not None:
            self._waiting += len(texts)
            future = self._thread.submit(self._work, served, texts, time.monotonic())
            self.futures.append(future)
            return future
        future = Future()
        if self.fails is not None:
            future.set_exception(self.fails)
        else:
            future.set_result(self._compute(served, texts, 0.0))
        return future

    def add(self, name: str, path: str) -> Served:
        if name in self._served:
            raise NameTaken(name)
        if not (Path(path) / "manifest.json").is_file():
            raise ModelError(f"{path} is no finished model: it has no manifest.json.")
        self._served[name] = make_served(name)
        return self._served[name]

    def replace(self, name: str, path: str) -> Served:
        self.find(name)
        self._served[name] = make_served(name)
        return self._served[name]

    def remove(self, name: str) -> None:
        self.find(name)
        del self._served[name]

    def queued(self) -> tuple[int, int]:
        return self._waiting, self._waiting * 10

    def watch(self, listener: BatchListener) -> None:
        self._listeners.append(listener)

    def close(self, timeout_s: float) -> None:
        self.is_closed = True
        if self._thread is not None:
            self._thread.shutdown(wait=True)

    def _work(self, served: Served, texts: list[str], since: float) -> Answer:
        self.gate.wait(20)
        self._waiting -= len(texts)
        if self.fails is not None:
            raise self.fails
        return self._compute(served, texts, time.monotonic() - since)

    def _compute(self, served: Served, texts: list[str], queue_s: float) -> Answer:
        self.seen.append(texts)
        found = answer(served, texts, queue_s)
        done = BatchDone(len(texts), len(texts), found.tokens, found.tokens + 3, 1, 0.002)
        for listener in self._listeners:
            listener(done)
        return found
