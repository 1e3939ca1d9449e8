"""Alerts with who was told of them: those that are open, and those that are over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from sentilora.monitoring.alerts.alert_book import Alert, read_alerts
from sentilora.monitoring.store.store_tables import ALERT, DELIVERY

MOST_OPEN = 50


@dataclass(frozen=True)
class Delivery:
    """A message to a target.

    Attributes:
        event: ``opened`` or ``ended``.
        target: name of the target.
        due_ms: when it is tried the next time.
        tries: how often it was tried.
        sent_ms: when it arrived; None as long as it has not.
        error: what went wrong the last time; None where nothing did.
    """

    event: str
    target: str
    due_ms: int
    tries: int
    sent_ms: int | None
    error: str | None


@dataclass(frozen=True)
class ToldAlert:
    """An alert, and its messages in the order in which they were written down."""

    alert: Alert
    deliveries: tuple[Delivery, ...]


def open_alerts(connection: Connection) -> list[ToldAlert]:
    """Return the alerts that are open, the newest first, so many at most."""
    return _told(connection, _numbers(connection, ALERT.c.ended_ms.is_(None), most=MOST_OPEN))


def past_alerts(
    connection: Connection, before: int | None = None, *, most: int = 10
) -> list[ToldAlert]:
    """Return alerts that are over, the newest first.

    Args:
        connection: connection to the store.
        before: number of the alert before which to begin; the newest when None.
        most: number of alerts.
    """
    where: list[sa.ColumnElement[bool]] = [ALERT.c.ended_ms.is_not(None)]
    if before is not None:
        where.append(ALERT.c.number < before)
    return _told(connection, _numbers(connection, *where, most=most))


def find_alert(connection: Connection, number: int) -> ToldAlert | None:
    """Return the alert of a number; None where there is none."""
    return next(iter(_told(connection, [number])), None)


def _numbers(connection: Connection, *where: sa.ColumnElement[bool], most: int) -> list[int]:
    asked = sa.select(ALERT.c.number).where(*where).order_by(ALERT.c.number.desc()).limit(most)
    return list(connection.execute(asked).scalars())


def _told(connection: Connection, numbers: Sequence[int]) -> list[ToldAlert]:
    if not numbers:
        return []
    asked = sa.select(DELIVERY).where(DELIVERY.c.alert.in_(numbers)).order_by(DELIVERY.c.number)
    deliveries: dict[int, list[Delivery]] = {}
    for row in connection.execute(asked).mappings():
        told = {name: row[name] for name in Delivery.__dataclass_fields__}
        deliveries.setdefault(row["alert"], []).append(Delivery(**told))
    return [
        ToldAlert(alert, tuple(deliveries.get(alert.number, ())))
        for alert in read_alerts(connection, ALERT.c.number.in_(numbers))
    ]
