"""What a broker delivers, made batches: acknowledged when stored, waited for when away."""

import datetime as dt
import json
import threading

import pytest

pytest.importorskip("faststream", reason="the extra brokers is not installed")

from sentilora.monitoring.feedback_record import RecordColumns
from sentilora.monitoring.sources.broker_address import read_address
from sentilora.monitoring.sources.brokers import broker_source
from sentilora.monitoring.sources.brokers.broker_link import Delivery
from sentilora.monitoring.sources.brokers.broker_source import BrokerSource

WHEN = dt.datetime(2026, 11, 29, tzinfo=dt.UTC)


class Broker:
    """Delivers numbered messages, until they are acknowledged."""

    def __init__(self, *contents):
        self.left = dict(enumerate(contents))
        self.away = []
        self.positions = []
        self.open_links = 0

    def link(self, address, position):
        self.positions.append(position)
        return Link(self)


class Link:
    problems = (ConnectionError,)
    holds = False

    def __init__(self, broker):
        self.broker = broker
        self.out = set()

    def _may_fail(self, what):
        if what in self.broker.away:
            self.broker.away.remove(what)
            raise ConnectionError(f"{what}: geheim\nis away")

    async def open(self):
        self.broker.open_links += 1
        self._may_fail("open")

    async def take(self):
        self._may_fail("take")
        new = [key for key in self.broker.left if key not in self.out][:2]
        self.out |= set(new)
        return [
            Delivery(f"k-{key}", f"entry {key}", self.broker.left[key], key, WHEN) for key in new
        ]

    def position(self, taken):
        return {"entry": taken[-1].token}

    async def acknowledge(self, taken):
        self._may_fail("acknowledge")
        for one in taken:
            del self.broker.left[one.token]

    async def close(self):
        self.broker.open_links -= 1


def message(text, **fields):
    return json.dumps({"text": text, **fields}).encode()


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch):
    monkeypatch.setattr(broker_source, "_WAIT_S", 0.01)


def source_of(broker, form="jsonl", **settings):
    address = read_address("redis://anna:geheim@localhost/mail")
    return BrokerSource(address, "mail", form, RecordColumns(), link=broker.link, **settings)


def read(broker, stop=None, **settings):
    """Return all batches, each acknowledged after it came, as the monitor does."""
    batches = []
    source = source_of(broker, follows=False, **settings)
    for batch in source.batches(None, stop or threading.Event()):
        batches.append(batch)
        batch.acknowledge()
    return batches


def texts_of(batches):
    return [one.text for batch in batches for one in batch.records]


def test_a_batch_is_acknowledged_when_it_is_stored_and_not_before():
    broker = Broker(message("one"), message("two"), message("three"))
    batches = source_of(broker).batches(None, threading.Event())
    first = next(batches)
    assert [one.text for one in first.records] == ["one", "two"]
    assert [one.id for one in first.records] == ["k-0", "k-1"]
    assert {one.at for one in first.records} == {WHEN}
    assert first.position == {"entry": 1}
    assert len(broker.left) == 3
    first.acknowledge()
    assert list(broker.left) == [2]
    batches.close()
    assert broker.open_links == 0


@pytest.mark.parametrize("what", ["open", "take", "acknowledge"])
def test_a_broker_that_is_away_is_waited_for_and_its_password_is_not_told(what):
    broker = Broker(message("one"), message("two"), message("three"))
    broker.away = [what, what]
    batches = read(broker)
    waiting = [one.waiting for one in batches if one.waiting]
    assert waiting == [f"redis://localhost:6379/mail: {what}: *** is away"] * 2
    again = ["one", "two"] * 2 if what == "acknowledge" else []
    assert texts_of(batches) == [*again, "one", "two", "three"]
    assert not broker.left
    assert broker.open_links == 0
    last = {"entry": 1} if what == "acknowledge" else None
    assert broker.positions == [None, last, last]


def test_what_is_no_text_is_refused_and_holds_up_nobody():
    broker = Broker(b"{", message("good"), b"\xff", b"[1]", message(""), b"x" * 1_000_001)
    batches = read(broker)
    assert texts_of(batches) == ["good"]
    refused = [one for batch in batches for one in batch.refused]
    assert [one.place for one in refused] == [f"entry {number}" for number in (0, 2, 3, 4, 5)]
    assert [one.reason.partition(":")[0] for one in refused] == [
        "it is no JSON",
        "it is not UTF-8",
        "a value of type list where an object with a text was expected",
        "'text'",
        "over 1,000,000 bytes",
    ]
    assert max(len(one.content) for one in refused) == 200
    assert not broker.left


def test_fields_of_an_entry_are_those_of_the_record():
    fields = {"text": b"good", "id": b"T-1", "product": b"\xc3\xa4", "at": b"2026-11-01"}
    broker = Broker(fields, {"text": b"\xff"}, {"text": b"x" * 1_000_001})
    source = source_of(broker, follows=False)
    source._columns = RecordColumns(segments=("product",))
    first, second, *_ = source.batches(None, threading.Event())
    (record,) = first.records
    assert (record.id, record.segments, record.at.day) == ("T-1", {"product": "ä"}, 1)
    assert [one.reason for one in (*first.refused, *second.refused)] == [
        "it is not UTF-8: invalid start byte",
        "over 1,000,000 bytes",
    ]


def test_plain_texts_need_no_json():
    broker = Broker(b" It broke. ", {"any": b"So did this."})
    assert texts_of(read(broker, form="text")) == ["It broke.", "So did this."]


def test_an_id_of_the_sender_goes_before_the_brokers():
    (record,) = read(Broker(message("one", id="T-1")))[0].records
    assert record.id == "T-1"


def test_a_stop_ends_it_while_nothing_comes_and_while_the_broker_is_away():
    stop = threading.Event()
    batches = source_of(Broker()).batches(None, stop)
    assert next(batches).records == ()
    stop.set()
    assert list(batches) == []
    stop, broker = threading.Event(), Broker()
    broker.away = ["open"] * 9
    batches = source_of(broker).batches(None, stop)
    assert next(batches).waiting
    stop.set()
    assert list(batches) == []
    assert broker.open_links == 0
