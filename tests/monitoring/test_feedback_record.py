"""What a source sends, made a record or refused."""

import datetime as dt

import pytest

from sentilora.monitoring.feedback_record import RecordColumns, RecordProblem, read_record

NOW = dt.datetime(2026, 11, 29, 12, tzinfo=dt.UTC)


def read(fields, **columns):
    return read_record(
        fields, source="app", position="p-1", now=NOW, columns=RecordColumns(**columns)
    )


def test_a_text_alone_has_the_channel_the_place_and_the_time_of_its_source():
    record = read({"text": "It broke"})
    assert (record.source, record.id, record.text, record.at) == ("app", "p-1", "It broke", NOW)


def test_fields_are_found_by_name_or_named():
    record = read(
        {
            "message": "It broke",
            "id": 17,
            "created_at": "2026-11-28T10:00:00+02:00",
            "segments": {"country": "DE", "empty": ""},
            "version": 4.3,
            "conversation_id": "c1",
            "source": "mail",
        },
        segments=("version", "missing"),
    )
    assert (record.source, record.id, record.conversation_id) == ("mail", "17", "c1")
    assert record.at == dt.datetime(2026, 11, 28, 8, tzinfo=dt.UTC)
    assert record.segments == {"country": "DE", "version": "4.3"}
    assert read({"body": "a", "told": "b"}, text="told").text == "b"


def test_what_a_database_refuses_is_kept_from_it():
    record = read(
        {
            "text": "a\0b\ud800",
            "id": "i\0",
            "source": "s\0",
            "segments": {"n" * 300: "v" * 300, "c\0": "d\0"},
        }
    )
    assert (record.text, record.id, record.source) == ("a\ufffdb?", "i\ufffd", "s\ufffd")
    assert record.segments == {"n" * 200: "v" * 200, "c\ufffd": "d\ufffd"}


@pytest.mark.parametrize("value", [1764324000, 1764324000000, "2025-11-28T10:00:00Z"])
def test_times_are_iso_or_seconds_or_milliseconds(value):
    assert read({"text": "a", "at": value}).at == dt.datetime(2025, 11, 28, 10, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ("a text", "type str"),
        ({"n": 1}, "no field 'text'"),
        ({"text": None}, "no text"),
        ({"text": " \u200b"}, "nobody sees"),
        ({"text": "a", "at": "soon"}, "'soon' is no time"),
        ({"text": "a", "at": True}, "True is no time"),
        ({"text": "a", "at": 1e300}, "is no time"),
        ({"text": "a", "id": ["x"]}, "'id' is a value of type list"),
        ({"text": "a", "id": "x" * 201}, "201 characters"),
        ({"text": "a", "segments": "[1"}, "'segments' is no object"),
    ],
)
def test_what_is_no_record_is_refused_with_its_reason(fields, told):
    with pytest.raises(RecordProblem, match=told):
        read(fields)
