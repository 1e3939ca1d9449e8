"""The script that Streamlit runs for every visitor and every click: frame, menu and model."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from sentilora.defaults import NOT_SURE_BELOW
from sentilora.ui import session
from sentilora.ui.display.answer_html import STYLE
from sentilora.ui.views import (
    compare_page,
    file_page,
    label_page,
    live_page,
    model_page,
    overview_page,
    train_page,
    try_page,
)
from sentilora.ui.views.drafts import replies_page

# Drawn here, because the browser would fetch the icon of a page from a server of Google's.
STATIC = Path(__file__).with_name("static")
ICON, LOGO = STATIC / "icon.svg", STATIC / "logo.svg"
PAGES = (
    (overview_page.show, "Overview", "overview", ":material/insights:"),
    (live_page.show, "Live", "live", ":material/monitor_heart:"),
    (replies_page.show, "Replies", "replies", ":material/forward_to_inbox:"),
    (label_page.show, "Label", "label", ":material/label:"),
    (try_page.show, "Try", "try", ":material/chat_bubble:"),
    (file_page.show, "File", "file", ":material/table_view:"),
    (train_page.show, "Train", "train", ":material/model_training:"),
    (compare_page.show, "Compare", "compare", ":material/balance:"),
    (model_page.show, "Model", "model", ":material/info:"),
)


def main() -> None:
    """Draw the frame, and the page inside it."""
    st.set_page_config(page_title="SentiLoRA", page_icon=str(ICON), layout="centered")
    st.logo(LOGO, size="large")
    st.html(STYLE)
    pages = [
        st.Page(show, title=title, url_path=path, icon=icon, default=path == "overview")
        for show, title, path, icon in PAGES
    ]
    page = st.navigation(pages)
    with st.sidebar:
        _choose_model()
        _choose_sureness()
        st.caption("Texts stay on the machine that this page runs on. Nothing is logged.")
    page.run()
    session.name_visit()


def _choose_model() -> None:
    found = session.choices()
    names = {one.path: one.name for one in found}
    if st.session_state.get(session.MODEL) not in names:
        st.session_state[session.MODEL] = found[0].path
    st.selectbox(
        "Model",
        list(names),
        format_func=lambda path: names.get(path, path),
        key=session.MODEL,
        help="Runs and exports that are finished, and general, which ships with SentiLoRA.",
    )


def _choose_sureness() -> None:
    session.begin(session.NOT_SURE, NOT_SURE_BELOW)
    below = st.slider(
        "Not sure below",
        0.0,
        0.95,
        step=0.05,
        format="percent",
        key=session.NOT_SURE,
        help="An answer with a lower probability is shown as “not sure”. 0 % shows every answer.",
    )
    session.keep(session.NOT_SURE, below)


if __name__ == "__main__":
    main()
