"""A queue of RabbitMQ, by FastStream's subscriber, which acknowledges by hand.

RabbitMQ hands out a batch before it is acknowledged (prefetch), and hands it out again, in its old
place, when the connection is lost.

A message is known by its ``message_id``. RabbitMQ itself has no word for one: where the publisher
gave none, and the text has no id either, a message that is handed out for the first time cannot
have been stored. One that is handed out again was stored if it is among those of the batch that was
stored last, which the position tells.

Not covered: two such messages that are the same in every byte, of which one was stored and one not
when the monitor was killed; the second is then taken for the first.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from aio_pika.exceptions import AMQPError, ChannelInvalidStateError, ChannelNotFoundEntity
from faststream import AckPolicy
from faststream.rabbit import Channel, RabbitBroker, RabbitQueue

from sentilora.monitoring.sources.broker_address import BrokerAddress
from sentilora.monitoring.sources.brokers.broker_link import IDLE_S, Delivery
from sentilora.monitoring.sources.record_batch import MOST_RECORDS

_TIMEOUT_S = 10.0
_LINGER_S = 0.02
_MOST_ID = 200
_STORED = "that was stored"


class RabbitQueueLink:
    """Link to a queue of RabbitMQ.

    Args:
        address: where it lies.
        position: digests of the messages without an id that were stored last.
    """

    problems = (AMQPError, ChannelInvalidStateError, OSError, TimeoutError)
    holds = False

    def __init__(self, address: BrokerAddress, position: Any) -> None:
        self._address = address
        self._stored = Counter((position or {}).get("unnamed", ()))
        self._come: asyncio.Queue[Any] = asyncio.Queue()
        self._broker: Any = None

    async def open(self) -> None:
        """Connect, make the queue where it is not there, and have it hand out messages."""
        path = f"/{quote(self._address.options['vhost'], safe='')}"
        self._broker = RabbitBroker(
            self._address.url(path, scheme="amqps" if self._address.is_encrypted else "amqp"),
            logger=None,
            timeout=_TIMEOUT_S,
            apply_types=False,
            default_channel=Channel(prefetch_count=MOST_RECORDS),
        )
        connection = await self._broker.connect()
        name = self._address.stream
        async with await connection.channel() as channel:
            try:  # one that is there stays as it is
                await channel.declare_queue(name, passive=True, robust=False)
            except ChannelNotFoundEntity:
                async with await connection.channel() as another:
                    await another.declare_queue(name, durable=True, robust=False)
        subscriber = self._broker.subscriber(
            RabbitQueue(name, declare=False),
            ack_policy=AckPolicy.MANUAL,
            decoder=_as_it_came,  # FastStream's own leaves one that is no JSON unacknowledged
            no_reply=True,
        )
        subscriber(self._keep)
        await self._broker.start()

    async def take(self) -> Sequence[Delivery]:
        """Take what was handed out, in its order."""
        try:
            messages = [await asyncio.wait_for(self._come.get(), IDLE_S)]
        except TimeoutError:
            if not await self._broker.ping(IDLE_S):
                raise ConnectionError("the connection was lost") from None
            return []
        await asyncio.sleep(_LINGER_S)  # the rest of a batch comes right after its first
        while len(messages) < MOST_RECORDS and not self._come.empty():
            messages.append(self._come.get_nowait())
        return [self._delivery(message) for message in messages]

    def position(self, taken: Sequence[Delivery]) -> Any:
        """Return the digests of messages without an id."""
        return {"unnamed": [_digest(one.token) for one in taken if not one.token.message_id]}

    async def acknowledge(self, taken: Sequence[Delivery]) -> None:
        """Acknowledge each message."""
        for one in taken:
            await one.token.ack()

    async def close(self) -> None:
        """Disconnect."""
        if self._broker is not None:
            await self._broker.stop()

    async def _keep(self, message: Any) -> None:
        self._come.put_nowait(message)

    def _delivery(self, message: Any) -> Delivery:
        name = message.message_id or self._name(message)
        return Delivery(
            key=f"amqp-{self._address.stream}-{name[:_MOST_ID]}",
            place=f"message {name[:_MOST_ID]}",
            content=message.body,
            token=message,
            at=message.timestamp and message.timestamp.astimezone(dt.UTC),
            is_stored=name == _STORED,
        )

    def _name(self, message: Any) -> str:
        """Name a message without an id."""
        digest = _digest(message)
        if message.redelivered and self._stored[digest]:
            self._stored[digest] -= 1
            return _STORED
        return uuid.uuid4().hex


async def _as_it_came(message: Any) -> Any:
    return message.raw_message


def _digest(message: Any) -> str:
    told = (message.headers, message.timestamp, message.correlation_id, message.routing_key)
    return hashlib.sha256(message.body + repr(told).encode()).hexdigest()[:32]
