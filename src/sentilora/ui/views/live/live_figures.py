"""The figures of *Live*: mood now and over the last hours, volume, sources and segments."""

from __future__ import annotations

import streamlit as st
from sqlalchemy import Connection

from sentilora.evaluation.reports import wording
from sentilora.insights.report.figure_words import net, net_limits, share, share_limits
from sentilora.monitoring.figures.hour_moods import (
    Scope,
    Tally,
    add_up,
    compare_parts,
    follow,
    hour_of,
    in_order,
    read_hours,
    signs_of,
)
from sentilora.monitoring.figures.offers import newest_hour
from sentilora.monitoring.figures.source_states import last_arrival, last_refusals, list_sources
from sentilora.monitoring.rules.durations import duration_words
from sentilora.monitoring.store.hour_counts import HOUR_MS
from sentilora.ui.display.answer_html import Cell, paint_table, paint_tiles
from sentilora.ui.display.live_charts import draw_live_mood, draw_live_volume
from sentilora.ui.display.live_html import Zone, ago, moment, name_of, part_rows
from sentilora.ui.views.live.live_choices import LiveChoice

NOW_HOURS, DAY_HOURS = 2, 24
SHOWN_PARTS = 12
PART_HOURS = 168  # that the values of a segment are compared over: there may be many
PARTS = "live-parts"

_BY_SOURCE = "source"
_QUIET_MS = 60_000
_UNLIKELY = 7.0  # texts that would have come: none by chance in e^-7, less than 1 of 1,000


def show_now(connection: Connection, choice: LiveChoice, zone: Zone, now_ms: int) -> None:
    """Show the mood of this hour and the one before, beside the day before them."""
    until = _until(connection, choice, now_ms)
    first = until - NOW_HOURS + 1
    hours = read_hours(connection, choice.scope, first - DAY_HOURS, until)
    now, before = add_up(hours, first, until), add_up(hours, first - DAY_HOURS, first - 1)
    since = moment(first * HOUR_MS, zone, now_ms)
    tiles = [
        *_mood_tiles(now, before, since),
        {
            "name": "Texts",
            "value": wording.count(now.texts),
            "note": f"since {since}; {_an_hour(before)} in the {DAY_HOURS} hours before",
        },
    ]
    arrival = last_arrival(connection)
    if arrival is not None:
        told = f"{name_of(arrival.source)}, written {moment(arrival.at_ms, zone, now_ms)}"
        tiles.append(
            {"name": "Last text of all", "value": ago(arrival.stored_ms, now_ms), "note": told}
        )
        _tell_silence(connection, choice, arrival.stored_ms, now_ms)
    st.html(paint_tiles(tiles))


def _mood_tiles(now: Tally, before: Tally, since: str) -> list[dict[str, str]]:
    """Return tiles of net sentiment and negative share; of the commonest labels otherwise."""
    labels = {*now.counts, *before.counts}
    nothing = f"no text since {since}"
    signs = signs_of(labels)
    if signs is None:
        shown = sorted(labels, key=lambda one: -before.counts.get(one, 0))[:2]
        groups = [(f"Now {name_of(label)}", [label]) for label in shown]
        tiles = []
    else:
        groups = [("Negative now", [one for one in labels if signs[one] < 0])]
        found, earlier = now.net, before.net
        note = nothing
        if found is not None:
            note = f"{net_limits(found)}, of {wording.count(now.texts)} texts since {since}"
        if earlier is not None:
            note += f"; the {DAY_HOURS} hours before {net(earlier.value)}"
        value = wording.UNKNOWN if found is None else net(found.value)
        tiles = [{"name": "Net sentiment now", "value": value, "note": note}]
    for name, those in groups:
        part, was = now.share(those), before.share(those)
        note = nothing if part is None else f"{share_limits(part)}\u00a0%"
        if was is not None:
            note += f"; the {DAY_HOURS} hours before {share(was.value)}".replace(" %", "\u00a0%")
        tiles.append(
            {
                "name": name,
                "value": wording.UNKNOWN if part is None else share(part.value),
                "note": note,
            }
        )
    return tiles


def _tell_silence(connection: Connection, choice: LiveChoice, stored_ms: int, now_ms: int) -> None:
    """Say that nothing comes where, at the rate of the day before, something would have come."""
    silent_ms = now_ms - stored_ms
    if silent_ms < _QUIET_MS:
        return
    last = hour_of(stored_ms)
    whole = read_hours(connection, Scope(choice.scope.model), last - DAY_HOURS, last)
    day = add_up(whole, last - DAY_HOURS, last)
    if day.texts * silent_ms / (DAY_HOURS * HOUR_MS) < _UNLIKELY and silent_ms < HOUR_MS:
        return
    minutes = silent_ms // 60_000
    length = f"{minutes} minute{'' if minutes == 1 else 's'}"
    if silent_ms >= HOUR_MS:
        length = duration_words(silent_ms / 1000)
    st.warning(
        f"Nothing came for {length}. In the {DAY_HOURS} hours before, {_an_hour(day)} came.",
        icon=":material/hourglass_empty:",
    )


def show_course(connection: Connection, choice: LiveChoice, now_ms: int) -> None:
    """Draw mood and volume over the time that is chosen."""
    span, until = choice.span, _until(connection, choice, now_ms)
    since = until - span.hours + 1
    hours = read_hours(connection, choice.scope, since - span.rolling, until)
    points = follow(hours, since, until, step=span.step, rolling=span.rolling)
    st.subheader("The last hours", anchor=False)
    labels = {label for point in points for label in point.rolling.counts}
    if not labels:
        st.caption("No text was written in this time.")
        return
    label = None
    if signs_of(labels) is None:
        total = add_up(hours, since, until)
        label = max(sorted(labels), key=lambda one: total.counts.get(one, 0))
    what = "Net sentiment" if label is None else f"Share of {name_of(label)}"
    st.altair_chart(
        draw_live_mood(points, label), key="live-mood", alt=f"{what}, with its interval"
    )
    st.altair_chart(draw_live_volume(points), key="live-volume", alt="Number of texts by label")
    st.caption(
        f"Each point stands for the {_hours_told(span.rolling)} up to it, the band for its 95 % "
        f"interval; each bar for {_hours_told(span.step)}. Where no text was written, there is a "
        "gap."
    )


def show_parts(connection: Connection, choice: LiveChoice, now_ms: int) -> None:
    """Compare sources, or the values of a segment."""
    until = _until(connection, choice, now_ms)
    offered = [_BY_SOURCE, *choice.segments]
    if choice.scope.segment is not None:  # two segments are not counted together
        offered = [_BY_SOURCE]
    if st.session_state.get(PARTS) not in range(len(offered)):
        st.session_state.pop(PARTS, None)
    place = 0
    st.subheader("By source and segment", anchor=False)
    if len(offered) > 1:
        place = st.selectbox(
            "Compare by", range(len(offered)), key=PARTS, format_func=lambda one: offered[one]
        )
    hours = min(choice.span.hours, PART_HOURS) if place else choice.span.hours
    segment = offered[place] if place else None
    parts = compare_parts(connection, choice.scope, segment, until - hours + 1, until)
    if parts is None:
        st.caption("It has so many values that they are not compared here.")
        return
    if not parts:
        st.caption("No text was written in this time.")
        return
    labels = {label for tally in parts.values() for label in tally.counts}
    shown = dict(list(parts.items())[:SHOWN_PARTS])
    headings, rows = part_rows(shown, in_order(labels))
    more = "" if len(shown) == len(parts) else f"; {len(parts) - len(shown):,} more have fewer"
    caption = f"The {_hours_told(hours)} up to now, most texts first{more}"
    st.html(paint_table(headings, rows, caption=caption))


def show_sources(connection: Connection, zone: Zone, now_ms: int) -> None:
    """List the sources with their last text, and what was refused lately."""
    found = list_sources(connection)
    rows: list[list[Cell]] = [
        [
            name_of(one.source),
            ago(one.at_ms, now_ms) if one.at_ms <= now_ms else moment(one.at_ms, zone, now_ms),
            duration_words(one.lag_ms / 1000) if one.lag_ms >= 1000 else "under a second",
        ]
        for one in sorted(found, key=lambda one: -one.at_ms)
    ]
    with st.expander(f"Sources ({len(found)})"):
        caption = "Newest text of each source"
        st.html(paint_table(["", "Written", "Stored after"], rows, caption=caption))
        refused = last_refusals(connection)
        if refused:
            told: list[list[Cell]] = [
                [
                    (f"{name_of(one.source)}, {name_of(one.place)}", one.reason[:200]),
                    moment(one.stored_ms, zone, now_ms),
                ]
                for one in refused
            ]
            caption = "What was refused last"
            st.html(paint_table(["", "When"], told, caption=caption))


def _until(connection: Connection, choice: LiveChoice, now_ms: int) -> int:
    """Return the last hour that is shown."""
    if choice.is_up_to_last:
        hour = newest_hour(connection)
        if hour is not None:
            return hour
    return hour_of(now_ms)


def _an_hour(tally: Tally) -> str:
    return f"{tally.texts / DAY_HOURS:.3g} an hour"


def _hours_told(hours: int) -> str:
    if hours > 48:
        return f"{hours // 24} days"
    return "1 hour" if hours == 1 else f"{hours} hours"
