"""A stream of Redis, read as a consumer of a group.

FastStream makes the connection; the stream is read by its client. FastStream's own subscriber reads
only what nobody has: what was delivered to a monitor that was killed, or in a reply that was lost
on the way, would stay pending for ever, or come after what was written later (``min_idle_time``
claims it, one entry at a time, whenever). Its ``get_one`` asks for entries after the one that it
had, among those that are pending, and so never finds a second one.

Here a connection begins with what is pending: first what this consumer had, in order, then what
another one left for five minutes. The client tries no command again by itself: Redis has delivered
what it answered, and the next entries would overtake those of the lost reply.

Not covered: clusters of Redis, and sentinels.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from faststream.redis import RedisBroker
from faststream.redis.parser import BinaryMessageFormatV1
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from sentilora.monitoring.sources.broker_address import BrokerAddress
from sentilora.monitoring.sources.brokers.broker_link import IDLE_S, Delivery
from sentilora.monitoring.sources.record_batch import MOST_RECORDS

_NEW = ">"
_LEFT_MS = 300_000  # longer than a batch takes
_CLAIMED_S = 30.0
_TIMEOUT_S = 10.0
_FASTSTREAM = b"__data__"  # field that holds what FastStream publishes


class RedisStream:
    """Link to a stream of Redis.

    Args:
        address: where it lies; its group is made at the beginning of the stream.
    """

    problems = (RedisError, OSError, TimeoutError)
    holds = False

    def __init__(self, address: BrokerAddress) -> None:
        self._address = address
        self._stream = address.stream
        self._group = address.options["group"]
        self._consumer = address.options["consumer"]
        self._broker: Any = None
        self._client: Any = None
        self._after = "0"
        self._claimed_s = 0.0

    async def open(self) -> None:
        """Connect, and make stream and group where they are not there."""
        self._broker = RedisBroker(
            self._address.url(f"/{self._address.options['db']}?protocol=2"),
            logger=None,
            socket_timeout=_TIMEOUT_S,
            socket_connect_timeout=_TIMEOUT_S,
            retry=Retry(NoBackoff(), 0),
        )
        self._client = await self._broker.connect()
        try:
            await self._client.xgroup_create(self._stream, self._group, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    async def take(self) -> Sequence[Delivery]:
        """Take what is pending, then what is new."""
        if self._after != _NEW:
            entries = await self._read(self._after)
            if entries:
                self._after = entries[-1][0].decode()
                return [self._delivery(*entry) for entry in entries]
            self._after = _NEW
        if (
            asyncio.get_running_loop().time() - self._claimed_s >= _CLAIMED_S
            and await self._claim()
        ):
            self._after = "0"
            return await self.take()
        return [self._delivery(*entry) for entry in await self._read(_NEW)]

    def position(self, taken: Sequence[Delivery]) -> Any:
        """Return the last entry that was read."""
        return {"entry": taken[-1].token.decode()}

    async def acknowledge(self, taken: Sequence[Delivery]) -> None:
        """Take entries off the group's list of pending ones."""
        await self._client.xack(self._stream, self._group, *[one.token for one in taken])

    async def close(self) -> None:
        """Disconnect."""
        if self._broker is not None:
            await self._broker.stop()

    async def _read(self, after: str) -> Sequence[tuple[bytes, Mapping[bytes, bytes]]]:
        reply = await self._client.xreadgroup(
            self._group,
            self._consumer,
            {self._stream: after},
            count=MOST_RECORDS,
            block=round(1000 * IDLE_S) if after == _NEW else None,
        )
        return reply[0][1] if reply else []

    async def _claim(self) -> bool:
        """Take over what another consumer left; return whether there was any."""
        _, entries, *_ = await self._client.xautoclaim(
            self._stream, self._group, self._consumer, min_idle_time=_LEFT_MS, count=MOST_RECORDS
        )
        if not entries:
            self._claimed_s = asyncio.get_running_loop().time()
        return bool(entries)

    def _delivery(self, entry: bytes, fields: Mapping[bytes, bytes]) -> Delivery:
        name = entry.decode()
        return Delivery(
            key=f"redis-{self._stream}-{name}",
            place=f"entry {name}",
            content=_content(fields or {}),
            token=entry,
            at=dt.datetime.fromtimestamp(int(name.partition("-")[0]) / 1000, dt.UTC),
            problem=None if fields else "it was taken out of the stream before it was read",
        )


def _content(fields: Mapping[bytes, bytes]) -> bytes | Mapping[str, Any]:
    """Return the fields of an entry; or what its only field holds, if that is an object."""
    if _FASTSTREAM in fields:
        content: bytes = BinaryMessageFormatV1.parse(fields[_FASTSTREAM])[0]
        return content
    if len(fields) == 1:
        (value,) = fields.values()
        if value.lstrip().startswith(b"{"):
            return value
    return {name.decode("utf-8", "replace"): value for name, value in fields.items()}
