"""``insights.html``: the report for people, one page that needs nothing but itself.

No scripts, no requests; it has the look of the training report, and pictures are inline SVG with
their figures in a table behind them. Every text of a user is escaped.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentilora.evaluation.reports import wording
from sentilora.evaluation.reports.report_html import label_tones, page_environment
from sentilora.insights.insight_report import Estimate, InsightReport, Theme
from sentilora.insights.report import figure_words, sentences
from sentilora.insights.report.figure_strips import course, ends_of, interval_strip, share_bar
from sentilora.insights.report.mood_chart import NARROW, WIDE, mood_chart
from sentilora.insights.report.stories import courses_told
from sentilora.insights.report.summary import basis_lines, summary, uncertain

if TYPE_CHECKING:
    from jinja2 import Environment

ARROWS = {"new": "✦", "rising": "↗", "steady": "→", "fading": "↘", "unknown": "·"}
_SAID = (
    "change_told",
    "direction_word",
    "impact_figure",
    "impact_told",
    "mix_told",
    "segment_share_told",
    "theme_name",
    "trend_told",
)
GROUPS = (
    ("pains", "Pain points", "Net sentiment surely below 0; what weighs most comes first."),
    ("delights", "Delights", "Net sentiment surely above 0; what weighs most comes first."),
    ("others", "Also told", "Neither surely good nor surely bad."),
)
FIRST = 8  # themes of a group that are shown unfolded


def render_insights_html(report: InsightReport) -> str:
    """Render a report as one self-contained page."""
    told = page_parts(report)
    themes = [theme for *_, found in told["groups"] for theme in found]
    for name in ("summary", "uncertain"):
        told[name] = [unbroken(said) for said in told[name]]
    return (
        insights_environment()
        .get_template("insights.html.j2")
        .render(
            **told,
            tiles=_tiles(report),
            charts={"wide": mood_chart(report, WIDE), "narrow": mood_chart(report, NARROW)},
            numbers={theme.key: number for number, theme in enumerate(themes, 1)},
            most=max((theme.share.high for theme in report.themes), default=1.0) or 1.0,
            first=FIRST,
            theme_ends=(-100.0, 100.0),
            segment_ends=ends_of([one.difference for one in report.segments]),
            tones=dict(zip(told["labels"], label_tones(told["labels"]), strict=True)),
        )
    )


def page_parts(report: InsightReport) -> dict[str, Any]:
    """Return what both forms of the report show, by name."""
    groups = zip(GROUPS, sentences.theme_groups(report), strict=True)
    return {
        "report": report,
        "basis": report.basis,
        "labels": list(report.basis.counted),
        "summary": summary(report),
        "uncertain": uncertain(report),
        "rests": basis_lines(report),
        "periods": [(sentences.period_words(report, period), period) for period in report.periods],
        "changes": sentences.changes_in_order(report),
        "courses": courses_told(report),
        "segments": sentences.segments_in_order(report),
        "groups": [(*named, found) for named, found in groups if found],
        "unsure": sentences.unsure_themes(report),
    }


def unbroken(said: str) -> str:
    """Keep figures and their units on one line; not for quotes, which stand as in their rows."""
    return (
        said.replace(" %", "\u00a0%")
        .replace("p < ", "p\u00a0<\u00a0")
        .replace("p = ", "p\u00a0=\u00a0")
    )


@cache
def insights_environment() -> Environment:
    """Return the Jinja environment of this room: the one of the training report, and more."""
    environment = page_environment(Path(__file__).parent)
    figures = (
        "net",
        "net_interval",
        "net_limits",
        "share",
        "share_interval",
        "share_limits",
        "day",
    )
    told = {name: _unbroken(getattr(figure_words, name)) for name in figures}
    environment.filters.update(
        **told,
        p_value=_unbroken(wording.p_value),
        unbroken=unbroken,
        quoted=sentences.quoted,
        cell=wording.markdown_cell,
        line=wording.markdown_line,
    )
    said = {name: _unbroken(getattr(sentences, name)) for name in _SAID}
    environment.globals.update(
        say=said,
        days=figure_words.days,
        share_bar=share_bar,
        interval_strip=interval_strip,
        course=course,
        arrows=ARROWS,
        tone_of=theme_tone,
    )
    return environment


def _unbroken(tell: Callable[..., str]) -> Callable[..., str]:
    return lambda *found: unbroken(tell(*found))


def theme_tone(theme: Theme) -> str:
    """Return the colour class of a theme: that of bad, of good or of neither."""
    return {-1: "d0", 0: "d2", 1: "d4"}[sentences.sure_sign(theme.net)]


def _tiles(report: InsightReport) -> list[dict[str, str]]:
    """Say the first figures, one card a figure."""
    span = figure_words.days(report.since, report.until) if report.since and report.until else ""
    statements = f"{wording.count(report.basis.statements)} statements"
    cards = [
        _net_card("Net sentiment", report.net, "of all texts"),
        _card("Texts", wording.count(report.basis.texts), span, statements),
    ]
    found = report.comparison
    if found is not None and found.net is not None:
        name = sentences.period_name(report, found).partition(" (")[0]
        before = sentences.before_name(found).removeprefix("the ")
        told = f"{before}: {figure_words.net(found.before_net.value)}" if found.before_net else ""
        cards.append(_net_card(name, found.net, told))
    if report.period is None:
        held = f"hold {figure_words.share(report.in_themes)} of the statements"
        return [*cards, _card("Themes", str(len(report.themes)), "", held)]
    dates = sorted(change.date for change in report.changes)
    last = f"last on {figure_words.day(dates[-1])}" if dates else "none beyond chance"
    return [*cards, _card("Changes of the mood", str(len(dates)), last)]


def _net_card(name: str, found: Estimate, note: str) -> dict[str, str]:
    return _card(name, figure_words.net(found.value), figure_words.net_limits(found), note)


def _card(name: str, value: str, limits: str, note: str = "") -> dict[str, str]:
    return {"name": name, "value": value, "limits": limits, "note": note}
