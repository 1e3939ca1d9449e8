"""Alerts in the store: opened, renewed, ended, each together with the texts that it rests on."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from sentilora.monitoring.rules.heard import is_about, scope_of
from sentilora.monitoring.rules.rule_engine import RuleEngine, Trouble
from sentilora.monitoring.rules.rule_kinds import ConversationRule, Rule
from sentilora.monitoring.rules.rules_file import Rules
from sentilora.monitoring.store.store_tables import ALERT, ANSWER, DELIVERY, FEEDBACK
from sentilora.monitoring.store.stored_texts import row_as_heard

OPENED, ENDED = "opened", "ended"
_RENEWED_MS = 60_000
_EXAMPLES = 5
_LOOKED_AT = 500  # of the last texts, for examples
_SHOWN = 200


@dataclass(frozen=True)
class Alert:
    """An alert.

    Attributes:
        number: its number in the store.
        rule: name of the rule.
        scope: value that it is about; empty for all texts of the rule.
        opened_ms, updated_ms: when it opened, and when it was renewed last.
        ended_ms: when it ended; None while it is open.
        told: what is wrong, in a sentence.
        figures: figures behind it.
        examples: some of the texts, each with ``id``, ``source``, ``at_ms`` and ``text``.
    """

    number: int
    rule: str
    scope: str
    opened_ms: int
    updated_ms: int
    ended_ms: int | None
    told: str
    figures: Mapping[str, Any]
    examples: Sequence[Mapping[str, Any]]

    @property
    def title(self) -> str:
        """Name of the rule and, in brackets, the value that it is about."""
        return f"{self.rule} ({self.scope})" if self.scope else self.rule


@dataclass(frozen=True)
class AlertNews:
    """An alert that has just opened or ended."""

    event: str
    alert: Alert


class AlertBook:
    """Writes what rules find into the store.

    Args:
        rules: rules with their targets.
        model: name of the model that rules mean which name none.
        is_dry: whether nobody is to be told.
    """

    def __init__(self, rules: Rules, model: str, *, is_dry: bool = False) -> None:
        self.rules = rules
        self.model = model
        self.is_dry = is_dry

    def settle(self, connection: Connection, engine: RuleEngine, now_ms: int) -> list[AlertNews]:
        """Open, renew and end alerts, so that they say what the rules find at a moment.

        Args:
            connection: connection in the transaction of the texts that were taken last.
            engine: rules that have taken them.
            now_ms: the moment, in milliseconds since 1970.

        Returns:
            What opened and what ended.
        """
        found = {(one.rule.name, one.scope): one for one in engine.look(now_ms)}
        is_open = ALERT.c.ended_ms.is_(None)
        known = {(one.rule, one.scope): one for one in read_alerts(connection, is_open)}
        news = []
        for key, trouble in found.items():
            alert = known.get(key)
            if alert is None:
                news.append(AlertNews(OPENED, self._open(connection, trouble, now_ms)))
            elif now_ms - alert.updated_ms >= _RENEWED_MS:
                changes = self._changes(connection, trouble, now_ms)
                its_own = ALERT.c.number == alert.number
                connection.execute(sa.update(ALERT).where(its_own).values(changes))
        for key, alert in known.items():
            if key not in found:
                news.append(AlertNews(ENDED, self._end(connection, alert, now_ms)))
        return news

    def replace(self, connection: Connection, rules: Rules, now_ms: int) -> list[AlertNews]:
        """End the alerts of rules that are no longer there; who was told of one is told of that.

        Args:
            connection: connection in a transaction.
            rules: rules that are to hold once it is committed.
            now_ms: the moment, in milliseconds since 1970.
        """
        kept = {rule.name for rule in rules.rules}
        is_open = ALERT.c.ended_ms.is_(None)
        gone = [one for one in read_alerts(connection, is_open) if one.rule not in kept]
        return [
            AlertNews(ENDED, self._end(connection, one, now_ms, rules.targets, kept))
            for one in gone
        ]

    def _open(self, connection: Connection, trouble: Trouble, now_ms: int) -> Alert:
        values = {
            "rule": trouble.rule.name,
            "scope": trouble.scope,
            "opened_ms": now_ms,
            **self._changes(connection, trouble, now_ms),
        }
        asked = sa.insert(ALERT).values(values).returning(ALERT.c.number)
        number = connection.execute(asked).scalar_one()
        self._tell(connection, number, OPENED, trouble.rule, now_ms)
        return next(read_alerts(connection, ALERT.c.number == number))

    def _end(
        self,
        connection: Connection,
        alert: Alert,
        now_ms: int,
        targets: Mapping[str, str] | None = None,
        kept: Container[str] | None = None,
    ) -> Alert:
        """End an alert; ``targets`` and names of the ``kept`` rules are None if none changed."""
        rule = next((one for one in self.rules.rules if one.name == alert.rule), None)
        is_gone = rule is None or (kept is not None and rule.name not in kept)
        told = f"{alert.told}; ended, as the rule was taken out" if is_gone else alert.told
        its_own = ALERT.c.number == alert.number
        values = {"ended_ms": now_ms, "updated_ms": now_ms, "told": told}
        connection.execute(sa.update(ALERT).where(its_own).values(values))
        if rule is not None:  # else it was taken out before the start: who was told is not known
            self._tell(connection, alert.number, ENDED, rule, now_ms, targets)
        return next(read_alerts(connection, its_own))

    def _changes(self, connection: Connection, trouble: Trouble, now_ms: int) -> dict[str, Any]:
        return {
            "updated_ms": now_ms,
            "told": trouble.finding.told,
            "figures": json.dumps(dict(trouble.finding.figures)),
            "examples": json.dumps(_examples(connection, trouble, self.model), ensure_ascii=False),
        }

    def _tell(
        self,
        connection: Connection,
        number: int,
        event: str,
        rule: Rule,
        now_ms: int,
        targets: Mapping[str, str] | None = None,
    ) -> None:
        if self.is_dry:
            return
        targets = self.rules.targets if targets is None else targets
        due_ms = after_quiet(rule.quiet, now_ms)
        rows = [
            {"alert": number, "event": event, "target": target, "due_ms": due_ms, "tries": 0}
            for target in rule.notify or tuple(self.rules.targets)
            if target in targets
        ]
        if rows:
            connection.execute(sa.insert(DELIVERY), rows)


def read_alerts(connection: Connection, *where: Any) -> Iterator[Alert]:
    """Yield alerts, the newest first."""
    asked = sa.select(ALERT).where(*where).order_by(ALERT.c.opened_ms.desc(), ALERT.c.number.desc())
    for row in connection.execute(asked).mappings():
        told = {name: json.loads(row[name]) for name in ("figures", "examples")}
        yield Alert(**{**row, **told})


def after_quiet(quiet: str | None, now_ms: int) -> int:
    """Return the moment at which one may tell: now, or when the quiet hours end.

    Args:
        quiet: hours in the zone of the machine, such as ``22:00-07:00``; None for none.
        now_ms: the moment.
    """
    if quiet is None:
        return now_ms
    now = dt.datetime.fromtimestamp(now_ms / 1000).astimezone()
    start, end = (dt.time.fromisoformat(part.strip()) for part in quiet.split("-"))
    clock = now.time()
    is_quiet = start <= clock < end if start <= end else clock >= start or clock < end
    if not is_quiet:
        return now_ms
    day = now.date() if clock < end else now.date() + dt.timedelta(days=1)
    return round(dt.datetime.combine(day, end).astimezone().timestamp() * 1000)


def _examples(connection: Connection, trouble: Trouble, first: str) -> list[dict[str, Any]]:
    """Return some of the last texts that a rule is about, of its label where it has one."""
    rule, label = trouble.rule, getattr(trouble.rule, "label", None)
    numbers = trouble.finding.numbers
    asked = (
        sa.select(FEEDBACK, ANSWER.c.label, ANSWER.c.score, ANSWER.c.unknown, ANSWER.c.signed)
        .join(ANSWER, ANSWER.c.number == FEEDBACK.c.number)
        .where(ANSWER.c.model == (rule.model or first))
        .order_by(FEEDBACK.c.number.desc())
        .limit(_LOOKED_AT)
    )
    if numbers:
        asked = asked.where(FEEDBACK.c.number.in_(numbers[-_LOOKED_AT:]))
    if isinstance(rule, ConversationRule):
        asked = asked.where(FEEDBACK.c.conversation_id == trouble.scope)
    found: list[dict[str, Any]] = []
    for row in connection.execute(asked).mappings():
        heard = row_as_heard({**row, "segments": json.loads(row["segments"])}, rule.model)
        is_meant = is_about(rule, heard) and scope_of(rule, heard) == trouble.scope
        if not (numbers or is_meant):
            continue
        if label in (None, heard.label):
            text = row["text"]
            told = {name: row[name] for name in ("id", "source", "at_ms")}
            found.append({**told, "text": None if text is None else text[:_SHOWN]})
        if len(found) == _EXAMPLES:
            break
    return found
