"""The alerts of *Live*: the one that a message links to, the open ones, and those that are over."""

from __future__ import annotations

import streamlit as st
from sqlalchemy import Connection

from sentilora.monitoring.figures.told_alerts import (
    ToldAlert,
    find_alert,
    open_alerts,
    past_alerts,
)
from sentilora.ui.display.live_html import Zone, moment, name_of, paint_alert
from sentilora.ui.display.markdown import plain

ASKED = "alert"  # in the address of the page
PAST = "live-past-before"

_MOST_DIGITS = 12
_SHOWN = 10


def show_asked_alert(connection: Connection, zone: Zone, now_ms: int) -> None:
    """Show the alert that the address names."""
    asked = asked_alert()
    if asked is None:
        return
    found = find_alert(connection, asked)
    if found is None:
        st.warning(f"There is no alert {asked:,} in this store.", icon=":material/search_off:")
    else:
        _show_alert(found, "Alert", zone, now_ms)
    st.button("Close", key="live-alert-close", icon=":material/close:", on_click=_close)


def asked_alert() -> int | None:
    """Return the number of the alert that the address names; None where it names none."""
    given = st.query_params.get(ASKED, "")
    is_number = given.isascii() and given.isdigit() and len(given) <= _MOST_DIGITS
    return int(given) if is_number else None


def show_open_alerts(connection: Connection, zone: Zone, now_ms: int) -> None:
    """Show the alerts that are open, in full."""
    asked = asked_alert()
    found = [one for one in open_alerts(connection) if one.alert.number != asked]
    for one in found[:_SHOWN]:
        _show_alert(one, "Open alert", zone, now_ms)
    if len(found) > _SHOWN:
        with st.expander(f"{len(found) - _SHOWN} more open alerts", key="live-more-open"):
            for one in found[_SHOWN:]:
                _show_alert(one, "Open alert", zone, now_ms)


def show_past_alerts(connection: Connection, zone: Zone, now_ms: int) -> None:
    """List the alerts that are over; each opens."""
    st.subheader("Alerts that are over", anchor=False)
    before = st.session_state.get(PAST)
    found = past_alerts(connection, before, most=_SHOWN + 1)
    if not found:
        st.caption("There are no more." if before else "There is none.")
    for one in found[:_SHOWN]:
        alert = one.alert
        when = moment(alert.opened_ms, zone, now_ms)
        key = f"live-alert-{alert.number}"
        with st.expander(
            f"{when} · {plain(name_of(alert.title))}", key=key, on_change="rerun"
        ) as opened:
            if opened.open:
                st.html(paint_alert(one, zone, now_ms))
    with st.container(horizontal=True):
        if before is not None:
            st.button("Newest", key="live-past-newest", on_click=_turn, args=(None,))
        if len(found) > _SHOWN:
            last = found[_SHOWN - 1].alert.number
            st.button("Older", key="live-past-older", on_click=_turn, args=(last,))


def _show_alert(told: ToldAlert, kind: str, zone: Zone, now_ms: int) -> None:
    with st.container(border=True):
        icon = ":material/notifications_active:" if told.alert.ended_ms is None else ""
        st.markdown(f"{icon} **{kind}: {plain(name_of(told.alert.title))}**")
        st.html(paint_alert(told, zone, now_ms))


def _turn(before: int | None) -> None:
    st.session_state[PAST] = before


def _close() -> None:
    st.query_params.pop(ASKED, None)
