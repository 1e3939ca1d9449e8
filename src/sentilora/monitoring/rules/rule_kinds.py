"""The kinds of rules that people write, with their settings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from sentilora.monitoring.rules.durations import DAY_S, MINUTE_S, seconds_of
from sentilora.section import Section

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
        model: name of the model whose answers are meant; the first one's when None.
        source: channel; all of them when None.
        where: segments with the value that they must have.
        each: segment of whose values each is watched by itself.
        notify: names of targets; all of them when empty.
        quiet: hours of the day, in the zone of the machine, in which nobody is told.
    """

    name: Annotated[str, Field(min_length=1, max_length=100)]
    model: str | None = None
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
        corrected: whether the share is corrected for the errors that the model made on the held-out
            texts of its run.
    """

    kind: Literal["share"]
    label: str = "negative"
    over: Share | None = None
    under: Share | None = None
    within: Duration = "30 minutes"
    least: Annotated[int, Field(ge=1)] = 50
    sure: bool = False
    corrected: bool = False

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


class AccuracyRule(_Rule):
    """The answers seem to be right less often, by their scores.

    Attributes:
        under: share of right answers that the estimate must not be clearly below; that of the
            held-out texts of the model's run when None.
        within: length of time, up to now.
        least: number of texts from which it counts.
    """

    kind: Literal["accuracy"]
    under: Share | None = None
    within: Duration = "1 day"
    least: Annotated[int, Field(ge=50)] = 200


class ThemeRule(_Rule):
    """The last texts of a label speak of something that those before did not.

    Attributes:
        label: label of the texts.
        within: length of time, up to now, of the last texts.
        baseline: length of time before it.
        every: how often it is looked for.
        times: how often the share that it had before its share must be.
        least: number of the last texts that must speak of it.
        texts: most texts that are looked at of each of the two lengths of time.
    """

    kind: Literal["theme"]
    label: str = "negative"
    within: Duration = "1 day"
    baseline: Duration = "28 days"
    every: Duration = "1 hour"
    times: Annotated[float, Field(gt=1)] = 3.0
    least: Annotated[int, Field(ge=5)] = 10
    texts: Annotated[int, Field(ge=100, le=5000)] = 1000

    @model_validator(mode="after")
    def _check_each(self) -> ThemeRule:
        if self.each is not None:
            raise ValueError("each: themes are looked for in all texts; expected where, or none")
        return self


class SilenceRule(_Rule):
    """Nothing came for a while.

    Attributes:
        longer_than: length of time.
    """

    kind: Literal["silence"]
    longer_than: Duration = "1 hour"


class ConversationRule(_Rule):
    """The mood of a conversation is low, or fell; each conversation has an alert of its own.

    Attributes:
        below: mood, between -1 and 1, that it must not be below.
        falls_by: fall since its best moment that it must not reach.
        least: number of texts of the conversation from which its mood says anything.
        over_after: length of time without a text after which it is over.
    """

    kind: Literal["conversation"]
    below: Annotated[float, Field(gt=-1, lt=1)] | None = None
    falls_by: Annotated[float, Field(gt=0, lt=2)] | None = None
    least: Annotated[int, Field(ge=1, le=8)] = 3
    over_after: Duration = "1 hour"

    @model_validator(mode="after")
    def _check_bounds(self) -> ConversationRule:
        if self.below is None and self.falls_by is None:
            raise ValueError("expected a bound: below = -0.5, or falls_by = 0.8")
        if self.each is not None:
            raise ValueError("each: every conversation is watched by itself; leave it out")
        return self


Rule = (
    ShareRule
    | UsualRule
    | ChangeRule
    | DriftRule
    | AccuracyRule
    | ThemeRule
    | SilenceRule
    | ConversationRule
)
KINDS: dict[str, type[Rule]] = {
    "share": ShareRule,
    "usual": UsualRule,
    "change": ChangeRule,
    "drift": DriftRule,
    "accuracy": AccuracyRule,
    "theme": ThemeRule,
    "silence": SilenceRule,
    "conversation": ConversationRule,
}


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
        elif isinstance(rule, AccuracyRule):
            spans.append(seconds_of(rule.within))
        elif isinstance(rule, DriftRule):
            spans.append(seconds_of(rule.within) + seconds_of(rule.baseline))
        elif isinstance(rule, ConversationRule):
            spans.append(seconds_of(rule.over_after))
    return max(spans)
