"""Texts and the memory of rules, read back from a store."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from sentilora.monitoring.rules.heard import Heard
from sentilora.monitoring.store.store_tables import ANSWER, FEEDBACK, RULE_STATE

_AT_ONCE = 2000
_HEARD = tuple(field.name for field in fields(Heard) if field.name != "model")


def read_texts(
    connection: Connection,
    model: str,
    *,
    after: int = 0,
    up_to: int | None = None,
    since_ms: int | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield texts with the answers of a model, in the order in which they were stored.

    Args:
        connection: connection to the store.
        model: name of the model.
        after: number of the text after which to begin.
        up_to: number of the last one; all of them when None.
        since_ms: earliest time at which they were written; any when None.
    """
    where = [ANSWER.c.model == model]
    if up_to is not None:
        where.append(FEEDBACK.c.number <= up_to)
    if since_ms is not None:
        where.append(FEEDBACK.c.at_ms >= since_ms)
    asked = (
        sa.select(FEEDBACK, ANSWER.c.label, ANSWER.c.score, ANSWER.c.signed, ANSWER.c.unknown)
        .join(ANSWER, ANSWER.c.number == FEEDBACK.c.number)
        .order_by(FEEDBACK.c.number)
        .limit(_AT_ONCE)
    )
    while True:
        rows = connection.execute(asked.where(FEEDBACK.c.number > after, *where)).mappings().all()
        for row in rows:
            yield {**row, "segments": json.loads(row["segments"])}
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1]["number"]


def row_as_heard(row: Mapping[str, Any], model: str | None = None) -> Heard:
    """Return what rules know of a text that :func:`read_texts` gave.

    Args:
        row: what it gave.
        model: name of the model that answered; None for the first one.
    """
    return Heard(**{name: row[name] for name in _HEARD}, model=model)


def last_number(connection: Connection) -> int:
    """Return the number of the text that was stored last; 0 when there is none."""
    return connection.execute(sa.select(sa.func.max(FEEDBACK.c.number))).scalar() or 0


def read_rule_state(connection: Connection) -> tuple[dict[str, Any], int]:
    """Return what rules remember, and the number of the last text in it; nothing and 0 at first."""
    row = connection.execute(sa.select(RULE_STATE)).mappings().first()
    return ({}, 0) if row is None else (json.loads(row["state"]), row["up_to"])


def write_rule_state(connection: Connection, state: dict[str, Any], up_to: int) -> None:
    """Write what rules remember, up to a text."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    asked = insert(RULE_STATE).values(number=1, state=json.dumps(state), up_to=up_to)
    changed = {name: asked.excluded[name] for name in ("state", "up_to")}
    connection.execute(asked.on_conflict_do_update(index_elements=["number"], set_=changed))
