"""The queue: requests of all clients, gathered into batches by one thread.

Whatever waits when a batch ends may be in the next one: nothing waits for company, and the busier
the server is, the larger its batches become. The oldest text is always in the next batch, beside
texts of like length, so that little is padding. Models, tokenizers and PEFT's global state are
touched by that one thread only.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from sentilora.serving.accepting import Request, Waiting
from sentilora.serving.choosing import take_batch
from sentilora.serving.computing import compute, tokenise
from sentilora.serving.lanes import Loaded
from sentilora.serving.loading import Loader
from sentilora.serving.pool import (
    Answer,
    BatchDone,
    Closing,
    Listener,
    NameTaken,
    QueueFull,
    Served,
    UnknownAdapter,
)


class BatchingPool:
    """Adapters behind one queue; what its methods do is told in :class:`Pool` (pool.py)."""

    def __init__(
        self,
        loader: Loader,
        *,
        max_requests: int,
        max_texts: int,
        batch_tokens: int | None = None,
    ) -> None:
        """Start the thread that computes.

        Args:
            loader: of what is added.
            max_requests: that may wait or be computed.
            max_texts: that may wait.
            batch_tokens: padded tokens of a batch; a single longer text is a batch of its own.
        """
        self._loader = loader
        self._loading = threading.Lock()
        self._max_requests, self._max_texts = max_requests, max_texts
        self._batch_tokens = batch_tokens
        self._changed = threading.Condition()
        # All below are guarded by _changed, but for _waiting, which is the thread's own.
        self._loaded: dict[str, Loaded] = {}
        self._leaving: list[Loaded] = []
        self._inbox: deque[Request] = deque()
        self._jobs: deque[tuple[Callable[[], Any], Future[Any]]] = deque()
        self._requests = self._texts = self._tokens = 0
        self._texts_per_s = 100.0
        self._is_closing = self._is_out_of_time = False
        self._waiting: deque[Waiting] = deque()
        self._listeners: list[Listener] = []
        self._thread = threading.Thread(target=self._run, name="sentilora-batches", daemon=True)
        self._thread.start()

    def served(self) -> list[Served]:
        """List what answers, in the order in which it was added."""
        with self._changed:
            return [loaded.served for loaded in self._loaded.values()]

    def find(self, name: str) -> Served:
        """Return what answers under a name."""
        with self._changed:
            return self._get(name).served

    def _get(self, name: str) -> Loaded:
        loaded = self._loaded.get(name)
        if loaded is None:
            raise UnknownAdapter(name, list(self._loaded))
        return loaded

    def submit(self, name: str, texts: list[str], deadline: float | None) -> Future[Answer]:
        """Put texts into the queue, and return at once."""
        with self._changed:
            if self._is_closing:
                raise Closing
            loaded = self._get(name)
            is_full = self._requests >= self._max_requests
            if is_full or self._texts + len(texts) > self._max_texts:
                raise QueueFull(
                    self._texts / self._texts_per_s,
                    f"{self._requests} requests with {self._texts} texts wait; at most "
                    f"{self._max_requests} with {self._max_texts} may",
                )
            request = Request(loaded, texts, deadline)
            loaded.accepted += 1
            self._requests += 1
            self._texts += len(texts)
            self._inbox.append(request)
            self._changed.notify()
        return request.future

    def add(self, name: str, path: str | Path) -> Served:
        """Load an adapter, which may take seconds; others answer meanwhile."""
        with self._loading:
            with self._changed:
                if name in self._loaded:
                    raise NameTaken(name)
            install = self._loader.prepare(name, path)
            loaded: Loaded = self._do(install)
            with self._changed:
                self._loaded[name] = loaded
            return loaded.served

    def remove(self, name: str) -> None:
        """Take an adapter away; what was accepted for it is still answered."""
        with self._changed:
            loaded = self._get(name)
            del self._loaded[name]
            self._leaving.append(loaded)
            self._changed.notify()

    def queued(self) -> tuple[int, int]:
        """Return how many texts and tokens wait; those not tokenised yet count as no tokens."""
        with self._changed:
            return self._texts, self._tokens

    def watch(self, listener: Listener) -> None:
        """Have ``listener`` called after each batch, in the thread that computes."""
        self._listeners.append(listener)

    def close(self, timeout_s: float) -> None:
        """Accept nothing more, and finish what was accepted.

        What is not finished after ``timeout_s`` seconds fails.
        """
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        self._thread.join(timeout_s)
        with self._changed:
            self._is_out_of_time = True
            self._changed.notify()

    def _do(self, job: Callable[[], Any]) -> Any:
        """Have the thread that computes do something between two batches."""
        done: Future[Any] = Future()
        with self._changed:
            if self._is_closing:
                raise Closing
            self._jobs.append((job, done))
            self._changed.notify()
        return done.result()

    def _run(self) -> None:
        try:
            self._work()
        finally:  # also when it broke down: nobody may wait for ever
            with self._changed:
                self._is_closing = True
            self._abandon([])

    def _work(self) -> None:
        """Compute until the pool is closed and nothing is left."""
        while True:
            with self._changed:
                while not (self._jobs or self._inbox or self._waiting or self._leaving):
                    if self._is_closing:
                        return
                    self._changed.wait()
                jobs, self._jobs = self._jobs, deque()
                accepted, self._inbox = list(self._inbox), deque()
            for job, done in jobs:
                _settle(job, done)
            if self._is_out_of_time:
                self._abandon(accepted)
                return
            self._take_in(accepted)
            self._compute(take_batch(self._waiting, self._is_ready, self._batch_tokens))
            self._drop_left()

    def _abandon(self, accepted: list[Request]) -> None:
        with self._changed:
            accepted = [*accepted, *self._inbox]
            jobs = list(self._jobs)
        for _, done in jobs:
            done.set_exception(Closing())
        for request in {*accepted, *(text.request for text in self._waiting)}:
            if not request.is_ended:
                self._give_up(request, Closing())

    def _take_in(self, accepted: list[Request]) -> None:
        wanted = []
        for request in accepted:
            if request.is_wanted():
                wanted.append(request)
            else:
                self._forget(request)
        try:
            self._waiting.extend(tokenise(wanted))
        except Exception as error:  # noqa: BLE001 - whatever it was, the others are still answered
            if len(wanted) == 1:
                self._give_up(wanted[0], error)
                return
            for request in wanted:  # one of them did it
                self._take_in([request])
            return
        with self._changed:
            self._tokens += sum(request.tokens for request in wanted)
        for request in wanted:
            if request.finish():  # by its first stage
                self._forget(request)

    def _is_ready(self, request: Request) -> bool:
        """Whether a request is still to be computed; one that nobody waits for is forgotten."""
        if request.is_ended:
            return False
        if request.is_wanted() and request.start():
            return True
        self._forget(request)
        return False

    def _compute(self, batch: list[Waiting]) -> None:
        if not batch:
            return
        requests = list({id(text.request): text.request for text in batch}.values())
        started = time.perf_counter()
        try:
            padded = compute(batch)
        except Exception as error:  # noqa: BLE001 - whatever it was, the others are still answered
            for request in requests:
                self._give_up(request, error)
            return
        seconds = time.perf_counter() - started
        tokens = sum(len(window) for text in batch for window in text.windows)
        with self._changed:
            self._texts_per_s += 0.1 * (len(batch) / seconds - self._texts_per_s)
        for request in requests:
            if request.finish():
                self._forget(request)
        rows = sum(len(text.windows) for text in batch)
        adapters = len({id(request.loaded) for request in requests})
        done = BatchDone(rows, len(batch), tokens, padded, adapters, seconds)
        for listener in self._listeners:
            listener(done)

    def _give_up(self, request: Request, error: Exception) -> None:
        request.fail(error)
        self._forget(request)

    def _forget(self, request: Request) -> None:
        """Count a request out; its texts that still wait are skipped when their turn comes."""
        request.is_ended = True
        with self._changed:
            request.loaded.accepted -= 1
            self._requests -= 1
            self._texts -= len(request.texts)
            self._tokens -= request.tokens

    def _drop_left(self) -> None:
        with self._changed:
            gone = [loaded for loaded in self._leaving if not loaded.accepted]
            self._leaving = [loaded for loaded in self._leaving if loaded.accepted]
        for loaded in gone:
            loaded.lane.drop(loaded.slot)


def _settle(job: Callable[[], Any], done: Future[Any]) -> None:
    try:
        done.set_result(job())
    except Exception as error:  # noqa: BLE001 - it is raised where the job was asked for
        done.set_exception(error)
