"""Corrections in the store: checked as a whole, written as a whole, and read back."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from sentilora.data.files.streams import text_problem
from sentilora.data.problems import quoted, shortened
from sentilora.data.same_text import fold
from sentilora.errors import DataError, several
from sentilora.message import setting
from sentilora.monitoring.store.store import Store
from sentilora.monitoring.store.store_engine import writing
from sentilora.monitoring.store.store_tables import (
    ANSWER,
    CORRECTION,
    FEEDBACK,
    HOUR_COUNT,
    MODEL_CHANGE,
)

ORIGINS = ("page", "file", "api", "command")
MOST_SHOWN = 20
_MOST_BY = 200


@dataclass(frozen=True)
class AskedCorrection:
    """A label that somebody gives to a text of the store.

    Attributes:
        id: id of the text.
        label: what it is.
        source: channel that it came by; None where its id is in one channel only.
        text: its words, for a store that keeps none: they are kept with the correction then.
        place: where the correction stands, as a person would look for it; empty for a single one.
    """

    id: str
    label: str
    source: str | None = None
    text: str | None = None
    place: str = ""


@dataclass(frozen=True)
class Correction:
    """A label that a person gave to a text.

    Attributes:
        number: its number in the store.
        id: id of the text.
        source: channel of the text.
        model: name of the model whose answer it corrects.
        before: label that the model gave.
        after: label that the person gave; the same one confirms it.
        by: who gave it.
        origin: where it was given: ``page``, ``file``, ``api`` or ``command``.
        at_ms: when, in milliseconds since 1970.
    """

    number: int
    id: str
    source: str
    model: str
    before: str
    after: str
    by: str
    origin: str
    at_ms: int

    @property
    def is_change(self) -> bool:
        """Whether the label is another one; else the model's is confirmed."""
        return self.before != self.after


def store_corrections(
    store: Store,
    asked: Sequence[AskedCorrection],
    *,
    by: str,
    origin: str,
    model: str | None = None,
) -> list[Correction]:
    """Check corrections as a whole, and store all of them or none.

    Args:
        store: open store.
        asked: the corrections, in their order.
        by: who gives them.
        origin: where: one of :data:`ORIGINS`.
        model: name of the model whose answers they correct; the one that answered last when None.

    Raises:
        DataError: the store has no such texts or labels; all problems are told.
    """
    now_ms = time.time_ns() // 1_000_000
    problems: list[str] = []
    rows: list[dict[str, Any]] = []
    told: list[tuple[str, str]] = []
    labels: dict[str, tuple[str, ...]] = {}
    with writing(store.engine) as connection:
        for one in asked:
            try:
                found = _answered(connection, one, model)
                names = labels.get(found["model"])
                if names is None:
                    names = labels[found["model"]] = known_labels(connection, found["model"])
                rows.append(
                    {
                        "feedback": found["number"],
                        "model": found["model"],
                        "label_before": found["label"],
                        "label_after": _label(one.label, names),
                        "corrected_by": by[:_MOST_BY],
                        "origin": origin,
                        "corrected_ms": now_ms,
                        "text": _kept_text(one, found["text"]),
                    }
                )
                told.append((found["id"], found["source"]))
            except _Wrong as error:
                problems.append(f"{one.place}: {error}" if one.place else str(error))
        if problems:
            raise DataError(several(store.name, problems, most=MOST_SHOWN))
        numbers = []
        for row in rows:
            inserted = sa.insert(CORRECTION).values(row).returning(CORRECTION.c.number)
            numbers.append(connection.execute(inserted).scalar_one())
    return [
        Correction(
            number,
            name,
            source,
            row["model"],
            row["label_before"],
            row["label_after"],
            row["corrected_by"],
            origin,
            now_ms,
        )
        for number, row, (name, source) in zip(numbers, rows, told, strict=True)
    ]


def known_labels(connection: Connection, model: str) -> tuple[str, ...]:
    """Return the labels of a model: as it said itself, else those that it has given so far."""
    asked = (
        sa.select(MODEL_CHANGE.c.labels)
        .where(MODEL_CHANGE.c.name == model)
        .order_by(MODEL_CHANGE.c.number.desc())
        .limit(1)
    )
    told = connection.execute(asked).scalar()
    if told is not None:
        return tuple(json.loads(told))
    given = sa.select(HOUR_COUNT.c.label).where(HOUR_COUNT.c.model == model).distinct()
    return tuple(sorted(connection.execute(given).scalars()))


class _Wrong(Exception):  # noqa: N818 - it is told together with others, never raised to a user
    """What is wrong with one correction."""


def _answered(
    connection: Connection, asked: AskedCorrection, model: str | None
) -> Mapping[str, Any]:
    """Return the text that is meant, with the answer that is corrected."""
    where = [FEEDBACK.c.id == asked.id]
    if asked.source is not None:
        where.append(FEEDBACK.c.source == asked.source)
    if model is not None:
        where.append(ANSWER.c.model == model)
    since = (
        sa.select(sa.func.max(MODEL_CHANGE.c.number))
        .where(MODEL_CHANGE.c.name == ANSWER.c.model)
        .correlate(ANSWER)
        .scalar_subquery()
    )
    columns = (FEEDBACK.c.number, FEEDBACK.c.id, FEEDBACK.c.source, FEEDBACK.c.text)
    found = (
        connection.execute(
            sa.select(*columns, ANSWER.c.model, ANSWER.c.label)
            .join(ANSWER, ANSWER.c.number == FEEDBACK.c.number)
            .where(*where)
            .order_by(FEEDBACK.c.number, sa.func.coalesce(since, 0).desc(), ANSWER.c.model)
        )
        .mappings()
        .all()
    )
    name = f"'{shortened(asked.id)}'"
    if not found:
        at = "" if asked.source is None else f" of the source '{shortened(asked.source)}'"
        by = "" if model is None else f" that the model '{shortened(model)}' answered"
        raise _Wrong(f"there is no text with the id {name}{at}{by}; expected an id as it was sent")
    sources = list(dict.fromkeys(row["source"] for row in found))
    if len(sources) > 1:
        raise _Wrong(
            f"the id {name} is in the sources {quoted(sources)}; say which one with "
            f"{setting('source', sources[0])}"
        )
    return dict(found[0])


def _label(given: str, known: Sequence[str]) -> str:
    """Return the label of a model that is meant."""
    word = given.strip().casefold()
    for name in known:
        if name.casefold() == word:
            return name
    raise _Wrong(f"label '{shortened(given)}': expected one of {', '.join(known)}")


def _kept_text(asked: AskedCorrection, stored: str | None) -> str | None:
    """Return the words to keep with a correction; None where the store keeps them anyway."""
    name = f"'{shortened(asked.id)}'"
    if asked.text is None:
        if stored is None:
            raise _Wrong(
                f"the words of {name} are not kept, and a correction without them teaches "
                f"nothing. Give them with {setting('text', 'WORDS')}, or in a column 'text' of a "
                "file: they are kept with the correction then, until the text is forgotten"
            )
        return None
    if (why := text_problem(asked.text)) is not None:
        raise _Wrong(f"{name}: {why}")
    if stored is None:
        return asked.text.replace("\0", "\ufffd")
    if fold(asked.text) != fold(stored):
        raise _Wrong(
            f"the words given for {name} are not those in the store, which begin with "
            f"'{shortened(stored)}'; leave them out"
        )
    return None
