"""The store: what was accepted is in it, once."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from sentilora.errors import DataError
from sentilora.monitoring.feedback_record import FeedbackRecord
from sentilora.monitoring.sources.record_batch import Refused
from sentilora.monitoring.store.hour_counts import KEY, SUMMED, StoredAnswer, Sums, keys_of
from sentilora.monitoring.store.migrations.migrate import renew
from sentilora.monitoring.store.store_engine import connect, writing
from sentilora.monitoring.store.store_tables import (
    ALERT,
    ANSWER,
    CORRECTION,
    DRAFT,
    FEEDBACK,
    HOUR_COUNT,
    POSITION,
    REFUSED,
)

Result = TypeVar("Result")

_AT_ONCE = 500  # rows of an insert: SQLite bounds the values of a statement


@dataclass(frozen=True)
class AnsweredRecord:
    """A text, and what each model said of it."""

    record: FeedbackRecord
    answers: Sequence[StoredAnswer]


def _nothing_more(connection: Connection, new: Sequence[AnsweredRecord], last: int) -> Any:
    """Do nothing else in the transaction."""


class Store:
    """A store that is open. Made by :func:`open_store`.

    Attributes:
        name: what the user knows it by.
        keeps_text: whether texts are kept, beside what was said of them.
    """

    def __init__(self, engine: Engine, name: str, *, keeps_text: bool = True) -> None:
        self.engine = engine
        self.name = name
        self.keeps_text = keeps_text

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close its connections."""
        self.engine.dispose()

    def add(
        self,
        answered: Sequence[AnsweredRecord],
        positions: Mapping[str, Any] | None = None,
        refused: Sequence[Refused] = (),
        also: Callable[[Connection, Sequence[AnsweredRecord], int], Result] = _nothing_more,
    ) -> tuple[list[AnsweredRecord], Result]:
        """Store texts, answers, counts and how far the sources were read, or nothing of it.

        Args:
            answered: texts with their answers. Of those with the same source and id the first is
                stored; one that is in the store already stays as it is.
            positions: position of each source that was read so far, as JSON values.
            refused: what came and was no text.
            also: what else is to be done in the transaction, with the texts that were new and the
                number of the last one (0 without any).

        Returns:
            The texts that were new, in their order, and what ``also`` returned.
        """
        by_key: dict[tuple[str, str], AnsweredRecord] = {}
        for one in answered:
            by_key.setdefault((one.record.source, one.record.id), one)
        wanted = list(by_key.values())
        with writing(self.engine) as connection:
            numbers = self._insert(connection, [one.record for one in wanted])
            new = [one for one in wanted if (one.record.source, one.record.id) in numbers]
            answers = [
                {"number": numbers[one.record.source, one.record.id], **vars(answer)}
                for one in new
                for answer in one.answers
            ]
            if answers:
                connection.execute(sa.insert(ANSWER), answers)
            if refused:
                now_ms = time.time_ns() // 1_000_000
                hidden = {} if self.keeps_text else {"content": ""}
                rows = [{**asdict(one), **hidden, "stored_ms": now_ms} for one in refused]
                connection.execute(sa.insert(REFUSED), rows)
            self._count(connection, new)
            for source, position in (positions or {}).items():
                self._move(connection, source, position)
            result = also(connection, new, max(numbers.values(), default=0))
        return new, result

    def position(self, source: str) -> Any:
        """Return how far a source was read; None where it never was."""
        with self.engine.connect() as connection:
            asked = sa.select(POSITION.c.position).where(POSITION.c.source == source)
            found = connection.execute(asked).scalar()
        return None if found is None else json.loads(found)

    def forget(self, id: str, source: str | None = None) -> int:  # noqa: A002 - the user's word
        """Remove texts of an id everywhere, and what was counted of them; return how many."""
        with writing(self.engine) as connection:
            asked = sa.select(FEEDBACK).where(FEEDBACK.c.id == id)
            if source is not None:
                asked = asked.where(FEEDBACK.c.source == source)
            rows = connection.execute(asked).mappings().all()
            counts: dict[tuple[Any, ...], Sums] = defaultdict(Sums)
            for row in rows:
                its_own = ANSWER.c.number == row["number"]
                segments = json.loads(row["segments"])
                for told in connection.execute(sa.select(ANSWER).where(its_own)).mappings():
                    answer = StoredAnswer(**{name: told[name] for name in _ANSWERED})
                    for key in keys_of(row["at_ms"], row["source"], segments, answer):
                        counts[key].add(answer, -1)
                connection.execute(sa.delete(ANSWER).where(its_own))
                connection.execute(sa.delete(FEEDBACK).where(FEEDBACK.c.number == row["number"]))
            self._add_counts(connection, counts)
            connection.execute(sa.delete(HOUR_COUNT).where(HOUR_COUNT.c.texts <= 0))
            gone = {(row["source"], row["id"]) for row in rows}
            _change_examples(
                connection,
                lambda one: None if (one["source"], one["id"]) in gone else one,
                ALERT.c.examples.contains(json.dumps(id, ensure_ascii=False), autoescape=True),
            )
        return len(rows)

    def drop_texts(self, before_ms: int) -> int:
        """Remove the words of texts that were stored before a moment, wherever they stand.

        A draft quotes its text: its reply goes, too, and it is dismissed if it was not sent yet.

        Returns:
            How many texts had words.
        """
        is_old = (FEEDBACK.c.stored_ms < before_ms) & FEEDBACK.c.text.is_not(None)
        is_refused = (REFUSED.c.stored_ms < before_ms) & (REFUSED.c.content != "")
        is_told = ALERT.c.updated_ms < before_ms
        is_given = (CORRECTION.c.corrected_ms < before_ms) & CORRECTION.c.text.is_not(None)
        with writing(self.engine) as connection:
            dropped = connection.execute(sa.update(FEEDBACK).where(is_old).values(text=None))
            connection.execute(sa.update(REFUSED).where(is_refused).values(content=""))
            connection.execute(sa.update(CORRECTION).where(is_given).values(text=None))
            _change_examples(connection, lambda one: {**one, "text": None}, is_told)
            _blank_drafts(connection, before_ms)
        return int(dropped.rowcount)

    def _insert(
        self, connection: Connection, records: Sequence[FeedbackRecord]
    ) -> dict[tuple[str, str], int]:
        """Insert the texts that are new; return their numbers by source and id."""
        stored_ms = time.time_ns() // 1_000_000
        rows = [
            {
                "source": one.source,
                "id": one.id,
                "at_ms": milliseconds(one),
                "stored_ms": stored_ms,
                "text": one.text if self.keeps_text else None,
                "segments": json.dumps(dict(one.segments), ensure_ascii=False, sort_keys=True),
                "conversation_id": one.conversation_id,
            }
            for one in records
        ]
        if not rows:
            return {}
        # What comes back tells what is new; row counts and keys differ between databases. Rows are
        # handed over beside the statement, which is then compiled once, and not for each batch.
        asked = (
            self._insert_into(FEEDBACK)
            .on_conflict_do_nothing(index_elements=["source", "id"])
            .returning(FEEDBACK.c.source, FEEDBACK.c.id, FEEDBACK.c.number)
        )
        return {(source, name): at for source, name, at in connection.execute(asked, rows)}

    def _count(self, connection: Connection, new: Iterable[AnsweredRecord]) -> None:
        counts: dict[tuple[Any, ...], Sums] = defaultdict(Sums)
        for one in new:
            record = one.record
            for answer in one.answers:
                for key in keys_of(milliseconds(record), record.source, record.segments, answer):
                    counts[key].add(answer, 1)
        self._add_counts(connection, counts)

    def _add_counts(self, connection: Connection, counts: Mapping[tuple[Any, ...], Sums]) -> None:
        # In one order, so that two writers never wait for each other in a circle.
        rows = [
            {**dict(zip(KEY, key, strict=True)), **asdict(counts[key])} for key in sorted(counts)
        ]
        for start in range(0, len(rows), _AT_ONCE):
            asked = self._insert_into(HOUR_COUNT).values(rows[start : start + _AT_ONCE])
            added = {name: HOUR_COUNT.c[name] + asked.excluded[name] for name in SUMMED}
            connection.execute(asked.on_conflict_do_update(index_elements=KEY, set_=added))

    def _move(self, connection: Connection, source: str, position: Any) -> None:
        asked = self._insert_into(POSITION).values(
            source=source,
            position=json.dumps(position),
            moved_ms=time.time_ns() // 1_000_000,
        )
        moved = {name: asked.excluded[name] for name in ("position", "moved_ms")}
        connection.execute(asked.on_conflict_do_update(index_elements=["source"], set_=moved))

    def _insert_into(self, table: sa.Table) -> Any:
        made = postgresql.insert if self.engine.dialect.name == "postgresql" else sqlite.insert
        return made(table)


_ANSWERED = tuple(field.name for field in fields(StoredAnswer))


def _change_examples(
    connection: Connection, changed: Callable[[dict[str, Any]], Any], where: Any
) -> None:
    """Change the texts that alerts quote; one of which None comes is taken out."""
    asked = sa.select(ALERT.c.number, ALERT.c.examples).where(where)
    for number, examples in connection.execute(asked).all():
        kept = [told for one in json.loads(examples) if (told := changed(one)) is not None]
        values = {"examples": json.dumps(kept, ensure_ascii=False)}
        connection.execute(sa.update(ALERT).where(ALERT.c.number == number).values(values))


def _blank_drafts(connection: Connection, before_ms: int) -> None:
    """Take the words out of drafts of old texts."""
    is_old = (DRAFT.c.created_ms < before_ms) & (DRAFT.c.reply != "")
    its_state = sa.case((DRAFT.c.state == "sent", "sent"), else_="dismissed")
    values = {"reply": "", "marked": "[]", "note": None, "state": its_state}
    connection.execute(sa.update(DRAFT).where(is_old).values(values))


def milliseconds(record: FeedbackRecord) -> int:
    """Return when a text was written, in milliseconds since 1970."""
    return round(record.at.timestamp() * 1000)


def open_store(store: str | Path, *, keeps_text: bool = True) -> Store:
    """Open a store; a new one is made, an old one renewed.

    Args:
        store: path of an SQLite file, or address of a PostgreSQL database.
        keeps_text: whether texts are kept.

    Raises:
        ConfigError: it is neither.
        DataError: it cannot be reached, was written by a newer version, or is no store.
    """
    engine, name = connect(store)
    try:
        with writing(engine) as connection:
            renew(connection, name)
    except DBAPIError as error:
        raise DataError(
            f"The store {name} cannot be opened: {error.orig}. Expected a file that SentiLoRA "
            "made, or none yet in a folder that may be written to; or a database that answers."
        ) from error
    return Store(engine, name, keeps_text=keeps_text)
