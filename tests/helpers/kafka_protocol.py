"""A broker that speaks Kafka's protocol: the one that librdkafka brings for tests.

It is no Kafka: it keeps everything in memory, and forgets it when it is killed. Clients cannot tell
it from one, though: it has topics, partitions, groups, and offsets that are committed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any


class KafkaProtocolServer:
    """A broker within this process, on loopback.

    Attributes:
        kind: ``kafka``.
        port: port that it listens at.
    """

    kind = "kafka"

    def __init__(self) -> None:
        from confluent_kafka import Producer

        self._producer = Producer({"test.mock.num.brokers": 1, "log_level": 0})
        (broker,) = self._producer.list_topics(timeout=10).brokers.values()
        self.port = broker.port

    def address(self, stream: str, settings: str = "") -> str:
        """Return the address of a topic."""
        return f"kafka://127.0.0.1:{self.port}/{stream}{settings}"

    def publish(self, stream: str, records: Sequence[Any], *, partition: int = 0) -> None:
        """Put records into a topic, in their order; a dict as JSON, bytes as they are."""
        self._producer.list_topics(stream, timeout=10)  # makes it
        for one in records:
            body = one if isinstance(one, bytes) else json.dumps(one, ensure_ascii=False).encode()
            self._producer.produce(stream, body, partition=partition)
            self._producer.poll(0)
        assert self._producer.flush(30) == 0

    def pending(self, stream: str, group: str | None = None) -> int:
        """Return how many messages a group has not acknowledged; the stream's name where None."""
        from confluent_kafka import Consumer, TopicPartition

        consumer = Consumer(
            {
                "bootstrap.servers": f"127.0.0.1:{self.port}",
                "group.id": group or stream,
                "log_level": 0,
            }
        )
        try:
            parts = consumer.list_topics(stream, timeout=10).topics[stream].partitions
            asked = [TopicPartition(stream, number) for number in parts]
            left = 0
            for one in consumer.committed(asked, timeout=10):
                low, high = consumer.get_watermark_offsets(one, timeout=10)
                left += high - max(one.offset, low)
            return left
        finally:
            consumer.close()
