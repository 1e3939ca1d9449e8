"""What is to be shown on *Live*: each visitor's own choice, kept when the page is loaded again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st

from sentilora.monitoring.figures.hour_moods import Scope, hour_of, in_order
from sentilora.monitoring.figures.offers import Offers
from sentilora.monitoring.figures.text_stream import StreamFilter
from sentilora.ui import session
from sentilora.ui.display.live_html import Zone
from sentilora.ui.display.markdown import plain

ALL = "all"
MODEL, SOURCE, SEGMENT, WINDOW = "live-model", "live-source", "live-segment", "live-window"
RENEWS, UP_TO_LAST = "live-renews", "live-up-to-last"
LABELS, WORDS, DAY = "live-labels", "live-words", "live-day"

Choice = TypeVar("Choice")


@dataclass(frozen=True)
class Span:
    """How far back is looked, and how the course is cut; all in hours.

    Attributes:
        hours: length of time.
        step: length of one stretch.
        rolling: length of time up to the end of a stretch that its mood is taken from.
    """

    hours: int
    step: int
    rolling: int


SPANS = {
    "24 hours": Span(24, 1, 3),
    "3 days": Span(72, 1, 6),
    "7 days": Span(168, 3, 12),
    "4 weeks": Span(672, 24, 24),
}


@dataclass(frozen=True)
class LiveChoice:
    """What is to be shown.

    Attributes:
        scope: texts that count.
        span: how far back is looked.
        segments: names of the segments that can be compared.
        renews: whether the page renews itself.
        is_up_to_last: whether time ends with the newest text, and not now.
    """

    scope: Scope
    span: Span
    segments: tuple[str, ...]
    renews: bool
    is_up_to_last: bool


def ask_for_scope(offers: Offers, now_ms: int) -> LiveChoice:
    """Ask which texts count, and how far back."""
    segments = [(name, value) for name, values in offers.segments for value in values]
    model = offers.models[0]
    boxes = st.columns([1, 1, 1])
    with boxes[0]:
        window = _box("Time", list(SPANS), WINDOW)
    with boxes[1]:
        source = _box("Source", [ALL, *offers.sources], SOURCE)
    with boxes[2]:
        offered: list[str | tuple[str, str]] = [ALL, *segments]
        segment = _box("Segment", offered, SEGMENT) if segments else ALL
    if len(offers.models) > 1:
        model = _box("Model whose answers count", list(offers.models), MODEL)
    with st.container(horizontal=True):
        session.begin(RENEWS, True)
        renews = st.toggle("Renew by itself", key=RENEWS)
        session.keep(RENEWS, renews)
        is_past = hour_of(now_ms) - (offers.newest_hour or 0) >= SPANS[window].hours
        is_up_to_last = is_past and st.toggle(
            "Show the time up to the last text",
            key=UP_TO_LAST,
            help="No text was written in the time that is shown. The last one is older.",
        )
    return LiveChoice(
        Scope(
            model,
            None if source == ALL else source,
            None if isinstance(segment, str) else segment,
        ),
        SPANS[window],
        tuple(name for name, _ in offers.segments),
        renews,
        is_up_to_last,
    )


def ask_for_texts(offers: Offers, scope: Scope, zone: Zone) -> StreamFilter:
    """Ask which texts are listed; source and segment are those of the figures."""
    left, right = st.columns([2, 1])
    with left:
        words = st.text_input("Words in the text", key=WORDS, placeholder="login", max_chars=200)
    with right:
        day = st.date_input("Up to the day", value=None, key=DAY, format="YYYY-MM-DD")
    labels = st.pills(
        "Labels",
        in_order(offers.labels),
        selection_mode="multi",
        key=LABELS,
        format_func=plain,
    )
    until_ms = None
    if isinstance(day, dt.date):
        after = dt.datetime.combine(day + dt.timedelta(days=1), dt.time())
        until_ms = round(
            (after.astimezone() if zone is None else after.replace(tzinfo=zone)).timestamp() * 1000
        )
    return StreamFilter(
        scope.model, scope.source, scope.segment, tuple(labels or ()), words or "", until_ms
    )


def _box(label: str, options: Sequence[Choice], key: str) -> Choice:
    """Show a box that keeps its choice as long as there is such an option."""
    session.begin(key, options[0])
    if st.session_state[key] not in options:
        st.session_state[key] = options[0]
    found: Choice = st.selectbox(label, options, key=key, format_func=_shown)
    return session.keep(key, found)


def _shown(option: object) -> str:
    if isinstance(option, tuple):
        name, value = option
        return f"{name}: {value}"
    return str(option)
