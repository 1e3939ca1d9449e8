"""What the page asks of a store: the same figures as counting by hand, on both databases."""

import datetime as dt

import pytest

from sentilora.evaluation.rank_metrics import wilson
from sentilora.monitoring.feedback_record import FeedbackRecord
from sentilora.monitoring.figures import hour_moods, offers, source_states
from sentilora.monitoring.figures.hour_moods import Scope, Tally, add_up, compare_parts, follow
from sentilora.monitoring.sources.record_batch import Refused
from sentilora.monitoring.store.hour_counts import HOUR_MS, StoredAnswer
from sentilora.monitoring.store.store import AnsweredRecord

HOUR = 494_000  # in 2026
ALL = Scope("general")


def answered(number, label, *, hour=HOUR, source="app", model="general", text=None, **segments):
    at = dt.datetime.fromtimestamp(hour * 3600 + number % 3600, dt.UTC)
    record = FeedbackRecord(source, str(number), text or f"text {number}", at, segments)
    return AnsweredRecord(record, [StoredAnswer(model, label, 0.9, None)])


def test_hours_are_added_up_and_rolled(store, asking):
    store.add(
        [answered(n, "negative", country="DE") for n in range(6)]
        + [answered(n, "positive", hour=HOUR + 1, source="mail") for n in range(4)]
        + [answered(n, "neutral", hour=HOUR + 3, country="FR") for n in range(10, 12)]
    )
    hours = hour_moods.read_hours(asking, ALL, HOUR, HOUR + 3)
    assert {hour - HOUR: dict(one.counts) for hour, one in hours.items()} == {
        0: {"negative": 6},
        1: {"positive": 4},
        3: {"neutral": 2},
    }
    whole = add_up(hours, HOUR, HOUR + 3)
    assert whole.texts == 12
    assert whole.net.value == pytest.approx(100 * (4 - 6) / 12)
    assert whole.net.low < whole.net.value < whole.net.high
    share = whole.share(["negative"])
    assert (share.low, share.high) == pytest.approx(wilson(6, 12))
    points = follow(hours, HOUR, HOUR + 3, step=2, rolling=3)
    assert [(one.start - HOUR, one.own.texts, one.rolling.texts) for one in points] == [
        (0, 10, 10),
        (2, 2, 6),
    ]
    only = hour_moods.read_hours(asking, Scope("general", "mail"), HOUR, HOUR + 3)
    assert list(only) == [HOUR + 1]
    german = Scope("general", segment=("country", "DE"))
    assert add_up(hour_moods.read_hours(asking, german, HOUR, HOUR + 3), HOUR, HOUR + 3).texts == 6
    assert hour_moods.read_hours(asking, Scope("other"), HOUR, HOUR + 3) == {}


def test_parts_are_compared_most_texts_first(store, asking):
    store.add(
        [answered(n, "negative", country="DE") for n in range(3)]
        + [answered(n, "positive", country="FR", source="mail") for n in range(5)]
        + [answered(n, "positive", source="chat") for n in range(1)]
    )
    by_source = compare_parts(asking, ALL, None, HOUR, HOUR)
    assert {name: one.texts for name, one in by_source.items()} == {"mail": 5, "app": 3, "chat": 1}
    assert list(by_source) == ["mail", "app", "chat"]
    by_country = compare_parts(asking, ALL, "country", HOUR, HOUR)
    assert {name: dict(one.counts) for name, one in by_country.items()} == {
        "FR": {"positive": 5},
        "DE": {"negative": 3},
    }
    french = Scope("general", segment=("country", "FR"))
    assert list(compare_parts(asking, french, None, HOUR, HOUR)) == ["mail"]
    assert list(compare_parts(asking, Scope("general", "app"), "country", HOUR, HOUR)) == ["DE"]


def test_values_without_end_are_not_added_up(store, asking, monkeypatch):
    monkeypatch.setattr(hour_moods, "MOST_VALUES", 9)
    store.add([answered(n, "negative", customer=f"c{n}") for n in range(10)])
    assert compare_parts(asking, ALL, "customer", HOUR, HOUR) is None
    assert len(compare_parts(asking, ALL, None, HOUR, HOUR)) == 1
    monkeypatch.setattr(hour_moods, "MOST_VALUES", 10)
    assert len(compare_parts(asking, ALL, "customer", HOUR, HOUR)) == 10
    monkeypatch.setattr(hour_moods, "MOST_ROWS", 9)
    assert compare_parts(asking, ALL, "customer", HOUR, HOUR) is None


@pytest.mark.parametrize(
    ("counts", "net"),
    [
        ({"negative": 2}, -100),
        ({"1 star": 1, "4 stars": 2, "5 stars": 1}, 50),
        ({"5": 3, "3": 1}, 75),
        ({"9": 1, "4": 1}, 0),
        ({"0": 1, "1": 3}, 50),
        ({"billing": 2, "negative": 1}, None),
        ({}, None),
    ],
)
def test_net_sentiment_of_the_labels_that_occur(counts, net):
    found = Tally(counts).net
    assert (None if found is None else round(found.value)) == net


def test_what_there_is_to_choose(store, asking):
    assert offers.read_offers(asking) == offers.Offers()
    store.add(
        [answered(n, "negative", country=f"c{n % 3}", version="1") for n in range(6)]
        + [answered(9, "good", hour=HOUR - 700, model="old", source="mail", tier="x")]
        + [answered(n, "bad", hour=HOUR - 2, model="new") for n in (20, 21)]
    )
    found = offers.read_offers(asking)
    assert found.models == ["general", "new"]  # the old one is more than a week older
    assert found.labels == ["bad", "negative"]
    assert found.sources == ("app", "mail")
    assert found.segments == (
        ("country", ("c0", "c1", "c2")),
        ("tier", ("x",)),
        ("version", ("1",)),
    )
    assert found.newest_hour == HOUR == offers.newest_hour(asking)


def test_sources_tell_their_last_text_and_what_was_refused(store, asking):
    assert source_states.last_arrival(asking) is None
    assert source_states.list_sources(asking) == []
    store.add(
        [answered(n, "negative") for n in range(3)] + [answered(7, "positive", source="mail")]
    )
    store.add([], {}, [Refused("app", f"line {n}", "no text", "{}") for n in range(7)])
    found = source_states.list_sources(asking)
    assert [(one.source, one.at_ms - HOUR * HOUR_MS) for one in found] == [
        ("app", 2000),
        ("mail", 7000),
    ]
    assert source_states.last_arrival(asking).source == "mail"
    assert all(one.lag_ms == max(0, one.stored_ms - one.at_ms) for one in found)
    refused = source_states.last_refusals(asking, most=2)
    assert [one.place for one in refused] == ["line 6", "line 5"]
