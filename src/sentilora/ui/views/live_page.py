"""Page *Live*: what a monitor stores, as it comes: mood, alerts, and the texts themselves."""

from __future__ import annotations

import streamlit as st

from sentilora.ui.display.error_messages import told


def show() -> None:
    """Draw the page."""
    st.title("Live", anchor=False)
    with told():
        from sentilora.ui.views.live.live_view import show_store  # needs the extra of monitoring
    show_store()
