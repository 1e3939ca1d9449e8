"""One text as it comes from a source, and how it is read from what a source sends."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sentilora.data.files.streams import text_problem

UTC = dt.UTC
TEXT_NAMES = ("text", "message", "body", "content", "comment", "review", "feedback")
AT_NAMES = ("at", "time", "timestamp", "created_at", "date")
_MOST_ID, _MOST_SEGMENT = 200, 200
_MOST_SEGMENTS = 32  # each is counted by itself
_MILLISECONDS_FROM = 1e11  # as seconds, that is the year 5138


class RecordProblem(ValueError):  # noqa: N818 - it is told and set aside, never raised to a user
    """Why something that came is no record; the reason stands in its text."""


@dataclass(frozen=True)
class FeedbackRecord:
    """A text that somebody wrote.

    Attributes:
        source: name of the channel that it came by.
        id: what tells it from the others of its source.
        text: the text.
        at: when it was written, in UTC.
        segments: what else is known of it, by name: product, country, version.
        conversation_id: conversation that it is a part of; None where it stands alone.
    """

    source: str
    id: str
    text: str
    at: dt.datetime
    segments: Mapping[str, str] = field(default_factory=dict)
    conversation_id: str | None = None


@dataclass(frozen=True)
class RecordColumns:
    """Where the parts of a record stand in what a source sends.

    Attributes:
        text: name of the text; found among usual names when None.
        at: name of the time; found among usual names when None.
        id: name of the id.
        segments: names of what else is kept, beside what stands in an object ``segments``.
    """

    text: str | None = None
    at: str | None = None
    id: str = "id"
    segments: tuple[str, ...] = ()


def read_record(
    fields: Any,
    *,
    source: str,
    position: str,
    now: dt.datetime,
    columns: RecordColumns,
) -> FeedbackRecord:
    """Make a record of what a source sent.

    Args:
        fields: what was sent, names to values.
        source: name of the channel, where the record names none.
        position: id where the record has none: its place in the source, which stays the same when
            it is read again.
        now: time where the record has none.
        columns: where the parts stand.

    Raises:
        RecordProblem: it has no text, or its time or segments cannot be read.
    """
    if not isinstance(fields, Mapping):
        raise RecordProblem(f"{_kind(fields)} where an object with a text was expected")
    name = columns.text or _first(TEXT_NAMES, fields)
    if name is None or name not in fields:
        wanted = repr(columns.text) if columns.text else " or ".join(map(repr, TEXT_NAMES[:3]))
        raise RecordProblem(f"no field {wanted}; found {_names(fields)}")
    text = fields[name]
    if isinstance(text, str):
        text = _storable(text)
    if (why := text_problem(text)) is not None:
        raise RecordProblem(f"'{name}': {why}: {_shown(text)}")
    when = columns.at or _first(AT_NAMES, fields)
    written = None if when is None else fields.get(when)
    own_id = fields.get(columns.id)
    conversation = fields.get("conversation_id")
    return FeedbackRecord(
        source=_word(fields.get("source"), "source") or source,
        id=_word(own_id, columns.id) or position,
        text=text,
        at=now if written in (None, "") else read_time(written),
        segments=_segments(fields, columns.segments),
        conversation_id=_word(conversation, "conversation_id"),
    )


def read_time(value: Any) -> dt.datetime:
    """Read a time: ISO 8601, or seconds or milliseconds since 1970; without a zone it is UTC.

    Raises:
        RecordProblem: it is none.
    """
    try:
        if isinstance(value, dt.datetime):
            found = value
        elif isinstance(value, int | float) and not isinstance(value, bool):
            seconds = value / 1000 if abs(value) >= _MILLISECONDS_FROM else value
            found = dt.datetime.fromtimestamp(seconds, UTC)
        elif isinstance(value, str):
            found = dt.datetime.fromisoformat(value.strip())
        else:
            raise RecordProblem(f"{_shown(value)} is no time; expected ISO 8601")
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise RecordProblem(
            f"{_shown(value)} is no time; expected ISO 8601, such as 2026-11-29T09:30:00Z, or "
            "seconds since 1970"
        ) from error


def _segments(fields: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    given = fields.get("segments")
    if isinstance(given, str) and given.strip():
        try:
            given = json.loads(given)
        except (ValueError, RecursionError) as error:
            raise RecordProblem(f"'segments' is no object: {_shown(given)}") from error
    if given is not None and given != "" and not isinstance(given, Mapping):
        raise RecordProblem(f"'segments' is no object: {_shown(given)}")
    told = {**(given or {}), **{name: fields[name] for name in names if name in fields}}
    if len(told) > _MOST_SEGMENTS:
        raise RecordProblem(f"{len(told):,} segments; {_MOST_SEGMENTS} at most")
    found = {}
    for name, value in told.items():
        word = _word(value, str(name), most=None)
        if word is not None:
            found[_storable(str(name))[:_MOST_SEGMENT]] = word[:_MOST_SEGMENT]
    return found


def _storable(text: str) -> str:
    """Put a sign in the place of what a database refuses: half characters, and NUL."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _word(value: Any, name: str, most: int | None = _MOST_ID) -> str | None:
    """Return a name or an id as text; None where there is none."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise RecordProblem(f"'{name}' is {_kind(value)}; expected a string or a number")
    word = _storable(str(value)).strip()
    if most is not None and len(word) > most:
        raise RecordProblem(f"'{name}' has {len(word):,} characters; {most} at most")
    return word or None


def _first(names: Iterable[str], fields: Mapping[str, Any]) -> str | None:
    return next((name for name in names if name in fields), None)


def _kind(value: Any) -> str:
    return f"a value of type {type(value).__name__}"


def _shown(value: Any) -> str:
    try:
        text = repr(value)
    except RecursionError:
        return "something nested too deeply"
    return text if len(text) <= 60 else f"{text[:60]}…"


def _names(fields: Mapping[str, Any]) -> str:
    return ", ".join(repr(str(name)) for name in list(fields)[:8]) or "nothing"
