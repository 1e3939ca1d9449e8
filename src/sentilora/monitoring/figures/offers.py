"""What there is in a store to choose from: models, channels, segments and their values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from sentilora.monitoring.figures.distinct_values import distinct_values
from sentilora.monitoring.figures.hour_moods import MOST_VALUES
from sentilora.monitoring.figures.source_states import MOST_SOURCES
from sentilora.monitoring.store.store_tables import FEEDBACK, HOUR_COUNT

MOST_SEGMENTS = 20
RECENT_HOURS = 7 * 24


@dataclass(frozen=True)
class Offers:
    """What there is to choose from.

    Attributes:
        models: names of the models that answered within the last seven days in which texts were
            written; the one that answered the newest hour, and most texts of it, first.
        labels: labels that they gave in that time.
        sources: names of the channels.
        segments: names of the segments, each with its first values.
        newest_hour: hour in which the newest text was written; None in an empty store.
    """

    models: Sequence[str] = ()
    labels: Sequence[str] = ()
    sources: Sequence[str] = ()
    segments: Sequence[tuple[str, Sequence[str]]] = ()
    newest_hour: int | None = None


def read_offers(connection: Connection) -> Offers:
    """Find out what there is to choose from."""
    count = HOUR_COUNT.c
    whole = (count.segment == "", count.value == "")
    newest = newest_hour(connection)
    if newest is None:
        return Offers()
    asked = (
        sa.select(count.model, count.label, sa.func.max(count.hour), sa.func.sum(count.texts))
        .where(*whole, count.hour > newest - RECENT_HOURS)
        .group_by(count.model, count.label)
    )
    weights: dict[str, tuple[int, int]] = {}
    labels = set()
    for model, label, hour, texts in connection.execute(asked):
        labels.add(label)
        latest, total = weights.get(model, (0, 0))
        weights[model] = (max(latest, hour), total + int(texts))
    sources = sa.select(distinct_values(FEEDBACK.c.source, most=MOST_SOURCES).c.value)
    segments = sa.select(distinct_values(count.segment, most=MOST_SEGMENTS).c.value)
    found = []
    for name in connection.execute(segments).scalars():
        values = distinct_values(count.value, count.segment == name, most=MOST_VALUES)
        found.append((name, tuple(connection.execute(sa.select(values.c.value)).scalars())))
    return Offers(
        models=sorted(weights, key=lambda model: weights[model], reverse=True),
        labels=sorted(labels),
        sources=tuple(connection.execute(sources).scalars()),
        segments=tuple(found),
        newest_hour=newest,
    )


def newest_hour(connection: Connection) -> int | None:
    """Return the hour in which the newest text was written; None in an empty store."""
    count = HOUR_COUNT.c
    whole = (count.segment == "", count.value == "")
    asked = sa.select(count.hour).where(*whole).order_by(count.hour.desc()).limit(1)
    return connection.execute(asked).scalar()
