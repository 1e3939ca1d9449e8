"""Page *Model*: what a model is, what it cost, its card, and files to deploy."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import streamlit as st

from sentilora.defaults import MAX_DROP
from sentilora.evaluation.reports import wording
from sentilora.model.artifact import find_artifact
from sentilora.ui import session
from sentilora.ui.display import page_words
from sentilora.ui.display.answer_html import paint_tiles
from sentilora.ui.display.error_messages import told
from sentilora.ui.display.markdown import plain
from sentilora.ui.jobs.export_jobs import TARGETS, Shipped, parity_details, parity_tiles, ship
from sentilora.ui.models.model_choice import run_of
from sentilora.ui.models.model_facts import card_of, model_details, model_tiles
from sentilora.ui.settings import read_app_settings
from sentilora.ui.views.report_section import DETAILS, show_report

SHIPPED = "model-shipped"


def show() -> None:
    """Draw the page."""
    one = session.chosen()
    st.title(plain(one.name), anchor=False)
    with told():
        folder = find_artifact(one.path)
        model = session.chosen_model()
    st.html(str(paint_tiles(model_tiles(model))))
    with st.expander(DETAILS):
        st.html(str(paint_tiles(model_details(model))))
    run = run_of(one.path)
    names = ["Card", "Report", "Export"] if run else ["Card", "Export"]
    tabs = dict(zip(names, st.tabs(names), strict=True))
    with tabs["Card"]:
        _show_card(folder, run.path if run else None)
    if run is not None:
        with tabs["Report"], told():
            show_report(run.path)
    with tabs["Export"]:
        _show_export(one.path, one.name)


def _show_card(folder: Path, run: Path | None) -> None:
    card = card_of(folder, run)
    if card is None:
        st.caption("This model has no card.")
        return
    with st.container(border=True, key="card"):
        st.markdown(card)


def _show_export(path: str, name: str) -> None:
    st.write("Files to deploy, proved to answer as this model does.")
    to = st.radio(
        page_words.KIND,
        list(TARGETS),
        format_func=lambda kind: TARGETS[kind],
        horizontal=True,
        key="export-to",
    )
    is_int8 = st.checkbox(
        f"8-bit weights: smaller and faster, within {MAX_DROP:g} points of macro F1 on the run's "
        "own data",
        disabled=to == "merged",
        key="export-int8",
    )
    if st.button("Export", type="primary", icon=":material/deployed_code:"):
        with told(), st.spinner("Writing, comparing and loading again …", show_time=True):
            exports = read_app_settings().exports
            st.session_state[SHIPPED] = (
                path,
                ship(
                    path,
                    name.removesuffix(" (export)"),
                    to,
                    exports,
                    is_int8=is_int8 and to != "merged",
                ),
            )
    kept = st.session_state.get(SHIPPED)
    if kept is not None and kept[0] == path:
        _show_shipped(kept[1])


def _show_shipped(shipped: Shipped) -> None:
    st.success("The export is done.", icon=":material/check_circle:")
    st.code(str(shipped.folder), language=None, wrap_lines=True)
    st.html(str(paint_tiles(parity_tiles(shipped.parity))))
    with st.expander(DETAILS, key="parity"):
        st.html(str(paint_tiles(parity_details(shipped.parity))))
        st.json(shipped.parity)
    size = sum(file.stat().st_size for file in shipped.folder.rglob("*") if file.is_file())

    def packed() -> BinaryIO:
        return shipped.pack(session_folder).open("rb")

    session_folder = session.session_folder()
    st.download_button(
        f"Download as a zip file ({wording.size(size)})",
        data=packed,
        file_name=f"{shipped.folder.name}.zip",
        mime="application/zip",
        icon=":material/download:",
        on_click="ignore",
    )
