"""One draft on page *Replies*: the text, the reply beside it, and what can be done with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from sentilora.errors import SentiloraError
from sentilora.ui.display.draft_html import marked_lines, paint_marked, paint_message
from sentilora.ui.display.error_messages import page_text
from sentilora.ui.display.markdown import plain
from sentilora.ui.display.page_words import APPROVE_MARKED

if TYPE_CHECKING:
    from sentilora.monitoring.replies.reply_draft import Draft
    from sentilora.monitoring.replies.reply_queue import ReplyQueue

DONE, PROBLEM = "replies-done", "replies-problem"
_OPEN = (
    "replies-open"  # what is being written: number of the draft and its reply, by key of the box
)
_HEIGHT = 260
_CHANGEABLE = ("waiting", "failed", "dismissed")
_SHOWN = 80


def tell_what_was_lost(shown: Sequence[Draft]) -> None:
    """Keep the words of a visitor whose draft somebody else has changed or taken.

    Args:
        shown: drafts that are shown now.
    """
    state = st.session_state
    now = {_key("reply", draft) for draft in shown}
    for key, (number, reply) in list(state.setdefault(_OPEN, {}).items()):
        if key in now:
            continue
        del state[_OPEN][key]
        mine = state.get(key)
        if mine is not None and mine != reply:
            state[PROBLEM] = (
                f"Draft {number} is no longer as you read it, or not in this list.{_mine(mine)}"
            )


def show_draft(queue: ReplyQueue, draft: Draft, by: str) -> None:
    """Draw a draft.

    Args:
        queue: its queue.
        draft: the draft.
        by: name of the visitor.
    """
    with st.container(border=True, key=f"draft-{draft.number}"):
        st.markdown(f"**{draft.level}** · {plain(_about(draft))}")
        left, right = st.columns(2)
        with left:
            text = "(The text is no longer kept.)" if draft.text is None else draft.text
            st.html(paint_message(text, f"Text of draft {draft.number}"))
        with right:
            reply, places = draft.reply, [(one.start, one.end) for one in draft.marked]
            if draft.state in _CHANGEABLE:
                reply, places = marked_lines(draft.reply, draft.marked)
            if reply:
                st.html(paint_marked(reply, places, f"Reply of draft {draft.number}"))
            if draft.state in _CHANGEABLE:
                # Another version is another box: what somebody else wrote comes into it.
                key = _key("reply", draft)
                if key not in st.session_state:
                    st.session_state[key] = draft.reply
                st.session_state[_OPEN][key] = draft.number, draft.reply
                st.text_area("Reply", key=key, height=_HEIGHT)
        for told in (draft.note, draft.error):
            if told:
                st.caption(plain(told))
        _show_buttons(queue, draft, by)


def _show_buttons(queue: ReplyQueue, draft: Draft, by: str) -> None:
    if draft.state == "sent":
        return
    if draft.marked and draft.state in ("waiting", "failed"):
        words = ", ".join(dict.fromkeys(mark.words for mark in draft.marked))
        st.caption(plain(f"A reply must not promise this: {words}"))
        st.checkbox(APPROVE_MARKED, key=_key("force", draft))
    with st.container(horizontal=True):
        if draft.state in ("waiting", "failed"):
            _button(queue, draft, by, "Approve", "approve", is_main=True)
        if draft.state in _CHANGEABLE:
            _button(queue, draft, by, "Keep changes", "edit")
        if draft.state != "dismissed":
            _button(queue, draft, by, "Dismiss", "dismiss")


def _button(
    queue: ReplyQueue, draft: Draft, by: str, label: str, does: str, *, is_main: bool = False
) -> None:
    st.button(
        label,
        key=_key(does, draft),
        on_click=_press,
        args=(queue, draft, by.strip() or "somebody on the page", does),
        type="primary" if is_main else "secondary",
    )


def _press(queue: ReplyQueue, draft: Draft, by: str, does: str) -> None:
    """Do what a button says; what goes wrong is told when the page is drawn."""
    state = st.session_state
    reply = str(state.get(_key("reply", draft), draft.reply))
    version = draft.version
    try:
        if does != "dismiss" and reply.strip() != draft.reply.strip():
            version = queue.edit(draft.number, reply, by=by, version=version).version
        if does == "approve":
            is_forced = bool(state.get(_key("force", draft)))
            queue.approve(draft.number, by=by, force=is_forced, version=version)
        elif does == "dismiss":
            queue.dismiss(draft.number, by=by, version=version)
    except SentiloraError as error:
        state[PROBLEM] = page_text(error.message)
        if reply != draft.reply and version == draft.version:
            state[PROBLEM] += _mine(reply)
        return
    finally:
        state[_OPEN].pop(_key("reply", draft), None)
    told = {"approve": "approved", "edit": "changed", "dismiss": "dismissed"}[does]
    state[DONE] = f"Draft {draft.number} is {told}."


def _mine(reply: str) -> str:
    return f"\n\nYou had written:\n{reply}"


def _key(what: str, draft: Draft) -> str:
    return f"replies-{what}-{draft.number}-{draft.version}"


def _about(draft: Draft) -> str:
    written = dt.datetime.fromtimestamp(draft.at_ms / 1000).astimezone()
    parts = [
        f"{draft.severity:.2f}",
        draft.reason,
        f"{draft.source} {draft.id}"[:_SHOWN],
        draft.language,
        f"{written:%Y-%m-%d %H:%M}",
    ]
    if draft.changed_by:
        parts.append(f"{draft.state} by {draft.changed_by}"[:_SHOWN])
    return " · ".join(parts)
