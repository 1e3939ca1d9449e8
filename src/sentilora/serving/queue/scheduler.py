"""The queue: requests of all clients, gathered into batches by a few threads.

Whatever waits when a batch ends may be in the next one: the busier the server is, the larger its
batches become. The oldest text is always in the next batch, beside texts of like length, so that
little is padding. What has come is tokenised, batches are chosen, answers are given and adapters
are put in by one thread at a time, whichever is free; only batches are computed side by side
(threads.py says why, and next_batch.py when).
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from sentilora.serving.pool import (
    Answer,
    BatchListener,
    Closing,
    NameTaken,
    Served,
    UnknownAdapter,
)
from sentilora.serving.queue.admission import Admission
from sentilora.serving.queue.backends import Loaded
from sentilora.serving.queue.batch_compute import Computed, tokenise
from sentilora.serving.queue.model_loader import Loader
from sentilora.serving.queue.next_batch import take_batch
from sentilora.serving.queue.requests import Request, Waiting, settle
from sentilora.serving.queue.threads import Cores
from sentilora.serving.queue.workers import Crew


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
        """Start the threads that compute.

        Args:
            loader: loader of the adapters that are added.
            max_requests: largest number of requests that wait or are computed.
            max_texts: largest number of texts that wait.
            batch_tokens: largest number of padded tokens in a batch; a single longer text is a
                batch of its own.
        """
        self._loader = loader
        self._loading = threading.Lock()
        self._admission = Admission(max_requests, max_texts)
        self._batch_tokens = batch_tokens
        self._cores = Cores()
        self._waiting: deque[Waiting] = deque()  # touched by begin, finish and break_off only
        self._listeners: list[BatchListener] = []
        self._crew = Crew(self._cores.workers, self)
        self._changed = self._crew.lock  # guards all below
        self._loaded: dict[str, Loaded] = {}
        self._leaving: list[Loaded] = []
        self._inbox: deque[Request] = deque()
        self._jobs: deque[tuple[Callable[[], Any], Future[Any]]] = deque()
        self._open: set[Request] = set()
        self._texts = self._tokens = 0
        self._running = 0
        self._is_stuck = False  # what waits may not be computed before something has changed
        self._is_closing = self._is_out_of_time = False
        self._crew.start()

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
            now = time.monotonic()
            self._admission.enter(len(self._open), self._texts, len(texts), deadline, now)
            request = Request(loaded, texts, deadline)
            loaded.accepted += 1
            self._open.add(request)
            self._texts += len(texts)
            self._inbox.append(request)
            self._crew.wake()
        return request.future

    def add(self, name: str, path: str | Path) -> Served:
        """Load an adapter, which may take seconds; others answer meanwhile."""
        with self._loading:
            with self._changed:
                if name in self._loaded:
                    raise NameTaken(name)
            return self._load(name, path)

    def replace(self, name: str, path: str | Path) -> Served:
        """Load an adapter that answers under the name of one from then on."""
        with self._loading:
            self.find(name)
            return self._load(name, path)

    def _load(self, name: str, path: str | Path) -> Served:
        with self._cores.sharing():
            install = self._loader.prepare(name, path)
        loaded: Loaded = self._do(install)
        with self._changed:
            if name in self._loaded:
                self._leaving.append(self._loaded[name])
            self._loaded[name] = loaded
            self._crew.wake()
        return loaded.served

    def remove(self, name: str) -> None:
        """Take an adapter away; what was accepted for it is still answered."""
        with self._changed:
            loaded = self._get(name)
            del self._loaded[name]
            self._leaving.append(loaded)
            self._crew.wake()

    def queued(self) -> tuple[int, int]:
        """Return how many texts and tokens wait; those not tokenised yet count as no tokens."""
        with self._changed:
            return self._texts, self._tokens

    def watch(self, listener: BatchListener) -> None:
        """Have ``listener`` called after each batch, by one thread at a time."""
        self._listeners.append(listener)

    def close(self, timeout_s: float) -> None:
        """Accept nothing more, and finish what was accepted.

        What is not finished after ``timeout_s`` seconds fails.
        """
        with self._changed:
            self._is_closing = True
        self._crew.end(timeout_s)
        with self._changed:
            self._is_out_of_time = True

    def _do(self, job: Callable[[], Any]) -> Any:
        """Have something done while no batch is computed."""
        done: Future[Any] = Future()
        with self._changed:
            if self._is_closing:
                raise Closing
            self._jobs.append((job, done))
            self._crew.wake()
        return done.result()

    def is_due(self) -> bool:
        """Whether there is something to do now, as ``Work`` in workers.py asks."""
        if self._jobs or any(not loaded.accepted for loaded in self._leaving):
            return not self._running
        return bool(self._inbox or (self._waiting and not self._is_stuck))

    def begin(self, number: int) -> list[Waiting]:
        """Do what comes before a batch, and take one."""
        with self._changed:
            is_quiet = not self._running
            accepted, self._inbox = list(self._inbox), deque()
        if is_quiet:
            self._cores.use(self._cores.share)
            self._change_adapters()
        if self._is_out_of_time:
            self._abandon()
            return []
        self._take_in(accepted)
        batch = take_batch(self._waiting, self._is_ready, self._batch_tokens)
        with self._changed:
            if batch:
                batch[0].request.loaded.lane.running += 1
                self._running += 1
            self._is_stuck = not batch
            if self.is_due():
                self._crew.wake()
            is_alone = self._running == 1 and not self._waiting
        self._cores.use(self._cores.all if is_alone and number == 0 else self._cores.share)
        return batch

    def _change_adapters(self) -> None:
        """Put in and take out what is to be, while no batch is computed."""
        with self._changed:
            jobs, self._jobs = self._jobs, deque()
            gone = [loaded for loaded in self._leaving if not loaded.accepted]
            self._leaving = [loaded for loaded in self._leaving if loaded.accepted]
        for loaded in gone:
            loaded.lane.drop(loaded.slot)
        for job, done in jobs:
            settle(job, done)

    def break_off(self) -> None:
        """Let all that is not answered fail, as a thread has broken down."""
        with self._changed:
            self._is_closing = self._is_out_of_time = True
        self._abandon()

    def _abandon(self) -> None:
        """Let all that is not answered fail."""
        with self._changed:
            left, jobs = list(self._open), list(self._jobs)
            self._jobs.clear()
            self._inbox.clear()
        for _, done in jobs:
            done.set_exception(Closing())
        for request in left:
            self._give_up(request, Closing())
        self._waiting.clear()

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

    def finish(self, batch: list[Waiting], computed: Computed | Exception) -> None:
        """Give the answers of a batch, or the error that it ended with."""
        by_id = {id(text.request): text.request for text in batch}
        requests = [request for request in by_id.values() if not request.is_ended]
        with self._changed:
            batch[0].request.loaded.lane.running -= 1
            self._running -= 1
            self._is_stuck = False
        if isinstance(computed, Exception):
            for request in requests:
                self._give_up(request, computed)
            return
        for text, logits in zip(batch, computed.logits, strict=True):
            text.request.answer(text.position, logits)
        for request in requests:
            request.inference_s += computed.done.seconds
            if request.finish():
                self._forget(request)
        for listener in self._listeners:
            listener(computed.done)

    def _give_up(self, request: Request, error: Exception) -> None:
        request.fail(error)
        self._forget(request)

    def _forget(self, request: Request) -> None:
        """Count a request out; its texts that still wait are skipped when their turn comes."""
        request.is_ended = True
        with self._changed:
            request.loaded.accepted -= 1
            self._open.discard(request)
            self._texts -= len(request.texts)
            self._tokens -= request.tokens
            self._admission.left(len(request.texts), self._texts, time.monotonic())
