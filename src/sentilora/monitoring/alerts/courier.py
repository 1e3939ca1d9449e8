"""Takes deliveries from the store and sends them, again and again until each target has it.

A delivery is marked as sent after it was sent: a program that is killed in between sends it twice,
and none is lost. Each target is tried by itself, so that one that fails holds up no other.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Mapping
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from sentilora.monitoring.alerts.alert_book import ENDED, Alert, read_alerts
from sentilora.monitoring.rules.rules_file import Rules
from sentilora.monitoring.store.store import Store
from sentilora.monitoring.store.store_engine import writing
from sentilora.monitoring.store.store_tables import ALERT, DELIVERY

_LOOKED_S = 1.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 10, 3600
_AT_ONCE = 20


class Sender(Protocol):
    """Sends a message to an address."""

    def __call__(self, address: str, title: str, body: str) -> None:
        """Send it.

        Raises:
            OSError: it did not arrive; the reason stands in its text.
        """


class Courier:
    """Sends what is due, in a thread of its own.

    Args:
        store: store with the deliveries.
        targets: addresses by name.
        send: what sends.
        clock: what time it is, in seconds since 1970.
        page: address of the app, which messages link to; no link when None.
    """

    def __init__(
        self,
        store: Store,
        targets: Mapping[str, str],
        send: Sender,
        clock: Callable[[], float] = time.time,
        page: str | None = None,
    ) -> None:
        self.store = store
        self.targets = targets
        self.send = send
        self.clock = clock
        self.page = page
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def take(self, rules: Rules, page: str | None = None) -> None:
        """Send to the targets of these rules from now on; ``page`` goes before theirs."""
        self.targets, self.page = rules.targets, page or rules.page

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """End after the delivery that is under way; what is left is sent the next time."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def send_due(self) -> int:
        """Send what is due now; return how many arrived."""
        now_ms = round(self.clock() * 1000)
        with self.store.engine.connect() as connection:
            asked = (
                sa.select(DELIVERY)
                .where(DELIVERY.c.sent_ms.is_(None), DELIVERY.c.due_ms <= now_ms)
                .order_by(DELIVERY.c.number)
                .limit(_AT_ONCE)
            )
            due = connection.execute(asked).mappings().all()
            alerts = {
                one.number: one
                for one in read_alerts(
                    connection, ALERT.c.number.in_([row["alert"] for row in due])
                )
            }
        arrived = 0
        for row in due:
            alert = alerts[row["alert"]]
            error = self._try(row["target"], row["event"], alert)
            tries = row["tries"] + 1
            wait_s = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** min(tries - 1, 12))
            values = (
                {"sent_ms": round(self.clock() * 1000), "error": None}
                if error is None
                else {"due_ms": now_ms + 1000 * wait_s, "error": error}
            )
            with writing(self.store.engine) as connection:
                its_own = DELIVERY.c.number == row["number"]
                asked_to = sa.update(DELIVERY).where(its_own).values({**values, "tries": tries})
                connection.execute(asked_to)
            arrived += error is None
        return arrived

    def _try(self, target: str, event: str, alert: Alert) -> str | None:
        """Send one; return what went wrong."""
        address = self.targets.get(target)
        if address is None:
            return f"{target!r} is not among [targets] any more"
        title, body = message_of(event, alert, self.page)
        try:
            self.send(address, title, body)
        except OSError as error:
            return str(error) or type(error).__name__
        return None

    def _run(self) -> None:
        while not self._stop.wait(_LOOKED_S):
            try:
                self.send_due()
            except SQLAlchemyError:  # the store is away; what is due stays in it
                self._stop.wait(_FIRST_WAIT_S)


def message_of(event: str, alert: Alert, page: str | None = None) -> tuple[str, str]:
    """Write what is sent: a title and a text, with a link to the alert where there is a page."""
    opened = _moment(alert.opened_ms)
    if event == ENDED:
        assert alert.ended_ms is not None
        lines = [
            f"It began on {opened} and ended on {_moment(alert.ended_ms)}. Last: {alert.told}."
        ]
        return f"Over: {alert.title}", "\n".join([*lines, *_link(page, alert)])
    lines = [f"{alert.told}.", f"Since {opened}."]
    quoted = [one["text"] for one in alert.examples if one["text"]]
    if quoted:
        lines += ["", *(f"– {' '.join(text.split())}" for text in quoted)]
    return alert.title, "\n".join([*lines, *_link(page, alert)])


def _link(page: str | None, alert: Alert) -> list[str]:
    return [] if page is None else ["", f"{page.rstrip('/')}/live?alert={alert.number}"]


def apprise_sender(address: str, title: str, body: str) -> None:
    """Send by Apprise: mail, chat or a webhook, as its address says."""
    from apprise import Apprise

    told = Apprise()
    if not told.add(address):
        raise OSError("Apprise knows no such address")
    if not told.notify(title=title, body=body):
        raise OSError("the target did not take it")


def _moment(ms: int) -> str:
    return f"{dt.datetime.fromtimestamp(ms / 1000).astimezone():%Y-%m-%d %H:%M}"
