"""Message brokers as sources: Redis Streams, NATS JetStream, RabbitMQ and Kafka, by FastStream.

Flow: for an address (broker_address.py), ``open_link()`` in broker_links.py takes the broker's own
file, and broker_source.py hands over what such a link takes, a batch at a time, and acknowledges it
once it is stored. All of them lie behind one interface (``BrokerLink`` in broker_link.py), and run
in a thread of their own (loop_thread.py), so that a broker hears of us while a model computes.

A broker delivers at least once; the store keeps a text once, by the broker's own word for it: entry
of a stream, sequence, partition and offset, or the message's id.
"""

from importlib.util import find_spec

from sentilora.errors import MissingExtraError

if any(find_spec(name) is None for name in ("faststream", "redis", "nats", "aio_pika", "aiokafka")):
    raise MissingExtraError("A message broker as a source", "brokers")
