"""A topic of Kafka, by FastStream's subscriber, whose consumer is asked for batches.

FastStream makes the consumer and its group; the batch is taken from the consumer, and the offsets
after it are committed by number. FastStream's ``ack`` commits whatever the consumer has handed out,
and a handler that fails is passed over, so that the batch after it would commit both.

Order is kept within a partition, as Kafka keeps it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import ConsumerStoppedError, KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.security import BaseSecurity, SASLPlaintext

from sentilora.monitoring.sources.broker_address import BrokerAddress
from sentilora.monitoring.sources.brokers.broker_link import IDLE_S, Delivery, NotThereError
from sentilora.monitoring.sources.record_batch import MOST_RECORDS

_ASKED_S = 5.0
_TIMEOUT_S = 10.0


class KafkaTopic:
    """Link to a topic of Kafka.

    Args:
        address: where it lies; its group commits offsets.
        position: offsets up to which partitions were stored.
    """

    problems = (KafkaError, ConsumerStoppedError, OSError, TimeoutError, NotThereError)
    holds = False

    def __init__(self, address: BrokerAddress, position: Any) -> None:
        self._address = address
        self._offsets: dict[str, int] = dict((position or {}).get("offsets", {}))
        self._broker: Any = None
        self._subscriber: Any = None
        self._consumer: Any = None
        self._asked_s = 0.0

    async def open(self) -> None:
        """Connect, and join the group."""
        self._broker = KafkaBroker(
            list(self._address.hosts),
            security=self._security(),
            consumer_only=True,
            logger=None,
            request_timeout_ms=round(1000 * _TIMEOUT_S),
        )
        self._subscriber = self._broker.subscriber(
            self._address.stream,
            group_id=self._address.options["group"],
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            ack_policy=AckPolicy.MANUAL,
        )
        await self._broker.start()
        self._consumer = self._subscriber.consumer
        await self._ask()

    async def take(self) -> Sequence[Delivery]:
        """Take what is there, of all partitions."""
        found = await self._consumer.getmany(
            timeout_ms=round(1000 * IDLE_S), max_records=MOST_RECORDS
        )
        taken = [self._delivery(one) for part in found.values() for one in part]
        if not taken and asyncio.get_running_loop().time() - self._asked_s >= _ASKED_S:
            await self._ask()  # the consumer says nothing when its broker is away
        return taken

    def position(self, taken: Sequence[Delivery]) -> Any:
        """Return the offset after the last message of each partition."""
        for one in taken:
            self._offsets[str(one.token.partition)] = one.token.offset + 1
        return {"offsets": dict(self._offsets)}

    async def acknowledge(self, taken: Sequence[Delivery]) -> None:
        """Commit the offsets after a batch."""
        topic = self._address.stream
        await self._consumer.commit(
            {TopicPartition(topic, one.token.partition): one.token.offset + 1 for one in taken}
        )

    async def close(self) -> None:
        """Leave the group, and disconnect."""
        if self._subscriber is not None:  # one that could not start has a consumer, too
            await self._subscriber.stop()
            await self._broker.stop()

    async def _ask(self) -> None:
        """Raise what keeps messages from coming."""
        topics = await asyncio.wait_for(self._consumer.topics(), _TIMEOUT_S)
        if self._address.stream not in topics:
            raise NotThereError(f"there is no topic {self._address.stream!r}")
        self._asked_s = asyncio.get_running_loop().time()

    def _security(self) -> BaseSecurity | None:
        is_encrypted = self._address.is_encrypted
        if self._address.user:
            return SASLPlaintext(self._address.user, self._address.password, use_ssl=is_encrypted)
        return BaseSecurity(use_ssl=True) if is_encrypted else None

    def _delivery(self, record: Any) -> Delivery:
        # A topic that was made anew counts from 0 again; its times are others.
        place = f"{record.topic}-{record.partition}-{record.offset}"
        return Delivery(
            key=f"kafka-{place}-{record.timestamp}",
            place=f"partition {record.partition}, offset {record.offset}",
            content=record.value or b"",
            token=record,
            at=dt.datetime.fromtimestamp(max(record.timestamp, 0) / 1000, dt.UTC),
            problem=None if record.value else "it has no value",
        )
