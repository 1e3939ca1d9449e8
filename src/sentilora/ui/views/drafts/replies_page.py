"""Page *Replies*: drafted replies that wait for a person, the most severe first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from sentilora.message import command
from sentilora.ui import session
from sentilora.ui.display.error_messages import page_text, show_error, told
from sentilora.ui.display.markdown import plain
from sentilora.ui.models.draft_queue import is_there, open_queue
from sentilora.ui.settings import read_app_settings
from sentilora.ui.views.drafts.draft_card import (
    DONE,
    PROBLEM,
    show_draft,
    tell_what_was_lost,
)

if TYPE_CHECKING:
    from sentilora.monitoring.replies.reply_queue import ReplyQueue

NAME, STATE = "replies-name", "replies-state"
SHOWN = 20
_LOOKED_S = 10.0
_STATES = ("waiting", "approved", "sent", "failed", "dismissed")


def show() -> None:
    """Draw the page."""
    st.title("Replies", anchor=False)
    st.caption(
        "Drafted answers to unhappy customers. None goes out before somebody approves it, unless "
        "a reason in replies.toml says so in so many words."
    )
    store = read_app_settings().store
    if not is_there(store):
        st.info(
            f"There is no store {plain(store)} yet. Texts and drafts come into it with:",
            icon=":material/inbox:",
        )
        typed = command("monitor", "general", source="FILE", store=store, replies="default")
        st.code(page_text(_spelled(typed)), language=None)
        return
    with told():
        queue = open_queue(store)
        _show_queue(queue)


def _spelled(marked: str) -> str:
    from sentilora.message import Message

    return Message(marked)


def _show_queue(queue: ReplyQueue) -> None:
    counts = queue.counts()
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        session.begin(STATE, _STATES[0])
        state = st.segmented_control("Drafts", _STATES, key=STATE, required=True)
        session.keep(STATE, state)
    with right:
        session.begin(NAME, "")
        by = st.text_input("Your name", key=NAME, max_chars=100, placeholder="Who approves")
        session.keep(NAME, by)
    found = queue.drafts(state, limit=SHOWN)
    tell_what_was_lost(found)
    if (problem := st.session_state.pop(PROBLEM, None)) is not None:
        show_error(problem)
    if (done := st.session_state.pop(DONE, None)) is not None:
        st.success(plain(done), icon=":material/check_circle:")
    st.caption(", ".join(f"{counts[name]:,} {name}" for name in _STATES))
    _show_news(queue, counts)
    if not found:
        st.caption(f"No draft is {state}.")
    for draft in found:
        show_draft(queue, draft, by)
    if counts[state] > len(found):
        st.caption(f"{counts[state] - len(found):,} more follow when these are done.")


@st.fragment(run_every=_LOOKED_S)  # type: ignore[untyped-decorator]
def _show_news(queue: ReplyQueue, before: dict[str, int]) -> None:
    """Say when the queue has changed; nothing that somebody is writing is drawn again."""
    with told():
        now = queue.counts()
    if now == before:
        return
    more = now["waiting"] - before["waiting"]
    told_more = f"{more:,} new" if more > 0 else "The queue has changed"
    if st.button(f"{told_more}: show", icon=":material/refresh:", key="replies-refresh"):
        st.rerun()
