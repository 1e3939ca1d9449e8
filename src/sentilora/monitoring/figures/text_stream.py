"""The texts of a store, newest first, with filters, a page at a time.

A question looks at a bounded number of texts and says how far back it came, so that it stays quick
in a store of any size; hours in which the counts know of no such text are passed over unseen.
Not covered: the search of words in all texts at once. Words are found within words, whatever their
case; SQLite knows that of letters beyond A to Z only as far as they were typed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from sentilora.monitoring.store.hour_counts import HOUR_MS
from sentilora.monitoring.store.store_tables import ANSWER, FEEDBACK, HOUR_COUNT

LOOKED_AT = 10_000
_FIRST, _GROWTH = 500, 4  # texts that are looked at in one step: few at first, then more
_MOST_WORDS, _LONGEST_WORDS = 8, 200


@dataclass(frozen=True)
class StreamFilter:
    """Which texts are wanted.

    Attributes:
        model: name of the model whose answers are shown; a text that it did not answer is not.
        source: channel; all of them when None.
        segment: name of a segment and the value in it; any when None.
        labels: labels of the answers; all of them when empty.
        words: words that must all occur; any text when empty.
        until_ms: moment before which they were written; any when None.
    """

    model: str
    source: str | None = None
    segment: tuple[str, str] | None = None
    labels: tuple[str, ...] = ()
    words: str = ""
    until_ms: int | None = None


@dataclass(frozen=True)
class StreamPlace:
    """A place in the stream: just after (before, in time) a text.

    Attributes:
        at_ms: when the text was written.
        number: its number.
    """

    at_ms: int
    number: int


@dataclass(frozen=True)
class StreamText:
    """A text with the answer of a model.

    Attributes:
        number: its number in the store.
        source, id: its channel, and its id there.
        at_ms, stored_ms: when it was written and stored.
        text: its words; None where they are not kept.
        segments: what else is known of it.
        conversation_id: conversation that it is a part of.
        model, label, score, signed: what the model said.
    """

    number: int
    source: str
    id: str
    at_ms: int
    stored_ms: int
    text: str | None
    segments: Mapping[str, str]
    conversation_id: str | None
    model: str
    label: str
    score: float
    signed: float | None


@dataclass(frozen=True)
class StreamPage:
    """Some texts.

    Attributes:
        texts: the texts, newest first.
        after: place where the next page begins; None at the end of the stream.
        is_full: whether there are as many as were asked for; otherwise, unless ``after`` is None,
            enough texts were looked at, and the rest of the store was not.
    """

    texts: list[StreamText]
    after: StreamPlace | None
    is_full: bool


def read_stream(
    connection: Connection,
    wanted: StreamFilter,
    after: StreamPlace | None = None,
    *,
    most: int = 25,
    look_at: int = LOOKED_AT,
) -> StreamPage:
    """Read the next texts.

    Args:
        connection: connection to the store.
        wanted: filter.
        after: place to begin at; the newest text when None.
        most: number of texts.
        look_at: number of texts that are looked at before it gives up.
    """
    found: list[StreamText] = []
    place, left, step = after, look_at, _FIRST
    while len(found) < most and left > 0:
        hour = _newest_hour(connection, wanted, place)
        if hour is None:
            return StreamPage(found, None, is_full=False)
        if place is None or place.at_ms >= (hour + 1) * HOUR_MS:
            place = StreamPlace((hour + 1) * HOUR_MS, 0)
        step = min(step, left)
        end = _end_of(connection, wanted, place, step)
        found += _read(connection, wanted, place, step, most - len(found))
        left, step = left - step, step * _GROWTH
        if len(found) == most:
            place = StreamPlace(found[-1].at_ms, found[-1].number)
        elif end is None:
            return StreamPage(found, None, is_full=False)
        else:
            place = end
    return StreamPage(found, place, is_full=len(found) == most)


def _newest_hour(
    connection: Connection, wanted: StreamFilter, place: StreamPlace | None
) -> int | None:
    """Return the newest hour that has such texts, as far as they are counted."""
    count = HOUR_COUNT.c
    segment, value = wanted.segment or ("", "")
    where = [count.segment == segment, count.value == value, count.model == wanted.model]
    if wanted.source is not None:
        where.append(count.source == wanted.source)
    if wanted.labels:
        where.append(count.label.in_(wanted.labels))
    last_ms = [] if wanted.until_ms is None else [wanted.until_ms - 1]
    if place is not None:
        last_ms.append(place.at_ms if place.number else place.at_ms - 1)
    if last_ms:
        where.append(count.hour <= min(last_ms) // HOUR_MS)
    asked = sa.select(count.hour).where(*where).order_by(count.hour.desc()).limit(1)
    return connection.execute(asked).scalar()


def _end_of(
    connection: Connection, wanted: StreamFilter, place: StreamPlace, step: int
) -> StreamPlace | None:
    """Return the last of the next texts, whatever they are; None where there are fewer."""
    asked = (
        sa.select(FEEDBACK.c.at_ms, FEEDBACK.c.number)
        .where(*_range(wanted, place))
        .order_by(FEEDBACK.c.at_ms.desc(), FEEDBACK.c.number.desc())
        .offset(step - 1)
        .limit(1)
    )
    found = connection.execute(asked).first()
    return None if found is None else StreamPlace(*found)


def _range(wanted: StreamFilter, place: StreamPlace) -> list[sa.ColumnElement[bool]]:
    """Return what the index of times (and sources) finds."""
    text = FEEDBACK.c
    here = sa.tuple_(text.at_ms, text.number)
    where: list[sa.ColumnElement[bool]] = [here < sa.tuple_(place.at_ms, place.number)]
    if wanted.until_ms is not None:
        where.append(text.at_ms < wanted.until_ms)
    if wanted.source is not None:
        where.append(text.source == wanted.source)
    return where


def _read(
    connection: Connection, wanted: StreamFilter, place: StreamPlace, step: int, most: int
) -> list[StreamText]:
    """Return those that are wanted of the next texts."""
    newest = (FEEDBACK.c.at_ms.desc(), FEEDBACK.c.number.desc())
    # The limit within keeps a database from another way through the tables, which has no end.
    looked = sa.select(FEEDBACK).where(*_range(wanted, place)).order_by(*newest).limit(step)
    text, answer = looked.subquery("looked").c, ANSWER.c
    where = [answer.model == wanted.model]
    if wanted.segment is not None:
        # LIKE takes DE and de for the same in SQLite.
        place_of = sa.func.strpos if connection.dialect.name == "postgresql" else sa.func.instr
        where.append(place_of(text.segments, _as_member(*wanted.segment)) > 0)
    if wanted.labels:
        where.append(answer.label.in_(wanted.labels))
    for word in wanted.words[:_LONGEST_WORDS].replace("\0", " ").split()[:_MOST_WORDS]:
        spelled = (
            (word,) if word.isascii() else (word, word.lower(), word.upper(), word.capitalize())
        )
        where.append(sa.or_(*(text.text.icontains(one, autoescape=True) for one in spelled)))
    asked = (
        sa.select(*text, answer.model, answer.label, answer.score, answer.signed)
        .join(ANSWER, answer.number == text.number)
        .where(*where)
        .order_by(text.at_ms.desc(), text.number.desc())
    )
    rows = connection.execute(asked.limit(most)).mappings()
    return [StreamText(**{**row, "segments": json.loads(row["segments"])}) for row in rows]


def _as_member(name: str, value: str) -> str:
    """Return how a segment stands in the JSON object of a text."""
    return json.dumps({name: value}, ensure_ascii=False)[1:-1]
