"""``replay``: rules over history, at once: which alerts would have come, and how many by chance.

Texts are answered, put in the order in which they were written, and shown to the rules minute by
minute. By chance are the alerts that come when the same answers are dealt anew among the texts:
then nothing that happened can be behind them, but for what is told of numbers of texts alone.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sentilora.defaults import SEED
from sentilora.errors import DataError
from sentilora.events import EventLog, Listener
from sentilora.monitoring.answered_records import heard_of
from sentilora.monitoring.feedback_record import RecordColumns
from sentilora.monitoring.model_panel import Given, ModelPanel, panel_of
from sentilora.monitoring.rules.durations import DAY_S
from sentilora.monitoring.rules.heard import Heard
from sentilora.monitoring.rules.rule_engine import RuleEngine
from sentilora.monitoring.rules.rule_kinds import ThemeRule
from sentilora.monitoring.rules.rules_file import read_rules
from sentilora.monitoring.sources.source_names import open_source

SHUFFLES = 20
_MINUTE_MS, _WEEK_MS = 60_000, 7 * DAY_S * 1000
_MOST_LOOKS = 60  # while no text comes, between two that do


@dataclass(frozen=True)
class ReplayedAlert:
    """An alert that would have come.

    Attributes:
        rule: name of the rule.
        scope: value that it is about; empty for all texts of the rule.
        opened_ms: when it would have opened, in milliseconds since 1970.
        ended_ms: when it would have ended; None if it were still open.
        told: what it would have said when it opened.
    """

    rule: str
    scope: str
    opened_ms: int
    ended_ms: int | None
    told: str


@dataclass(frozen=True)
class Replay:
    """What rules would have told of history.

    Attributes:
        texts: number of texts.
        refused: number of records that were no texts.
        weeks: length of the history, in weeks.
        alerts: alerts that would have come, by the time of their opening.
        about: number of texts that each rule was about, by the name of the rule.
        by_chance: number of alerts of each rule in the same texts with shuffled answers, on
            average; by the name of the rule.
        shuffles: how often answers were shuffled.
        left_out: names of the rules about themes, which are looked for in a store and not here.
    """

    texts: int
    refused: int
    weeks: float
    alerts: tuple[ReplayedAlert, ...]
    about: dict[str, int]
    by_chance: dict[str, float]
    shuffles: int
    left_out: tuple[str, ...] = ()


def replay(
    model: Given | Mapping[str, Given] | ModelPanel,
    source: str | Path,
    rules: str | Path,
    *,
    form: str | None = None,
    text: str | None = None,
    at: str | None = None,
    segments: Sequence[str] = (),
    name: str | None = None,
    shuffles: int = SHUFFLES,
    seed: int = SEED,
    listener: Listener | None = None,
) -> Replay:
    r"""Run rules over a file of texts with their times.

    Args:
        model: loaded model, or the path of a run, its ``model/`` or an export; or ``general``. Or
            several by name; rules that name none are about the first.
        source: file of texts (JSON Lines, CSV).
        rules: ``rules.toml``.
        form: ``jsonl`` or ``csv``; as the ending of the file says when None.
        text: field with the text; found by name when None.
        at: field with the time; found by name when None.
        segments: fields that rules name, beside an object ``segments``.
        name: name of the channel; that of the file when None.
        shuffles: how often answers are shuffled.
        seed: seed of that.
        listener: listener to the events ``phase`` and ``progress``.

    Raises:
        ConfigError: a setting or a rule is wrong.
        DataError: the file holds no texts.
        ModelError: there is no such model.

    Example:
        >>> import sentilora
        >>> from pathlib import Path
        >>> lines = [f'{{"text": "It broke again.", "at": {60 * n}}}\n' for n in range(99)]
        >>> _ = Path("history.jsonl").write_text("".join(lines))
        >>> _ = Path("rules.toml").write_text(
        ...     '[[rules]]\nname = "bad"\nkind = "share"\nover = 0.5\nleast = 20\n'
        ... )
        >>> found = sentilora.replay("general", "history.jsonl", "rules.toml")
        >>> [alert.told for alert in found.alerts]
        ['100.0 % negative (83.9 % to 100.0 %) of 20 texts within 30 minutes: over 50 %']
    """
    columns = RecordColumns(text, at, segments=tuple(segments))
    opened = open_source(source, name=name, form=form, columns=columns, follows=False)
    panel = panel_of(model)
    told = read_rules(rules, panel.facts())
    asked = [rule for rule in told.rules if not isinstance(rule, ThemeRule)]
    others = RuleEngine(asked).others
    log = EventLog(listener)
    log.emit("phase", name="answer the texts", total=None)
    heard: list[Heard] = []
    texts = refused = 0
    for batch in opened.batches(None, threading.Event()):
        refused += len(batch.refused)
        heard += heard_of(panel.answer(batch.records), others)
        texts += len(batch.records)
        log.count(len(batch.records))
    if not heard:
        raise DataError(
            f"{source} holds no texts: {refused:,} lines were read and none is one. Expected a "
            "text and a time in each."
        )
    heard.sort(key=lambda one: one.at_ms)
    log.emit("phase", name="shuffle the answers", total=shuffles)
    chance: Counter[str] = Counter()
    generator = np.random.default_rng(seed)
    for _ in range(shuffles):
        shuffled = run_rules(RuleEngine(asked, told.models), _shuffled(heard, generator))
        chance.update(one.rule for one in shuffled)
        log.count(1)
    engine = RuleEngine(asked, told.models)
    alerts = tuple(run_rules(engine, heard))
    return Replay(
        texts=texts,
        refused=refused,
        weeks=(heard[-1].at_ms - heard[0].at_ms) / _WEEK_MS,
        alerts=alerts,
        about={rule.name: engine.taken[rule.name] for rule in asked},
        by_chance={rule.name: chance[rule.name] / max(1, shuffles) for rule in asked},
        shuffles=shuffles,
        left_out=tuple(rule.name for rule in told.rules if isinstance(rule, ThemeRule)),
    )


def run_rules(engine: RuleEngine, heard: Sequence[Heard]) -> list[ReplayedAlert]:
    """Return the alerts of rules over texts that are in the order of their times."""
    alerts: list[ReplayedAlert] = []
    is_open: dict[tuple[str, str], int] = {}
    start = 0
    while start < len(heard):
        now_ms = (heard[start].at_ms // _MINUTE_MS + 1) * _MINUTE_MS
        end = start
        while end < len(heard) and heard[end].at_ms < now_ms:
            end += 1
        engine.take(heard[start:end])
        next_ms = heard[end].at_ms if end < len(heard) else now_ms + _MINUTE_MS
        step_ms = max(_MINUTE_MS, (next_ms - now_ms) // _MOST_LOOKS)
        for moment_ms in range(now_ms, max(next_ms, now_ms + 1), step_ms):
            _look(engine, moment_ms, alerts, is_open)
        start = end
    return alerts


def _look(
    engine: RuleEngine,
    now_ms: int,
    alerts: list[ReplayedAlert],
    is_open: dict[tuple[str, str], int],
) -> None:
    """Open and end alerts as the rules find things at a moment."""
    found = {(one.rule.name, one.scope): one for one in engine.look(now_ms)}
    for key, trouble in found.items():
        if key not in is_open:
            is_open[key] = len(alerts)
            alerts.append(ReplayedAlert(*key, now_ms, None, trouble.finding.told))
    for key in [key for key in is_open if key not in found]:
        place = is_open.pop(key)
        alerts[place] = replace(alerts[place], ended_ms=now_ms)


def _shuffled(heard: Sequence[Heard], generator: np.random.Generator) -> list[Heard]:
    """Return the texts with each other's answers, dealt alike for each model."""
    of_model: dict[str | None, list[int]] = {}
    for place, one in enumerate(heard):
        of_model.setdefault(one.model, []).append(place)
    order = generator.permutation(len(heard) // len(of_model))
    shuffled = list(heard)
    for places in of_model.values():
        for place, other in zip(places, order, strict=True):
            answer = heard[places[other]]
            shuffled[place] = replace(
                heard[place],
                label=answer.label,
                score=answer.score,
                unknown=answer.unknown,
                signed=answer.signed,
            )
    return shuffled
