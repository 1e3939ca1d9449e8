"""What was accepted is in the store, once."""

import datetime as dt
import sqlite3

import pytest
import sqlalchemy as sa

from sentilora.errors import ConfigError, DataError
from sentilora.monitoring.feedback_record import FeedbackRecord
from sentilora.monitoring.sources.record_batch import Refused
from sentilora.monitoring.store.hour_counts import StoredAnswer
from sentilora.monitoring.store.store import AnsweredRecord, open_store
from sentilora.monitoring.store.store_engine import writing
from sentilora.monitoring.store.store_tables import (
    ANSWER,
    DRAFT,
    FEEDBACK,
    HOUR_COUNT,
    METADATA,
    REFUSED,
)

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def store(store_address):
    with open_store(store_address) as opened:
        yield opened


def answered(number, label="negative", source="app", **segments):
    record = FeedbackRecord(
        source, str(number), f"text {number}", START + dt.timedelta(minutes=number), segments
    )
    signed = {"negative": -0.75, "positive": 0.5}[label]
    return AnsweredRecord(record, [StoredAnswer("general", label, 0.875, signed, 0.25)])


def rows(store, table):
    with store.engine.connect() as connection:
        return connection.execute(sa.select(table)).mappings().all()


def counts(store):
    names = ("hour", "source", "segment", "value", "label", "texts", "signed_sum")
    return sorted(tuple(row[name] for name in names) for row in rows(store, HOUR_COUNT))


def test_a_text_is_stored_once_however_often_it_comes(store):
    new, _ = store.add([answered(1), answered(2), answered(1, "positive")], {"app": {"offset": 9}})
    assert [one.record.id for one in new] == ["1", "2"]
    assert store.add([answered(2), answered(3)])[0][0].record.id == "3"
    assert store.add([answered(1, source="mail")])[0] != []
    assert [(row["source"], row["id"]) for row in rows(store, FEEDBACK)] == [
        ("app", "1"),
        ("app", "2"),
        ("app", "3"),
        ("mail", "1"),
    ]
    assert len(rows(store, ANSWER)) == 4
    assert store.position("app") == {"offset": 9}
    assert store.position("mail") is None


def test_hours_are_counted_for_the_source_and_each_segment(store):
    store.add([answered(1, country="DE"), answered(59, country="FR"), answered(61, "positive")])
    store.add([answered(2, country="DE")])
    hour = int(START.timestamp()) // 3600
    assert counts(store) == [
        (hour, "app", "", "", "negative", 3, -2.25),
        (hour, "app", "country", "DE", "negative", 2, -1.5),
        (hour, "app", "country", "FR", "negative", 1, -0.75),
        (hour + 1, "app", "", "", "positive", 1, 0.5),
    ]


def test_a_forgotten_text_is_gone_from_the_counts_too(store):
    store.add([answered(1, country="DE"), answered(2)])
    before = counts(store)
    store.add([answered(3, country="FR"), answered(3, source="mail")])
    assert store.forget("3", "mail") == 1
    assert store.forget("3") == 1
    assert store.forget("3") == 0
    assert counts(store) == before
    assert [row["id"] for row in rows(store, FEEDBACK)] == ["1", "2"]


def test_all_of_a_batch_is_stored_or_nothing(store):
    def fail(connection, new, last):
        raise RuntimeError("in the middle")

    refused = [Refused("app", "byte 0", "no text", "{}")]
    with pytest.raises(RuntimeError, match="in the middle"):
        store.add([answered(1)], {"app": 1}, refused, fail)
    assert [rows(store, table) for table in (FEEDBACK, ANSWER, HOUR_COUNT, REFUSED)] == [[]] * 4
    assert store.position("app") is None
    store.add([answered(1)], {"app": 1}, refused)
    assert rows(store, REFUSED)[0]["reason"] == "no text"


def test_texts_are_left_out_or_dropped_when_they_are_old(store):
    store.add([answered(1)])
    stored_ms = rows(store, FEEDBACK)[0]["stored_ms"]
    assert store.drop_texts(stored_ms) == 0
    assert store.drop_texts(stored_ms + 1) == 1
    store.keeps_text = False
    store.add([answered(2)], refused=[Refused("app", "byte 0", "no text", "{}")])
    assert rows(store, REFUSED)[0]["content"] == ""
    assert [row["text"] for row in rows(store, FEEDBACK)] == [None, None]
    assert counts(store)[0][-2] == 2


def add_draft(store, feedback, **values):
    row = {
        "feedback": feedback,
        "templates": "default",
        "key": f"k{feedback}",
        "source": "app",
        "id": str(feedback),
        "reason": "other",
        "severity": 0.5,
        "tone": "warm",
        "language": "en",
        "reply": "> text",
        "marked": "[]",
        "state": "waiting",
        "version": 0,
        "created_ms": feedback,
        "changed_ms": feedback,
        "due_ms": 0,
        "tries": 0,
    }
    with writing(store.engine) as connection:
        connection.execute(sa.insert(DRAFT).values({**row, **values}))


def test_drafts_go_with_their_texts(store):
    store.add([answered(1), answered(2), answered(3)])
    numbers = [row["number"] for row in rows(store, FEEDBACK)]
    for number, state in zip(numbers, ("waiting", "sent", "approved"), strict=True):
        add_draft(store, number, state=state, note="called Ann")
    with pytest.raises(sa.exc.IntegrityError):
        add_draft(store, numbers[0])
    assert store.forget("1") == 1
    assert {row["feedback"] for row in rows(store, DRAFT)} == set(numbers[1:])
    store.drop_texts(numbers[2])
    told = {(row["state"], row["reply"], row["note"]) for row in rows(store, DRAFT)}
    assert told == {("sent", "", None), ("approved", "> text", "called Ann")}
    store.drop_texts(numbers[2] + 1)
    assert {row["state"] for row in rows(store, DRAFT)} == {"sent", "dismissed"}


def test_the_steps_make_the_tables_that_the_code_names(store):
    found = sa.inspect(store.engine)
    for table in METADATA.sorted_tables:
        told = {column["name"]: column for column in found.get_columns(table.name)}
        assert {name: str(column["type"]) for name, column in told.items()} == {
            column.name: column.type.compile(store.engine.dialect) for column in table.columns
        }
        assert [told[column.name]["nullable"] for column in table.columns] == [
            column.nullable for column in table.columns
        ]
        indexes = {one["name"] for one in found.get_indexes(table.name)}
        assert {one.name for one in table.indexes} <= indexes


def test_an_id_without_a_source_is_found_without_reading_all_texts(tmp_path):
    open_store(tmp_path / "feedback.db").close()
    with sqlite3.connect(tmp_path / "feedback.db") as connection:
        asked = "EXPLAIN QUERY PLAN SELECT number FROM feedback WHERE id = 'a'"
        ((*_, plan),) = connection.execute(asked)
    assert plan.startswith("SEARCH feedback USING COVERING INDEX feedback_id (id=?)")


def test_a_store_of_a_newer_version_and_what_is_no_store_are_refused(tmp_path):
    path = tmp_path / "feedback.db"
    open_store(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DataError, match="version 9999, which this SentiLoRA does not know"):
        open_store(path)
    other = tmp_path / "other.db"
    other.write_text("no database at all, but a text that somebody wrote\n" * 40)
    with pytest.raises(DataError, match=r"other\.db.*not a database"):
        open_store(other)
    with pytest.raises(ConfigError, match="mysql://host/name is no store"):
        open_store("mysql://host/name")
    with pytest.raises(DataError, match="unable to open"):
        open_store(tmp_path / "none" / "a.db")


def test_a_writer_waits_for_another_one(tmp_path):
    store = open_store(tmp_path / "feedback.db")
    values = {"source": "a", "place": "b", "reason": "c", "content": "d", "stored_ms": 1}
    other = sqlite3.connect(store.name, timeout=0.05)
    with writing(store.engine) as one:
        one.execute(sa.insert(REFUSED).values(values))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()
    assert len(rows(store, REFUSED)) == 1
    store.close()
