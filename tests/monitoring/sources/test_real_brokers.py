"""Sources over real brokers: what is taken, acknowledged, claimed and refused."""

import asyncio
import json
import threading
import time
import uuid

import pytest

pytest.importorskip("faststream", reason="the extra brokers is not installed")

from sentilora.monitoring.feedback_record import RecordColumns
from sentilora.monitoring.sources.broker_address import read_address
from sentilora.monitoring.sources.brokers import redis_stream
from sentilora.monitoring.sources.brokers.broker_source import BrokerSource
from sentilora.monitoring.sources.record_batch import MOST_RECORDS

pytestmark = pytest.mark.service


@pytest.fixture
def stream():
    """Return the name of a stream that is not there yet."""
    return f"mail-{uuid.uuid4().hex[:8]}"


OWN = {"nats": "?ack_wait=1", "kafka": "?group={stream}"}  # so that nobody has to be waited for


def source_of(server, stream, settings="", **how):
    settings = settings or OWN.get(server.kind, "").format(stream=stream)
    address = read_address(server.address(stream, settings))
    return BrokerSource(address, "mail", "jsonl", RecordColumns(), **how)


def start(server, stream, settings="", position=None):
    """Begin to read; return the batches, of which a test acknowledges those that it wants."""
    batches = source_of(server, stream, settings).batches(position, threading.Event())
    return (batch for batch in batches if batch.records or batch.refused or batch.waiting)


def read(server, stream, settings="", position=None):
    """Return all that there is, acknowledged."""
    batches = []
    source = source_of(server, stream, settings, follows=False)
    for batch in source.batches(position, threading.Event()):
        batch.acknowledge()
        batches.append(batch)
    return batches


def records_of(batches):
    return [one for batch in batches for one in batch.records]


def numbered(number):
    return [{"text": f"text {place}"} for place in range(number)]


def test_no_more_than_a_batch_is_handed_out(broker, stream):
    broker.publish(stream, numbered(3 * MOST_RECORDS))
    batches = start(broker, stream)
    taken = [next(batches)]
    taken[0].acknowledge()
    taken += [next(batches)]
    sizes = [len(one.records) for one in taken]
    assert max(sizes) <= MOST_RECORDS
    if broker.kind == "amqp":  # it hands out as many; a batch is what has come of them
        assert broker.pending(stream) == 2 * MOST_RECORDS - sizes[0]
    else:
        assert sizes == [MOST_RECORDS] * 2
    batches.close()
    rest = records_of(read(broker, stream))
    texts = [one.text for one in [*taken[0].records, *rest]]
    assert texts == [one["text"] for one in numbered(3 * MOST_RECORDS)]
    assert broker.pending(stream) == 0


def test_a_message_keeps_its_id_and_time_when_it_is_delivered_again(broker, stream):
    broker.publish(stream, numbered(3))
    batches = start(broker, stream)
    first = next(batches).records
    batches.close()
    again = records_of(read(broker, stream))
    assert [one.id for one in again] == [one.id for one in first]
    assert len({one.id for one in first}) == 3
    if broker.kind != "amqp":  # a message has a time only if its sender gave it one
        assert [one.at for one in again] == [one.at for one in first]
        assert abs(time.time() - first[0].at.timestamp()) < 60


def test_a_message_that_is_no_text_holds_up_nobody(broker, stream):
    broker.publish(stream, [b"{", {"text": "good"}, b"\xff\xfe", b"7", {"text": "bad", "id": "T"}])
    batches = read(broker, stream)
    records = records_of(batches)
    assert [one.text for one in records] == ["good", "bad"]
    assert records[1].id == "T"
    assert len([one for batch in batches for one in batch.refused]) == 3
    assert broker.pending(stream) == 0


def test_a_stream_that_is_not_there_yet_is_waited_for(broker, stream):
    batches = source_of(broker, stream).batches(None, threading.Event())
    first = next(batches)
    if broker.kind == "nats":
        assert first.waiting.endswith("make one that does with: nats stream add")
    else:
        assert not first.waiting
    broker.publish(stream, numbered(1))
    assert next(one for one in batches if one.records).records[0].text == "text 0"
    batches.close()


def test_a_wrong_password_is_told_and_not_shown(broker, stream):
    address = broker.address(stream).replace("://", "://anna:geheim@")
    batches = BrokerSource(read_address(address), "mail", "jsonl", RecordColumns()).batches(
        None, threading.Event()
    )
    told = next(batches).waiting
    batches.close()
    if broker.kind == "nats":  # this server asks for none
        assert "no stream of JetStream" in told
    else:
        assert told.startswith(broker.address(stream))
    assert "geheim" not in told


def test_redis_what_another_consumer_left_is_claimed(redis, stream, monkeypatch):
    redis.publish(stream, numbered(5))
    batches = start(redis, stream, "?consumer=other")
    assert len(next(batches).records) == 5
    batches.close()
    assert records_of(read(redis, stream)) == []
    monkeypatch.setattr(redis_stream, "_LEFT_MS", 1)
    assert [one.text for one in records_of(read(redis, stream))] == [
        one["text"] for one in numbered(5)
    ]
    assert redis.pending(stream) == 0


def test_redis_what_was_trimmed_before_it_was_read_is_told(redis, stream):
    redis.publish(stream, numbered(3))
    batches = start(redis, stream)
    next(batches)
    batches.close()
    redis.client(lambda client: client.xtrim(stream, maxlen=1, approximate=False))
    batches = read(redis, stream)
    assert [one.text for one in records_of(batches)] == ["text 2"]
    refused = [one.reason for batch in batches for one in batch.refused]
    assert refused == ["it was taken out of the stream before it was read"] * 2
    assert redis.pending(stream) == 0


def test_redis_a_stream_that_was_deleted_is_made_again(redis, stream):
    redis.publish(stream, numbered(1))
    batches = start(redis, stream)
    next(batches).acknowledge()
    redis.client(lambda client: client.delete(stream))
    assert "NOGROUP" in next(batches).waiting
    redis.publish(stream, [{"text": "new"}])
    assert next(batches).records[0].text == "new"
    batches.close()


def test_redis_fields_are_a_record_and_what_faststream_publishes_is_one(redis, stream):
    from faststream.redis import RedisBroker

    async def publish():
        async with RedisBroker(f"redis://127.0.0.1:{redis.port}", logger=None) as client:
            await client.publish({"text": "by FastStream", "product": "app"}, stream=stream)

    redis.client(lambda client: client.xadd(stream, {"text": "by fields", "id": "T-1"}))
    asyncio.run(publish())
    assert [one.text for one in records_of(read(redis, stream))] == ["by fields", "by FastStream"]


def test_nats_what_is_worked_on_is_not_handed_out_again(nats, stream):
    nats.publish(stream, numbered(3))
    batches = start(nats, stream)
    first = next(batches)
    time.sleep(2.5)
    first.acknowledge()
    batches.close()
    assert records_of(read(nats, stream)) == []
    assert nats.pending(stream) == 0


def test_rabbitmq_messages_without_an_id_are_known_by_the_batch_that_was_stored(rabbitmq, stream):
    rabbitmq.publish(stream, [*numbered(3), {"text": "text 0"}], has_ids=False)
    batches = start(rabbitmq, stream)
    first = next(batches)
    batches.close()  # stored, say, and not acknowledged
    assert len({one.id for one in first.records}) == 4
    position = json.loads(json.dumps(first.position))
    assert records_of(read(rabbitmq, stream, position=position)) == []
    assert rabbitmq.pending(stream) == 0
    rabbitmq.publish(stream, numbered(3), has_ids=False)  # the same words, sent anew
    assert len(records_of(read(rabbitmq, stream, position=position))) == 3


def test_kafka_partitions_are_read_together_and_committed_each(kafka, stream):
    for partition in range(3):
        kafka.publish(stream, [*numbered(2), b"{"], partition=partition)
    batches = read(kafka, stream)
    assert sorted(one.text for one in records_of(batches)) == ["text 0"] * 3 + ["text 1"] * 3
    assert len({one.id for one in records_of(batches)}) == 6
    assert len([one for batch in batches for one in batch.refused]) == 3
    last = [batch.position for batch in batches if batch.position][-1]
    assert last == {"offsets": {"0": 3, "1": 3, "2": 3}}
    assert kafka.pending(stream) == 0
