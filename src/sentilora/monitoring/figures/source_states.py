"""Where texts come from: when the last one came by each channel, and what was refused."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from sentilora.monitoring.figures.distinct_values import distinct_values
from sentilora.monitoring.store.store_tables import FEEDBACK, REFUSED

MOST_SOURCES = 100


@dataclass(frozen=True)
class Arrival:
    """A text that came.

    Attributes:
        source: its channel.
        at_ms: when it was written.
        stored_ms: when it was stored.
    """

    source: str
    at_ms: int
    stored_ms: int

    @property
    def lag_ms(self) -> int:
        """Time from writing to storing; 0 where the clock of the writer is ahead of ours."""
        return max(0, self.stored_ms - self.at_ms)


@dataclass(frozen=True)
class Refusal:
    """Something that came and was no text.

    Attributes:
        source: channel.
        place: where it stood there.
        reason: why it was refused.
        stored_ms: when.
    """

    source: str
    place: str
    reason: str
    stored_ms: int


def last_arrival(connection: Connection) -> Arrival | None:
    """Return the text that was stored last; None where there is none."""
    asked = sa.select(*_ARRIVED).order_by(FEEDBACK.c.number.desc()).limit(1)
    found = connection.execute(asked).first()
    return None if found is None else Arrival(*found)


def list_sources(connection: Connection) -> list[Arrival]:
    """Return the newest text of each channel, the channels by name, so many at most."""
    names = distinct_values(FEEDBACK.c.source, most=MOST_SOURCES)
    own = FEEDBACK.alias("own")
    newest = (
        sa.select(own.c.number)
        .where(own.c.source == names.c.value)
        .order_by(own.c.at_ms.desc(), own.c.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    numbers = sa.select(newest.label("number")).select_from(names).cte("newest")
    asked = (
        sa.select(*_ARRIVED)
        .join(numbers, numbers.c.number == FEEDBACK.c.number)
        .order_by(FEEDBACK.c.source)
    )
    return [Arrival(*row) for row in connection.execute(asked)]


def last_refusals(connection: Connection, *, most: int = 5) -> list[Refusal]:
    """Return what was refused last, the newest first."""
    columns = (getattr(REFUSED.c, name) for name in Refusal.__dataclass_fields__)
    asked = sa.select(*columns).order_by(REFUSED.c.number.desc()).limit(most)
    return [Refusal(*row) for row in connection.execute(asked)]


_ARRIVED = (FEEDBACK.c.source, FEEDBACK.c.at_ms, FEEDBACK.c.stored_ms)
