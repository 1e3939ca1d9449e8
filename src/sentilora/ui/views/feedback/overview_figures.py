"""The figures of *Overview*, which all can be clicked: cards, mood, themes and segments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from sentilora.evaluation.reports import wording
from sentilora.insights.insight_report import InsightReport, Segment, Theme
from sentilora.insights.report import figure_words as words
from sentilora.insights.report.insights_html import ARROWS, FIRST, GROUPS
from sentilora.insights.report.sentences import (
    before_name,
    change_told,
    changes_in_order,
    counted_texts,
    direction_word,
    mix_told,
    period_name,
    period_words,
    segments_in_order,
    theme_groups,
    trend_told,
    unsure_themes,
)
from sentilora.insights.report.stories import courses_told
from sentilora.insights.report.summary import summary
from sentilora.ui.display.markdown import plain
from sentilora.ui.display.mood_course import CLICKED, draw_mood, draw_volume
from sentilora.ui.models.messages import choose_messages, count_by_theme, count_texts
from sentilora.ui.views.feedback.overview_messages import (
    compared_period,
    list_messages,
    show_filters,
    wanted_now,
)

if TYPE_CHECKING:
    import pyarrow as pa

MOOD, VOLUME = "overview-mood", "overview-volume"


def show_cards(report: InsightReport) -> None:
    """Say the report in short, and its first figures as cards to click."""
    st.markdown("\n".join(f"- {plain(said)}" for said in summary(report)))
    cards = _cards(report)
    for place, (column, card) in enumerate(zip(st.columns(len(cards)), cards, strict=True)):
        name, value, note, chosen = card
        with column, st.container(border=True, height="stretch"):
            st.caption(plain(name))
            st.button(
                f"**{plain(value)}**",
                key=f"overview-card-{place}",
                help="List the messages",
                on_click=list_messages,
                kwargs=chosen,
                width="stretch",
            )
            st.caption(plain(note.replace(" %", "\u00a0%")))


def show_course(report: InsightReport) -> None:
    """Draw the mood over time; a click on a period lists its messages."""
    if not any(period.net for period in report.periods):
        return
    st.subheader("Mood over time", anchor=False)
    names = [period_words(report, period) for period in report.periods]
    span = f"by {report.period}, from {names[0]} to {names[-1]}"
    charts = ((MOOD, draw_mood, "Net sentiment"), (VOLUME, draw_volume, "Number of texts"))
    for key, draw, what in charts:
        st.altair_chart(
            draw(report, names),
            key=key,
            on_select=partial(_list_clicked, key),
            selection_mode=CLICKED,
            alt=f"{what} {span}",
        )
    for change in changes_in_order(report):
        st.markdown(f"- {plain(change_told(report, change))}")
    if not report.changes:
        st.caption("No day is found on which the mood changed by more than chance.")
    for said in courses_told(report):
        st.markdown(f"- {plain(said)}")


def _list_clicked(key: str) -> None:
    """List the messages of the period that was clicked."""
    found: Any = st.session_state[key]
    points = found["selection"].get(CLICKED) or []
    list_messages(**({"period": points[0]["period"]} if points else {}))


def show_themes(report: InsightReport, messages: pa.Table) -> None:
    """List themes with arrows, what weighs most first; filters count for them."""
    st.subheader("Pain points and delights", anchor=False)
    if not report.themes:
        st.caption(f"No theme was found in {wording.count(report.basis.statements)} statements.")
        return
    show_filters(report)
    kinds = list(dict.fromkeys(theme.kind for theme in report.themes))
    chosen = st.pills("Kinds", kinds, selection_mode="multi", key="overview-kinds")
    wanted = wanted_now(report).of_any_theme()
    here = choose_messages(messages, wanted)
    is_part = wanted.period is not None or wanted.segment is not None
    counts, texts = count_by_theme(here), count_texts(here)
    shown = partial(_show_themes, counts=counts if is_part else None, texts=texts)
    for (_, title, _), themes in zip(GROUPS, theme_groups(report), strict=True):
        listed = [theme for theme in themes if not chosen or theme.kind in chosen]
        if listed:
            st.markdown(f"**{title}**")
            shown(listed[:FIRST])
        if len(listed) > FIRST:
            with st.expander(f"{len(listed) - FIRST} more: {title}"):
                shown(listed[FIRST:])
    unsure = [theme for theme in unsure_themes(report) if not chosen or theme.kind in chosen]
    if unsure:
        with st.expander(f"Not sure to be themes ({len(unsure)})"):
            st.caption("They did not come back reliably in resamples; nothing is built on them.")
            shown(unsure)


def _show_themes(themes: Sequence[Theme], *, counts: Mapping[str, int] | None, texts: int) -> None:
    for theme in themes:
        _show_theme(theme, None if counts is None else counts.get(theme.key, 0), texts)


def _show_theme(theme: Theme, here: int | None, texts: int) -> None:
    trend, arrow = theme.trend, ARROWS[theme.trend.direction]
    parts = [
        theme.kind,
        f"{words.share_interval(theme.share)} of the texts",
        f"net sentiment {words.net_interval(theme.net)}",
    ]
    if trend.direction != "unknown":  # figures only of what is more than chance
        parts.append(direction_word(trend) if trend.direction == "steady" else trend_told(trend))
    if theme.impact is not None:
        parts.append(f"impact {words.points_interval(theme.impact)}")
    figures = " · ".join(map(plain, parts))
    if here is not None:
        figures = f"**here {here:,} of {texts:,} texts** · {figures}"
    with st.container(gap=None):
        st.button(
            f"**{plain(theme.name)}**"
            if trend.direction == "unknown"
            else f"{arrow} **{plain(theme.name)}**",
            key=f"overview-theme-{theme.key}",
            type="tertiary",
            help=f"{direction_word(trend)}: list the messages",
            on_click=_list_theme,
            args=(theme.key,),
        )
        st.caption(f"{plain(' · '.join(theme.words))}  \n{figures}" if theme.words else figures)


def _list_theme(key: str) -> None:
    """List a theme's messages within the period and segment that are chosen."""
    st.session_state["overview-theme"] = key


def show_segments(report: InsightReport) -> None:
    """List the segments, those that differ first, and how the mix of them moved."""
    if not report.segments and not report.mix:
        return
    st.subheader("Segments", anchor=False)
    ordered = segments_in_order(report)
    for one in ordered:
        if one.differs:
            _show_segment(one)
    alike = [one for one in ordered if not one.differs]
    if alike:
        with st.expander(f"No more than chance ({len(alike)})"):
            for one in alike:
                _show_segment(one)
    for mix in report.mix:
        st.caption(plain(f"{mix_told(mix)}."))


def _show_segment(one: Segment) -> None:
    name = f"{one.column}: {one.value}"
    told = [
        f"net sentiment {words.net_interval(one.net)} in {counted_texts(one.texts)}",
        f"elsewhere {words.net_interval(one.elsewhere)}",
        wording.p_value(one.p),
    ]
    with st.container(gap=None):
        st.button(
            f"**{plain(name)}**",
            key=f"overview-segment-{name}",
            type="tertiary",
            help="List the messages",
            on_click=list_messages,
            kwargs={"segment": name},
        )
        st.caption(plain(" · ".join(told)))


def _cards(report: InsightReport) -> list[tuple[str, str, str, dict[str, str]]]:
    """Return cards of name, value, note, and the filters that list the messages."""
    found = report.comparison
    if found is None or found.net is None:
        return [
            ("Net sentiment", words.net(report.net.value), words.net_limits(report.net), {}),
            ("Texts", wording.count(report.basis.texts), "in all", {}),
            ("Themes", str(len(report.themes)), f"hold {words.share(report.in_themes)}", {}),
        ]
    name = period_name(report, found).partition(" (")[0]
    last = {"period": compared_period(report, found)}
    before = before_name(found)
    cards = [(name, counted_texts(found.texts), words.days(found.start, found.end), last)]
    if found.negative is not None and found.before_negative is not None:
        note = f"{words.share_limits(found.negative)} %; {before} "
        note += words.share(found.before_negative.value)
        cards.append(("Negative", words.share(found.negative.value), note, last))
    note = words.net_limits(found.net)
    if found.before_net is not None:
        note += f"; {before} {words.net(found.before_net.value)}"
    cards.append(("Net sentiment", words.net(found.net.value), note, last))
    stable = [one for one in report.themes if one.is_stable]
    moving = [one for one in stable if one.trend.direction in ("new", "rising")]
    first = {"theme": moving[0].key} if moving else {}
    note = moving[0].name if moving else "none beyond chance"
    cards.append(("New or rising themes", str(len(moving)), note, first))
    return cards
