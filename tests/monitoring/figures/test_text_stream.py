"""The stream of texts: newest first, each once, however it is filtered and turned."""

import datetime as dt
import random

import pytest

from sentilora.monitoring.figures import text_stream
from sentilora.monitoring.figures.text_stream import StreamFilter, read_stream
from sentilora.monitoring.store.store import open_store
from tests.monitoring.figures.test_figures import HOUR, answered

ALL = StreamFilter("general")
HOUR_MS = 3_600_000


def turned(connection, wanted, **limits):
    """Turn all pages; return the ids in their order."""
    return [one for page in pages(connection, wanted, **limits) for one in page]


def pages(connection, wanted, **limits):
    """Turn all pages; return the ids of each."""
    found, after = [], None
    while True:
        page = read_stream(connection, wanted, after, **limits)
        found.append([one.id for one in page.texts])
        after = page.after
        if after is None:
            return found


def filled(store, number=60):
    """Store texts in an order other than that of their times, several of one moment."""
    texts = [
        answered(
            n,
            ("negative", "positive")[n % 2],
            hour=HOUR - n // 7,
            source=("app", "mail", "chat")[n % 3],
            text=f"{'login' if n % 5 == 0 else 'parcel'} text {n}",
            country=("DE", "de")[n % 4 == 0],
        )
        for n in range(number)
    ]
    random.Random(3).shuffle(texts)
    store.add(texts[: number // 2])
    store.add(texts[number // 2 :])
    order = sorted(texts, key=lambda one: one.record.at, reverse=True)
    return [one.record for one in order]


def test_pages_hold_every_text_once_newest_first(store, asking):
    records = filled(store)
    found = pages(asking, ALL, most=7)
    assert [len(page) for page in found] == [7] * 8 + [4]
    assert [one for page in found for one in page] == [one.id for one in records]


def test_texts_of_one_moment_come_each_once(store, asking):
    store.add([answered(3600 * n, "negative") for n in range(20)])  # dates without a clock
    found = turned(asking, ALL, most=3)
    assert found == [str(3600 * n) for n in reversed(range(20))]


WANTED: tuple = (
    ({}, lambda one, n: True),
    ({"source": "mail"}, lambda one, n: one.source == "mail"),
    ({"labels": ("negative",)}, lambda one, n: n % 2 == 0),
    ({"labels": ("negative", "positive")}, lambda one, n: True),
    ({"segment": ("country", "de")}, lambda one, n: one.segments["country"] == "de"),
    ({"words": "LOGIN text"}, lambda one, n: n % 5 == 0),
    ({"words": "ogi 15"}, lambda one, n: n == 15),
    ({"words": "%"}, lambda one, n: False),
    ({"words": "a\0b_"}, lambda one, n: False),
    ({"until_ms": (HOUR - 2) * HOUR_MS}, lambda one, n: n >= 21),
    (
        {"source": "app", "labels": ("positive",), "segment": ("country", "DE"), "words": "parcel"},
        lambda one, n: n % 6 == 3 and n % 5 and one.segments["country"] == "DE",
    ),
    ({"source": "fax"}, lambda one, n: False),
)


@pytest.mark.parametrize("step", [3, 1000])
def test_filters_leave_what_is_wanted_however_little_is_looked_at(store, asking, step, monkeypatch):
    monkeypatch.setattr(text_stream, "_FIRST", step)
    records = filled(store)
    for wanted, is_wanted in WANTED:
        expected = [one.id for one in records if is_wanted(one, int(one.id))]
        asked = StreamFilter("general", **wanted)
        assert turned(asking, asked, most=4, look_at=15) == expected, wanted
        assert turned(asking, asked, most=100, look_at=10_000) == expected, wanted


def test_a_question_gives_up_and_goes_on_where_it_was(store, asking, monkeypatch):
    monkeypatch.setattr(text_stream, "_FIRST", 10)
    store.add([answered(n, "negative", hour=HOUR - n) for n in range(100)])
    wanted = StreamFilter("general", words="99")
    page = read_stream(asking, wanted, look_at=30)
    assert (page.texts, page.is_full) == ([], False)
    assert page.after.at_ms == (HOUR - 29) * HOUR_MS + 29_000
    page = read_stream(asking, wanted, page.after, look_at=1000)
    assert [one.id for one in page.texts] == ["99"]
    assert (page.after, page.is_full) == (None, False)


def test_hours_without_such_texts_are_passed_over(store, asking, monkeypatch):
    monkeypatch.setattr(text_stream, "_FIRST", 10)
    texts = [answered(n, "negative", hour=HOUR - n // 2) for n in range(100)]
    store.add([*texts, answered(500, "positive", hour=HOUR - 80)])
    page = read_stream(asking, StreamFilter("general", labels=("positive",)), look_at=10)
    assert [one.id for one in page.texts] == ["500"]


def test_a_text_without_an_answer_of_the_model_is_not_listed(store, asking):
    store.add([answered(1, "negative"), answered(2, "negative", model="other")])
    assert pages(asking, ALL) == [["1"]]
    assert pages(asking, StreamFilter("other")) == [["2"]]


def test_words_that_are_not_kept_are_none(store_address):
    with open_store(store_address, keeps_text=False) as store:
        store.add([answered(1, "negative", country="DE")])
        with store.engine.connect() as connection:
            (found,) = read_stream(connection, ALL).texts
    assert (found.text, found.label, found.segments) == (None, "negative", {"country": "DE"})
    assert found.at_ms == round(
        dt.datetime.fromtimestamp(HOUR * 3600 + 1, dt.UTC).timestamp() * 1e3
    )


def test_letters_beyond_ascii_are_found_in_any_case(store, asking):
    store.add([answered(1, "negative", text="Großer Ärger"), answered(2, "negative", text="ÄRGER")])
    assert pages(asking, StreamFilter("general", words="ärger")) == [["2", "1"]]
