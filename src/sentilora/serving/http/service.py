"""The way from checked texts to an answer, which all routes share."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.types import Receive, Scope

from sentilora.data.text_entries import entry_problem
from sentilora.errors import several
from sentilora.message import command
from sentilora.serving.http.limits import Limits
from sentilora.serving.http.messages.refusals import Refusal
from sentilora.serving.http.messages.responses import RawHeaders
from sentilora.serving.http.model_names import Names
from sentilora.serving.http.prometheus import Metrics
from sentilora.serving.http.visit import VISIT, Visit
from sentilora.serving.http.waiting_requests import WaitingRoom
from sentilora.serving.inbox import Entry, Inbox, Kept
from sentilora.serving.pool import Answer, Closing, Pool, Served, UnknownAdapter


@dataclass(frozen=True)
class Answered:
    """An answer with what every shape is made of.

    Attributes:
        served: adapter or model that answered.
        answer: answer of the pool.
        rows: calibrated probabilities of each text, in label order.
        chosen: label id of each text.
        headers: headers that tell tokens and times.
    """

    served: Served
    answer: Answer
    rows: list[list[float]]
    chosen: list[int]
    headers: RawHeaders


class Service:
    """The pool, once it is there, and the rules under which requests reach it.

    Attributes:
        limits: limits of requests.
        metrics: what is counted.
        key: key that requests must show; None for none.
        folders: folders from which adapters may be added.
        names: names beside those of the models.
        pool: pool that answers; None until the models are loaded.
        inbox: what stores texts; None until it is there.
        classifies: whether there is a pool, or will be.
        keeps: whether there is an inbox, or will be.
        is_closing: whether nothing new is accepted.
        active: number of requests with a body that are being read, wait or are answered.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        key: str | None = None,
        folders: tuple[Path, ...] = (),
        names: Names | None = None,
        classifies: bool = True,
        keeps: bool = False,
    ) -> None:
        self.limits = limits
        self.key = None if key is None else key.encode()
        self.folders = tuple(folder.resolve() for folder in folders)
        self.names = names or Names()
        self.metrics = Metrics()
        self.pool: Pool | None = None
        self.inbox: Inbox | None = None
        self.classifies, self.keeps = classifies, keeps
        self.is_closing = False
        self.active = 0
        self._room = WaitingRoom()
        self.metrics.waiting = self._waiting

    def take(self, pool: Pool | None, inbox: Inbox | None = None) -> None:
        """Begin to answer, and to store."""
        if inbox is not None:
            if inbox.counts is not None:
                self.metrics.join(inbox.counts)
            self.inbox = inbox
        if pool is not None:
            pool.watch(self.metrics.count_batch)
            self.pool = pool

    def check_ready(self) -> None:
        """Make sure that all is there that this server is for.

        Raises:
            Refusal: it is not loaded yet.
            Closing: the server stops.
        """
        if self.classifies or self.is_closing:
            self.ready()
        if self.keeps:
            self.check_keeps()

    def check_keeps(self) -> Inbox:
        """Return the inbox.

        Raises:
            Refusal: there is none, or it is not there yet.
            Closing: the server stops.
        """
        if self.is_closing:
            raise Closing
        if not self.keeps:
            raise Refusal(
                403,
                "This server stores no texts. Start it with: "
                f"{command('serve', 'RUN', feedback='feedback.db')}",
            )
        if self.inbox is None:
            raise _loading()
        return self.inbox

    def ready(self) -> Pool:
        """Return the pool.

        Raises:
            Refusal: it is not loaded yet.
            Closing: the server stops.
        """
        if self.is_closing:
            raise Closing
        if self.pool is None:
            raise _loading()
        return self.pool

    def find(self, name: str | None) -> Served:
        """Return what answers: under a name or an alias, or where none is named.

        Raises:
            UnknownAdapter: there is no such model.
            Refusal: there is none at all.
        """
        pool = self.ready()
        name = self.names.default if name is None else name
        if name is None:
            served = pool.served()
            if not served:
                raise Refusal(404, "No model is served at present. Add one: POST /v1/adapters")
            return served[0]
        try:
            return pool.find(self.names.model_of(name))
        except UnknownAdapter as error:
            raise UnknownAdapter(name, [*error.names, *self.names.aliases]) from None

    async def answer(
        self, name: str | None, texts: list[str], scope: Scope, receive: Receive
    ) -> Answered:
        """Answer texts.

        Raises:
            Refusal: too many texts, or one is empty or too long, or the answer took too long.
            SentiloraError: what the pool raises.
            ClientGone: nobody waits any more.
        """
        served = self.find(name)
        visit: Visit = scope[VISIT]
        visit.adapter = served.name
        check_texts(texts, self.limits)
        timeout_s = self.limits.timeout_s
        future = self.ready().submit(served.name, texts, time.monotonic() + timeout_s)
        try:
            answer = await self._room.wait(future, receive, timeout_s)
        except TimeoutError as error:
            raise Refusal(
                504,
                f"The answer took too long: this server gives up after {timeout_s:g} s. Send fewer "
                "texts in one request, or send them later.",
            ) from error
        rows = answer.probabilities.tolist()
        chosen = answer.probabilities.argmax(axis=1).tolist()
        if any(row[label_id] != row[label_id] for row, label_id in zip(rows, chosen, strict=True)):
            raise Refusal(500, f"The model {served.name!r} is broken: it answers with no numbers.")
        self.metrics.count_answer(served, answer, rows, chosen)
        return Answered(served, answer, rows, chosen, _headers(answer, visit.started))

    async def keep(
        self, entries: Sequence[Entry], token: str, scope: Scope, receive: Receive
    ) -> list[Kept]:
        """Store records; return what became of them once that is certain.

        Raises:
            Refusal: it took too long.
            SentiloraError: what the inbox raises.
            ClientGone: nobody waits any more.
        """
        timeout_s = self.limits.timeout_s
        future = self.check_keeps().offer(entries, token, time.monotonic() + timeout_s)
        try:
            return await self._room.wait(future, receive, timeout_s)
        except TimeoutError as error:
            raise Refusal(
                504,
                f"The texts were not stored within {timeout_s:g} s, and may be stored yet. Send "
                "them again with the same ids or the same Idempotency-Key: what is stored by then "
                "is known.",
            ) from error

    def _waiting(self) -> tuple[int, int, int]:
        texts, tokens = (0, 0) if self.pool is None else self.pool.queued()
        return self.active, texts, tokens


def _loading() -> Refusal:
    return Refusal(
        503, "The models are being loaded. Ask /ready for the end.", {"retry-after": "2"}
    )


def check_texts(texts: list[str], limits: Limits) -> None:
    """Refuse what cannot be answered, and name every text that cannot."""
    if not texts:
        raise Refusal(422, "There is no text. Send one at least.")
    if len(texts) > limits.max_client_batch_size:
        raise Refusal(
            413,
            f"{len(texts)} texts in one request; at most {limits.max_client_batch_size} are "
            "taken. Send them in several requests, at the same time if you like: the server "
            "puts them together.",
        )
    longest = limits.max_text_characters
    problems = []
    for position, text in enumerate(texts):
        if len(text) > longest:
            problems.append(f"text {position} has {len(text)} characters; at most {longest}")
        elif (problem := entry_problem(text)) is not None:
            problems.append(f"text {position} {problem}")
    if problems:
        raise Refusal(422, several("the texts", problems, most=10))


def _headers(answer: Answer, started: float) -> RawHeaders:
    """Tell tokens and milliseconds, under the names that TEI gives them."""
    return [
        (b"x-compute-tokens", b"%d" % answer.tokens),
        (b"x-tokenization-time", b"%.2f" % (answer.tokenise_s * 1000)),
        (b"x-queue-time", b"%.2f" % (answer.queue_s * 1000)),
        (b"x-inference-time", b"%.2f" % (answer.inference_s * 1000)),
        (b"x-total-time", b"%.2f" % ((time.perf_counter() - started) * 1000)),
    ]
