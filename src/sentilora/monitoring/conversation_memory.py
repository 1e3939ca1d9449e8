"""Brings back what the store knows of conversations that new texts go on with.

Rules remember a bounded number of conversations, and none of before a start; the texts of all stand
in the store.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from sentilora.monitoring.rules.heard import Heard, is_about
from sentilora.monitoring.rules.rule_engine import RuleEngine
from sentilora.monitoring.rules.watches.conversation_watch import TEXTS
from sentilora.monitoring.store.store_tables import ANSWER, FEEDBACK
from sentilora.monitoring.store.stored_texts import row_as_heard

_AT_ONCE = 200
_LOOKED_AT = 5 * TEXTS  # texts of a conversation: a rule may be about those of one side


def remember_conversations(
    connection: Connection, engine: RuleEngine, heard: Sequence[Heard], first: str, up_to: int
) -> None:
    """Have rules remember the conversations of texts that they are about to take.

    Args:
        connection: connection to the store.
        engine: the rules.
        heard: texts that they take next.
        first: name of the model that rules mean which name none.
        up_to: number of the last text that they have taken.
    """
    for rule, watch in engine.conversations():
        wanted = sorted(
            {
                one.conversation_id
                for one in heard
                if one.conversation_id is not None
                and not watch.knows(one.conversation_id)
                and is_about(rule, one)
            }
        )
        if not wanted or not up_to:
            continue
        since_ms = min(one.at_ms for one in heard) - TEXTS * watch.over_ms
        for start in range(0, len(wanted), _AT_ONCE):
            names = wanted[start : start + _AT_ONCE]
            found = _texts(connection, names, rule.model, first, up_to, since_ms)
            texts: dict[str, list[tuple[int, float]]] = defaultdict(list)
            for one in found:
                if one.conversation_id and one.signed is not None and is_about(rule, one):
                    texts[one.conversation_id].append((one.at_ms, one.signed))
            for name, last in texts.items():
                watch.remember(name, last)


def _texts(
    connection: Connection,
    names: Sequence[str],
    model: str | None,
    first: str,
    up_to: int,
    since_ms: int,
) -> list[Heard]:
    """Return the last texts of conversations."""
    newest_first = (FEEDBACK.c.at_ms.desc(), FEEDBACK.c.number.desc())
    place = sa.func.row_number().over(
        partition_by=FEEDBACK.c.conversation_id, order_by=newest_first
    )
    within = (
        sa.select(
            FEEDBACK.c.at_ms,
            FEEDBACK.c.source,
            FEEDBACK.c.segments,
            FEEDBACK.c.conversation_id,
            ANSWER.c.label,
            ANSWER.c.score,
            ANSWER.c.signed,
            ANSWER.c.unknown,
            place.label("place"),
        )
        .join(ANSWER, ANSWER.c.number == FEEDBACK.c.number)
        .where(
            FEEDBACK.c.conversation_id.in_(names),
            FEEDBACK.c.at_ms >= since_ms,
            FEEDBACK.c.number <= up_to,
            ANSWER.c.model == (model or first),
        )
        .subquery()
    )
    rows = connection.execute(sa.select(within).where(within.c.place <= _LOOKED_AT)).mappings()
    return [row_as_heard({**row, "segments": json.loads(row["segments"])}, model) for row in rows]
