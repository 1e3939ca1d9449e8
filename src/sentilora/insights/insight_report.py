"""What was found in a file of feedback, typed; ``insights.json`` holds exactly this.

Shares are in [0, 1] and net sentiments in [-100, 100]: the share of positive texts minus the share
of negative ones, times 100. Dates are ISO days. ``low`` and ``high`` bound a 95 % interval.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

FORMAT: Literal[1] = 1
Kind = Literal["complaint", "wish", "question", "praise", "remark"]
Direction = Literal["new", "rising", "steady", "fading", "unknown"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Estimate(_Part):
    """A figure with its interval."""

    value: float
    low: float
    high: float


class Quote(_Part):
    """A statement as it stands in its row."""

    row: int = Field(description="position of its text in the data, from 0")
    id: str | None = Field(None, description="the user's own id of that row")
    date: dt.date | None = None
    statement: str
    label: str
    score: float = Field(description="probability of the label, in [0, 1]")


class Period(_Part):
    """One day, week or month."""

    start: dt.date
    end: dt.date = Field(description="last day of it")
    texts: int
    shares: dict[str, float] = Field(description="share of each label among its texts")
    net: Estimate | None = Field(description="net sentiment; None without texts")
    is_partial: bool = Field(description="whether the data begins or ends within it")


class ThemeShift(_Part):
    """A theme whose share differs between two stretches of time, or two groups of texts."""

    theme: str = Field(description="key of the theme")
    before: float = Field(description="its share of the texts before, or elsewhere")
    after: float = Field(description="its share of the texts after, or here")
    difference: Estimate
    p: float = Field(description="corrected for all comparisons of the report")


class Change(_Part):
    """A day on which the mood changed, of all texts or of those of one segment."""

    column: str | None = Field(None, description="column of the segment; None for all texts")
    value: str | None = Field(None, description="the segment; None for all texts")
    date: dt.date = Field(description="first day of the new level")
    before: Estimate = Field(description="net sentiment until then, since the change before")
    after: Estimate = Field(description="net sentiment from then on, until the next change")
    p: float = Field(description="corrected for all comparisons of the report")
    from_mix: float = Field(
        description="points of the difference that a moved mix of segments explains"
    )
    themes: tuple[ThemeShift, ...] = Field(description="what changed with it, largest first")


class Comparison(_Part):
    """Two periods beside each other: the last one, and those before it."""

    start: dt.date
    end: dt.date
    texts: int
    net: Estimate | None
    negative: Estimate | None = Field(None, description="share of its texts that are negative")
    before_start: dt.date
    before_end: dt.date
    before_texts: int
    before_net: Estimate | None
    before_negative: Estimate | None = None
    difference: Estimate | None = Field(description="of the two net sentiments")
    p: float | None = Field(description="whether the difference may be noise; None if not tested")
    is_partial: bool = Field(description="whether the last period is not over yet")


class Trend(_Part):
    """How the share of a theme runs."""

    direction: Direction
    before: float | None
    after: float | None
    difference: Estimate | None = Field(description="of the two shares")
    column: str | None = Field(
        None, description="column of the segment whose texts show it; None for all texts"
    )
    value: str | None = Field(None, description="the segment; None for all texts")
    p: float | None = Field(description="corrected for all comparisons of the report")
    since: dt.date | None = Field(None, description="first day of the new share; None if steady")
    peak_since: dt.date | None = Field(
        None, description="first day of a peak that ended before since, which is then fading"
    )
    before_peak: float | None = Field(None, description="its share before that peak")
    mentions: int | None = Field(
        None, description="texts that mention it in the peak, or from since on"
    )
    first_seen: dt.date | None = None
    last_seen: dt.date | None = None


class SegmentShare(_Part):
    """A segment in which a theme is stronger than elsewhere."""

    column: str
    value: str
    here: float = Field(description="its share of the segment's texts")
    elsewhere: float
    p: float


class Theme(_Part):
    """What statements are about."""

    key: str
    name: str = Field(description="a short sentence a reader can repeat")
    words: tuple[str, ...] = Field(description="what sets it apart, most telling first")
    kind: Kind = Field(description="what most of its statements are")
    kinds: dict[str, float] = Field(description="share of each kind among its statements")
    texts: int = Field(description="how many texts mention it")
    statements: int
    share: Estimate = Field(description="share of all texts that mention it")
    net: Estimate = Field(description="net sentiment of its statements, one voice a text")
    impact: Estimate | None = Field(
        description="points by which the net sentiment of all texts would rise without it"
    )
    trend: Trend
    by_period: tuple[int, ...] = Field(description="texts that mention it, by period")
    segments: tuple[SegmentShare, ...] = Field(description="where it is stronger than elsewhere")
    stability: float | None = Field(description="how often it comes back in resamples, in [0, 1]")
    is_stable: bool
    is_pinned: bool = Field(description="whether people named it in a file of themes")
    quotes: tuple[Quote, ...]


class Segment(_Part):
    """One value of a segment's column."""

    column: str
    value: str
    order: int | None = Field(
        None, description="place among the versions of its column; None if values have no order"
    )
    texts: int
    net: Estimate
    elsewhere: Estimate = Field(description="net sentiment of all other texts")
    difference: Estimate
    p: float = Field(description="corrected for all comparisons of the report")
    differs: bool = Field(description="whether that is more than noise")
    themes: tuple[ThemeShift, ...] = Field(description="themes that are stronger here")


class MixChange(_Part):
    """A segment that entered the data, or whose share of the texts moved."""

    column: str
    value: str
    since: dt.date = Field(description="first day of the new share")
    until: dt.date | None = Field(None, description="last day of it; None if it holds")
    before: float = Field(description="its share of the texts before that day")
    after: float
    p: float = Field(description="corrected for all comparisons of the report")
    net_change: float = Field(description="net sentiment's change that the mix alone explains")


class Aspect(_Part):
    """An aspect that was asked for by name."""

    name: str
    texts: int
    share: Estimate
    net: Estimate | None
    quotes: tuple[Quote, ...]


class Basis(_Part):
    """What a report rests on."""

    source: str
    rows: int = Field(description="rows of the data")
    texts: int = Field(description="rows that were analysed")
    skipped: dict[str, int] = Field(description="rows left out, by reason")
    statements: int
    repeated: int = Field(description="texts that are copies of another")
    not_understood: int = Field(description="texts in languages that the model does not know")
    model: str
    labels_are_given: bool = Field(description="whether a column holds the labels")
    temperature: float | None = Field(description="calibration of the model")
    shares: dict[str, Estimate] = Field(description="share of each label, corrected")
    counted: dict[str, float] = Field(description="share of each label, as counted")
    correction: str = Field(description="how shares were corrected, or why they were not")
    seed: int
    false_alarms: float = Field(description="allowed rate over the whole report")
    comparisons: int = Field(description="how many were tested")
    notes: tuple[str, ...]
    methods: dict[str, str] = Field(description="name of the method behind each part")
    sentilora: str
    created: dt.datetime


class InsightReport(_Part):
    """What was found in a file of feedback.

    Attributes:
        net: net sentiment of all texts.
        period: length of one of ``periods``; None without dates.
        periods: mood by period, gaps included, oldest first.
        comparison: last period against those before; None without dates.
        changes: days on which the mood changed.
        themes: themes, by how many texts mention them.
        untold: texts of which no statement is in a theme.
        untold_quotes: some statements in no theme.
        segments: segments with texts enough, largest difference first.
        mix: segments whose share of the texts moved.
        aspects: aspects that were asked for.
        basis: what this rests on.
    """

    format: Literal[1] = FORMAT
    title: str
    net: Estimate
    period: Literal["day", "week", "month"] | None
    since: dt.date | None
    until: dt.date | None
    periods: tuple[Period, ...]
    comparison: Comparison | None
    changes: tuple[Change, ...]
    themes: tuple[Theme, ...]
    in_themes: float = Field(description="share of the statements that are in a theme")
    untold: int
    untold_quotes: tuple[Quote, ...]
    segments: tuple[Segment, ...]
    mix: tuple[MixChange, ...]
    aspects: tuple[Aspect, ...]
    basis: Basis
