"""The script that Streamlit runs for every visitor and every click: frame, menu and model."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from sentilora.ui import comparing, describing, filing, session, training, trying
from sentilora.ui.painting import STYLE

# Drawn here, because the browser would fetch the icon of a page from a server of Google's.
ICON, LOGO = Path(__file__).with_name("icon.svg"), Path(__file__).with_name("logo.svg")
PAGES = (
    (trying.show, "Try", "try", ":material/chat_bubble:"),
    (filing.show, "File", "file", ":material/table_view:"),
    (training.show, "Train", "train", ":material/model_training:"),
    (comparing.show, "Compare", "compare", ":material/balance:"),
    (describing.show, "Model", "model", ":material/info:"),
)


def main() -> None:
    """Draw the frame, and the page inside it."""
    st.set_page_config(page_title="SentiLoRA", page_icon=str(ICON), layout="centered")
    st.logo(LOGO, size="large")
    st.html(STYLE)
    pages = [
        st.Page(show, title=title, url_path=path, icon=icon, default=path == "try")
        for show, title, path, icon in PAGES
    ]
    page = st.navigation(pages)
    with st.sidebar:
        _choose_model()
        st.caption("Texts stay on the machine that this page runs on. Nothing is logged.")
    page.run()


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


if __name__ == "__main__":
    main()
