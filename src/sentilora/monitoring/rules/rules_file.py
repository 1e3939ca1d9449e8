"""``rules.toml``: what is watched, and who is told; all that is wrong with it is said at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError, model_validator

from sentilora.errors import ConfigError, several
from sentilora.labels import Labels
from sentilora.monitoring.rules.durations import DAY_S, MINUTE_S, seconds_of
from sentilora.section import Section, faults
from sentilora.settings_file import read_settings

_BASELINE_S = 28.0 * DAY_S  # how far back a new rule of a change looks for what was before it
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s*-\s*([01]\d|2[0-3]):([0-5]\d)")


def _check_duration(written: str) -> str:
    seconds_of(written)
    return written


def _check_quiet(written: str) -> str:
    if _CLOCK.fullmatch(written) is None:
        raise ValueError(f"{written!r} are no hours; expected for instance '22:00-07:00'")
    return written


Duration = Annotated[str, AfterValidator(_check_duration)]
Share = Annotated[float, Field(gt=0, lt=1)]


class _Rule(Section):
    """What all rules have.

    Attributes:
        name: what alerts are called.
        source: channel; all of them when None.
        where: segments with the value that they must have.
        each: segment of whose values each is watched by itself.
        notify: names of targets; all of them when empty.
        quiet: hours of the day, in the zone of the machine, in which nobody is told.
    """

    name: Annotated[str, Field(min_length=1, max_length=100)]
    source: str | None = None
    where: dict[str, str] = Field(default_factory=dict)
    each: str | None = None
    notify: tuple[str, ...] = ()
    quiet: Annotated[str, AfterValidator(_check_quiet)] | None = None


class ShareRule(_Rule):
    """The share of a label is over, or under, a bound within a length of time.

    Attributes:
        label: label whose share is meant.
        over: bound that the share must not be above.
        under: bound that the share must not be below.
        within: length of time, up to now.
        least: number of texts from which a share says anything.
        sure: whether the whole 95 % interval of the share must lie beyond the bound.
    """

    kind: Literal["share"]
    label: str = "negative"
    over: Share | None = None
    under: Share | None = None
    within: Duration = "30 minutes"
    least: Annotated[int, Field(ge=1)] = 50
    sure: bool = False

    @model_validator(mode="after")
    def _check_bound(self) -> ShareRule:
        if (self.over is None) == (self.under is None):
            raise ValueError("expected one bound: over = 0.4, or under = 0.1")
        return self


class UsualRule(_Rule):
    """More texts of a label came within the hour than usual at this weekday and hour.

    Attributes:
        label: label of the texts; all of them when None.
        times: how often the usual number they must be.
        weeks: weeks that tell what is usual.
        least: number of texts from which it counts.
    """

    kind: Literal["usual"]
    label: str | None = "negative"
    times: Annotated[float, Field(gt=1)] = 2.0
    weeks: Annotated[int, Field(ge=2, le=52)] = 8
    least: Annotated[int, Field(ge=1)] = 10


class ChangeRule(_Rule):
    """The share of a label rose and stays up, found by a CUSUM with a stated false-alarm rate.

    Attributes:
        label: label whose share is meant.
        by: rise of the share that is to be found soonest.
        baseline: number of texts that tell what the share was before.
        since: segment of which a new value (a release) is compared with those before it.
        false_alarms_a_month: rate at which it may alarm although nothing changes.
    """

    kind: Literal["change"]
    label: str = "negative"
    by: Share = 0.1
    baseline: Annotated[int, Field(ge=200, le=100_000)] = 1000
    since: str | None = None
    false_alarms_a_month: Annotated[float, Field(gt=0, le=10)] = 0.1


class DriftRule(_Rule):
    """Texts are not as they were: labels, scores or words that the base does not know.

    Attributes:
        of: what is compared.
        within: length of time, up to now.
        baseline: length of time before it.
        least: number of texts of each from which it counts.
        effect: distance of the two distributions (total variation) from which it counts, beside a
            chance below 1 in 1,000.
    """

    kind: Literal["drift"]
    of: Literal["labels", "scores", "vocabulary"] = "scores"
    within: Duration = "1 day"
    baseline: Duration = "28 days"
    least: Annotated[int, Field(ge=50)] = 200
    effect: Share = 0.1


class SilenceRule(_Rule):
    """Nothing came for a while.

    Attributes:
        longer_than: length of time.
    """

    kind: Literal["silence"]
    longer_than: Duration = "1 hour"


Rule = ShareRule | UsualRule | ChangeRule | DriftRule | SilenceRule
_KINDS: dict[str, type[Rule]] = {
    "share": ShareRule,
    "usual": UsualRule,
    "change": ChangeRule,
    "drift": DriftRule,
    "silence": SilenceRule,
}


@dataclass(frozen=True)
class Rules:
    """What a file of rules says.

    Attributes:
        rules: the rules, in their order.
        targets: addresses of those who are told, by name, as Apprise writes them.
    """

    rules: tuple[Rule, ...]
    targets: dict[str, str]


def read_rules(path: str | Path, labels: Labels) -> Rules:
    """Read ``rules.toml``.

    Args:
        path: TOML file.
        labels: labels of the model, which rules may name.

    Raises:
        ConfigError: it cannot be read, or something in it is wrong; all of it is told.
    """
    found = read_settings(path, "rules")
    problems = [
        f"{name}: unknown; expected [[rules]] and [targets]"
        for name in found
        if name not in ("rules", "targets")
    ]
    targets = _targets(found.get("targets", {}), problems)
    rules = _rules(found.get("rules", []), labels, targets, problems)
    if problems:
        raise ConfigError(
            f"{several(str(path), problems)}\nExpected rules such as: [[rules]] name = "
            "'app is down', kind = 'share', over = 0.4, within = '30 minutes', least = 50."
        )
    return Rules(tuple(rules), targets)


def _rules(given: Any, labels: Labels, targets: dict[str, str], problems: list[str]) -> list[Rule]:
    if not isinstance(given, list) or not given:
        problems.append("no [[rules]]")
        return []
    rules: list[Rule] = []
    for number, settings in enumerate(given, 1):
        name = settings.get("name") if isinstance(settings, dict) else None
        told = f"rule {name!r}" if name else f"rule {number}"
        kind = _KINDS.get(str(settings.get("kind"))) if isinstance(settings, dict) else None
        if kind is None:
            problems.append(f"{told}: kind must be one of {', '.join(_KINDS)}")
            continue
        try:
            rule = TypeAdapter(kind).validate_python(settings)
        except ValidationError as error:
            problems += [f"{told}: {fault}" for fault in faults(error, kind)]
            continue
        label = getattr(rule, "label", None)
        if label is not None and label not in labels.names:
            problems.append(f"{told}: label = {label!r}; the model has {', '.join(labels.names)}")
        problems += [
            f"{told}: notify names {target!r}, which is not among [targets]"
            for target in rule.notify
            if target not in targets
        ]
        if rule.name in [one.name for one in rules]:
            problems.append(f"{told}: the name stands twice")
        rules.append(rule)
    return rules


def _targets(given: Any, problems: list[str]) -> dict[str, str]:
    if not isinstance(given, dict):
        problems.append("[targets]: expected names and addresses")
        return {}
    wrong = [name for name, address in given.items() if not isinstance(address, str)]
    problems += [f"targets.{name}: expected an address as a string" for name in wrong]
    return {name: address for name, address in given.items() if isinstance(address, str)}


def longest_look_s(rules: Sequence[Rule]) -> float:
    """Return how far back the rules look text by text, in seconds."""
    spans: list[float] = [30.0 * MINUTE_S]
    for rule in rules:
        if isinstance(rule, ShareRule):
            spans.append(seconds_of(rule.within))
        elif isinstance(rule, UsualRule):
            spans.append(rule.weeks * 7 * DAY_S)
        elif isinstance(rule, ChangeRule):
            spans.append(_BASELINE_S)
        elif isinstance(rule, DriftRule):
            spans.append(seconds_of(rule.within) + seconds_of(rule.baseline))
    return max(spans)
