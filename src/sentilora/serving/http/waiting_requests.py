"""Requests that wait for their answer: how many, how long, and whether the client is still there.

A task that listens for the end of a connection costs more than a short answer does. So one timer
looks at all that waits, and only what has waited for a while gets such a task.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import Any, TypeVar

from starlette.types import Receive

TICK_S = 0.05  # between two looks
PATIENCE_S = 0.2  # what waits longer gets a task that listens for its client

Found = TypeVar("Found")


class ClientGone(Exception):  # noqa: N818 - not a failure of ours
    """The client hung up; nobody reads an answer."""


class _Waiter:
    """One request.

    Attributes:
        answer: future of the answer that is awaited.
        receive: function that tells when the client hangs up.
        since: time since when it waits, on the clock of the loop.
        deadline: time at which it is given up, on the clock of the loop.
        listener: task that listens for the client, once it has waited for a while.
        why: reason why it was given up.
    """

    __slots__ = ("answer", "deadline", "listener", "receive", "since", "why")

    def __init__(
        self, answer: asyncio.Future[Any], receive: Receive, since: float, timeout_s: float
    ) -> None:
        self.answer = answer
        self.receive = receive
        self.since = since
        self.deadline = since + timeout_s
        self.listener: asyncio.Task[None] | None = None
        self.why: type[Exception] | None = None

    def give_up(self, why: type[Exception]) -> None:
        """Cancel what has not begun, and wake whoever waits."""
        if not self.answer.done():
            self.why = why
            self.answer.cancel()

    async def listen(self) -> None:
        """Give up when the client hangs up."""
        while (await self.receive())["type"] != "http.disconnect":
            pass
        self.give_up(ClientGone)


class WaitingRoom:
    """All requests that wait. Used from one event loop at a time."""

    def __init__(self) -> None:
        self._waiters: set[_Waiter] = set()
        self._timer: tuple[asyncio.AbstractEventLoop, asyncio.TimerHandle] | None = None

    async def wait(self, future: Future[Found], receive: Receive, timeout_s: float) -> Found:
        """Await what the pool, or the inbox, will answer.

        Raises:
            TimeoutError: it did not come in time.
            ClientGone: the client hung up.
        """
        loop = asyncio.get_running_loop()
        answer = asyncio.wrap_future(future, loop=loop)
        waiter = _Waiter(answer, receive, loop.time(), timeout_s)
        self._waiters.add(waiter)
        if self._timer is None or self._timer[0] is not loop:
            self._start(loop)
        try:
            return await answer
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if waiter.why is None and task is not None and task.cancelling():
                raise  # the request itself is cancelled
            raise waiter.why or TimeoutError from None  # the pool found that it came too late
        finally:
            self._waiters.discard(waiter)
            if waiter.listener is not None:
                waiter.listener.cancel()

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = (loop, loop.call_later(TICK_S, self._look, loop))

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        now = loop.time()
        for waiter in list(self._waiters):
            if now >= waiter.deadline:
                waiter.give_up(TimeoutError)
            elif waiter.listener is None and now - waiter.since > PATIENCE_S:
                waiter.listener = loop.create_task(waiter.listen())
        if self._waiters:
            self._start(loop)
