"""Which link belongs to an address."""

from __future__ import annotations

import logging
from typing import Any

from sentilora.monitoring.sources.broker_address import BrokerAddress
from sentilora.monitoring.sources.brokers.broker_link import BrokerLink

_LOUD = ("aiokafka", "aio_pika", "aiormq", "nats", "redis")


def open_link(address: BrokerAddress, position: Any) -> BrokerLink:
    """Make the link of an address; it is not connected yet.

    Args:
        address: where texts lie.
        position: what the link said last, as the store holds it; None at first.
    """
    for name in _LOUD:  # what they would print is told in events
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
    if address.kind == "redis":
        from sentilora.monitoring.sources.brokers.redis_stream import RedisStream

        return RedisStream(address)
    if address.kind == "nats":
        from sentilora.monitoring.sources.brokers.nats_subject import NatsSubject

        return NatsSubject(address)
    if address.kind == "amqp":
        from sentilora.monitoring.sources.brokers.rabbit_queue import RabbitQueueLink

        return RabbitQueueLink(address, position)
    from sentilora.monitoring.sources.brokers.kafka_topic import KafkaTopic

    return KafkaTopic(address, position)
