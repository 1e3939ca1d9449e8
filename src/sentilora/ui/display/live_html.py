"""Texts, alerts and figures of *Live* as HTML: every word from outside is escaped and bounded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from markupsafe import Markup

from sentilora.evaluation.reports import wording
from sentilora.insights.report.figure_words import net_interval, share_interval
from sentilora.monitoring.figures.given_labels import GivenLabel
from sentilora.monitoring.figures.hour_moods import Tally, in_order, signs_of
from sentilora.monitoring.figures.text_stream import StreamText
from sentilora.monitoring.figures.told_alerts import Delivery, ToldAlert
from sentilora.monitoring.rules.durations import duration_words
from sentilora.ui.display.answer_html import Cell
from sentilora.ui.display.colours import NO_ANSWER

LONGEST_TEXT, LONGEST_NAME = 1500, 80
NOT_KEPT = "The words are not kept."

_MOST_FIGURES = 12
_EVENTS = {"opened": "opening", "ended": "end"}

Zone = dt.tzinfo | None


def zone_of(name: str | None) -> Zone:
    """Return a time zone by its name; that of this machine where there is none."""
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, OSError, KeyError):  # a browser may say what this machine does not know
        return None


def moment(ms: int, zone: Zone, now_ms: int) -> str:
    """Write a moment: the clock alone of today, else with the day, and the year of another."""
    at, now = (
        dt.datetime.fromtimestamp(one / 1000, dt.UTC).astimezone(zone) for one in (ms, now_ms)
    )
    if at.date() == now.date():
        return f"{at:%H:%M}"
    return f"{at.day} {at:%b %H:%M}" if at.year == now.year else f"{at.day} {at:%b %Y %H:%M}"


def ago(ms: int, now_ms: int) -> str:
    """Write how long ago something was, roughly."""
    seconds = max(0, now_ms - ms) / 1000
    if seconds < 5:
        return "just now"
    return f"{_roughly(seconds)} ago"


def _roughly(seconds: float) -> str:
    unit = next(unit for unit in (86400, 3600, 60, 1) if seconds >= unit or unit == 1)
    return duration_words(unit * int(seconds / unit))


def paint_stream_text(
    text: StreamText, given: GivenLabel | None, tones: Mapping[str, str], zone: Zone, now_ms: int
) -> Markup:
    """Write a text with what the model and people said of it, and where and when it came."""
    about = [("", text.source), ("", moment(text.at_ms, zone, now_ms)), *text.segments.items()]
    if text.conversation_id:
        about.append(("conversation", text.conversation_id))
    about.append(("id", text.id))
    parts = [
        Markup("<bdi>{}</bdi>").format(name_of(value))
        if not name
        else Markup("<bdi>{}</bdi>: <bdi>{}</bdi>").format(name_of(name), name_of(value))
        for name, value in about
    ]
    return Markup(
        '<article class="sl-said"><p class="sl-said-head"><span class="sl-said-dot" '
        'style="color:{}"></span><b>{}</b> <span class="sl-soft">{}</span>{}</p>'
        '<p class="sl-said-text" dir="auto">{}</p><p class="sl-soft sl-said-about">{}</p></article>'
    ).format(
        tones.get(text.label, NO_ANSWER),
        name_of(text.label),
        wording.percent(text.score, 0),
        "" if given is None else _given(text, given),
        Markup("<i>{}</i>").format(NOT_KEPT) if text.text is None else _bounded(text.text),
        Markup(" · ").join(parts),
    )


def _given(text: StreamText, given: GivenLabel) -> Markup:
    what = "confirmed" if given.label == text.label else f"really {name_of(given.label)}"
    return Markup(' <span class="sl-said-given">{}, says <bdi>{}</bdi></span>').format(
        what, name_of(given.by)
    )


def paint_alert(told: ToldAlert, zone: Zone, now_ms: int) -> Markup:
    """Write what an alert says: its sentence, times, figures, examples, and who was told."""
    alert = told.alert
    end = (
        "still open" if alert.ended_ms is None else f"until {moment(alert.ended_ms, zone, now_ms)}"
    )
    since = f"Since {moment(alert.opened_ms, zone, now_ms)}, {end}"
    quotes = [
        Markup('<li dir="auto">{} <span class="sl-soft">{}</span></li>').format(
            Markup("<i>{}</i>").format(NOT_KEPT) if one["text"] is None else one["text"],
            Markup("<bdi>{}</bdi> · {} · id: <bdi>{}</bdi>").format(
                name_of(one["source"]), moment(one["at_ms"], zone, now_ms), name_of(one["id"])
            ),
        )
        for one in alert.examples
    ]
    sent = [
        Markup("<li>{}</li>").format(_delivered(one, zone, now_ms)) for one in told.deliveries
    ] or [Markup("<li>{}</li>").format("Nobody: there is no target, or it was a dry run.")]
    return Markup(
        '<div class="sl-alert" id="alert-{}"><p class="sl-alert-told" dir="auto">{}</p>'
        '<p class="sl-note">{}. Alert {}.</p>{}{}<p class="sl-alert-part">Who was told</p>'
        "<ul>{}</ul></div>"
    ).format(
        alert.number,
        alert.told[:LONGEST_TEXT],
        since,
        alert.number,
        _figures(alert.figures),
        Markup('<p class="sl-alert-part">Examples</p><ul class="sl-quotes">{}</ul>').format(
            Markup("").join(quotes)
        )
        if quotes
        else "",
        Markup("").join(sent),
    )


def _figures(figures: Mapping[str, object]) -> Markup:
    """Write the figures of an alert that are numbers or words."""
    shown = [
        Markup("<span><span class='sl-soft'>{}</span> {}</span>").format(
            name_of(name.replace("_", " ")), name_of(_figure(value))
        )
        for name, value in list(figures.items())[:_MOST_FIGURES]
        if isinstance(value, str | int | float)
    ]
    if not shown:
        return Markup("")
    return Markup('<p class="sl-alert-figures">{}</p>').format(Markup(" ").join(shown))


def _figure(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:.3g}"


def _delivered(one: Delivery, zone: Zone, now_ms: int) -> str:
    what = f"{name_of(one.target)}, of its {_EVENTS.get(one.event, one.event)}"
    if one.sent_ms is not None:
        return f"{what}: {moment(one.sent_ms, zone, now_ms)}"
    when = moment(one.due_ms, zone, now_ms)
    if not one.tries:
        return f"{what}: to be sent at {when}"
    reason = (one.error or "it did not arrive")[:300]
    times = "once" if one.tries == 1 else f"{one.tries:,} times"
    return f"{what}: not yet. Tried {times} ({reason}); again at {when}"


def part_rows(
    parts: Mapping[str, Tally], labels: Sequence[str]
) -> tuple[list[str], list[list[Cell]]]:
    """Return headings and rows of a table that compares sources or values.

    Args:
        parts: tallies by name.
        labels: labels that occur at all.
    """
    signs = signs_of(labels)
    shown = (
        in_order(labels)[:3]
        if signs is None
        else [one for one in in_order(labels) if signs[one] < 0]
    )
    name = "Negative" if signs is not None else ""
    columns = [(name, shown)] if signs is not None else [(label, [label]) for label in shown]
    headings = ["", "Texts", *(name_of(title) for title, _ in columns)]
    headings += ["Net sentiment"] if signs is not None else []
    rows: list[list[Cell]] = []
    for part, tally in parts.items():
        cells: list[Cell] = [name_of(part), wording.count(tally.texts)]
        for _, those in columns:
            found = tally.share(those)
            cells.append(wording.UNKNOWN if found is None else _split(share_interval(found)))
        if signs is not None:
            cells.append(wording.UNKNOWN if tally.net is None else _split(net_interval(tally.net)))
        rows.append(cells)
    return headings, rows


def _split(told: str) -> Cell:
    value, _, limits = told.partition(" (")
    return value, limits.rstrip(")")


def name_of(word: str) -> str:
    """Return a name from outside, a long one cut."""
    return word if len(word) <= LONGEST_NAME else f"{word[:LONGEST_NAME]}…"


def _bounded(text: str) -> str:
    if len(text) <= LONGEST_TEXT:
        return text
    return f"{text[:LONGEST_TEXT]}… ({len(text):,} characters)"
