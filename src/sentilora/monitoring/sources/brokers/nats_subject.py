"""A subject of NATS JetStream, read by a durable consumer that pulls.

FastStream makes the connection; batches are fetched by its client. FastStream's own subscriber
fetches in a task of its own, in which a stream or a consumer that was taken away is passed over or
logged, so that nobody could be told; its ``get_one`` fetches one message.

The consumer hands out one batch before it is acknowledged. What a monitor that was killed had is
handed out again once its time has run out, before anything that is later: so a new one that finds
such messages waits for them. While a batch is being stored, the broker is told that it is worked
on.

Not covered: making a stream. How long it keeps messages, and how many, is its owner's to say.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from faststream.nats import NatsBroker
from nats.errors import Error
from nats.errors import TimeoutError as NatsTimeout
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from sentilora.monitoring.sources.broker_address import GROUP, BrokerAddress
from sentilora.monitoring.sources.brokers.broker_link import IDLE_S, Delivery, NotThereError
from sentilora.monitoring.sources.record_batch import MOST_RECORDS

_TIMEOUT_S = 5.0
_FETCHED_S = 0.25  # a fetch that is not full lasts as long


class NatsSubject:
    """Link to a subject of NATS.

    Args:
        address: where it lies; its group is the name of the consumer.
    """

    problems = (Error, OSError, TimeoutError, NotThereError)

    def __init__(self, address: BrokerAddress) -> None:
        self._address = address
        plain = re.sub(r"[^\w-]", "_", address.stream)
        self._consumer = address.options["group"] or f"{GROUP}_{plain}"
        self._ack_wait_s = max(1.0, float(address.options["ack_wait"]))
        self._broker: Any = None
        self._client: Any = None
        self._subscription: Any = None
        self._held_until = 0.0
        self._working: asyncio.Task[None] | None = None

    @property
    def holds(self) -> bool:
        """Whether messages that somebody else had are waited for."""
        return self._held_until > 0

    async def open(self) -> None:
        """Connect, and make the consumer where it is not there."""
        scheme = "tls" if self._address.is_encrypted else "nats"
        self._broker = NatsBroker(
            [self._address.url(host=host, scheme=scheme) for host in self._address.hosts],
            logger=None,
            allow_reconnect=False,  # the source does, and begins with what is pending
            connect_timeout=round(_TIMEOUT_S),
        )
        self._client = await self._broker.connect()
        stream = self._client.jetstream(timeout=_TIMEOUT_S)
        subject = self._address.stream
        try:
            name = await stream.find_stream_name_by_subject(subject)
        except NotFoundError as error:
            raise NotThereError(
                f"no stream of JetStream keeps the subject {subject!r}; make one that does with: "
                "nats stream add"
            ) from error
        self._subscription = await stream.pull_subscribe(
            subject,
            durable=self._consumer,
            stream=name,
            config=ConsumerConfig(
                ack_policy=AckPolicy.EXPLICIT,
                ack_wait=self._ack_wait_s,
                deliver_policy=DeliverPolicy.ALL,
                max_ack_pending=MOST_RECORDS,
            ),
        )
        told = await self._subscription.consumer_info()
        self._ack_wait_s = told.config.ack_wait or self._ack_wait_s  # of one that was there
        if told.num_ack_pending:
            self._held_until = asyncio.get_running_loop().time() + self._ack_wait_s

    async def take(self) -> Sequence[Delivery]:
        """Fetch what is there, after what somebody else had."""
        left_s = self._held_until - asyncio.get_running_loop().time()
        if left_s > 0:
            await asyncio.sleep(min(IDLE_S, left_s))
            return []
        self._held_until = 0.0
        try:
            messages = await self._subscription.fetch(MOST_RECORDS, timeout=_FETCHED_S)
        except NatsTimeout:
            await self._client.flush(timeout=round(_TIMEOUT_S))  # raises where the broker is away
            return []
        self._working = asyncio.create_task(_tell(messages, self._ack_wait_s / 3))
        return [self._delivery(message) for message in messages]

    def position(self, taken: Sequence[Delivery]) -> Any:
        """Return the highest sequence that was read."""
        return {"sequence": max(one.token.metadata.sequence.stream for one in taken)}

    async def acknowledge(self, taken: Sequence[Delivery]) -> None:
        """Acknowledge each message."""
        await self._stop_telling()
        for one in taken:
            await one.token.ack()
        await self._client.flush(timeout=round(_TIMEOUT_S))

    async def close(self) -> None:
        """Disconnect."""
        await self._stop_telling()
        if self._client is not None:
            await self._client.close()
            with suppress(Error):  # it drains, which takes half a minute where a fetch was answered
                await self._broker.stop()

    async def _stop_telling(self) -> None:
        if self._working is not None:
            self._working.cancel()
            await asyncio.gather(self._working, return_exceptions=True)
            self._working = None

    def _delivery(self, message: Any) -> Delivery:
        told = message.metadata
        sequence = told.sequence.stream
        # A stream that was made anew counts from 1 again; its times are others.
        moment = round(told.timestamp.timestamp() * 1e6)
        return Delivery(
            key=f"nats-{told.stream}-{sequence}-{moment}",
            place=f"{told.stream} {sequence}",
            content=message.data,
            token=message,
            at=told.timestamp,
        )


async def _tell(messages: Sequence[Any], each_s: float) -> None:
    """Tell the broker again and again that messages are worked on."""
    while True:
        await asyncio.sleep(each_s)
        with suppress(Error, OSError):
            for message in messages:
                await message.in_progress()
