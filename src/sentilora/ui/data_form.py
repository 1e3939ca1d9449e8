"""The boxes that say how an uploaded file is to be read, and what it then comes to.

One form for Train, Compare and File: what a file needs does not depend on what is done with it.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from sentilora.data.column_values import likely_label, likely_text
from sentilora.data.columns import (
    LABEL_NAMES,
    MORE_LABEL_NAMES,
    RATING_NAMES,
    find_text_column,
    fold_name,
)
from sentilora.data.files.formats import ENDINGS, EXPECTED
from sentilora.data.files.read_options import Reading
from sentilora.data.files.tables import open_table
from sentilora.data.problems import quoted
from sentilora.errors import DataError, SentiloraError
from sentilora.ui import session
from sentilora.ui.data_choices import DataChoices
from sentilora.ui.display import page_words
from sentilora.ui.display.error_messages import page_text, show_error, told
from sentilora.ui.display.markdown import plain
from sentilora.ui.reading_form import ask_for_reading, chosen_reading
from sentilora.ui.settings import MAX_UPLOAD_MB
from sentilora.ui.understood_rows import Understood, first_rows
from sentilora.ui.uploads import Upload, keep_upload

# The endings that can be read, by their last part, as a browser knows them.
FILE_TYPES = list(dict.fromkeys(ending.rpartition(".")[2] for ending in ENDINGS))

LOOKED_AT = 500  # ratings that tell how many stars there can be

_UNDERSTOOD = "understood"
_OTHER_SCALE = 0  # stands for no number of stars
_NUMBER = re.compile(r"\d+(\.\d+)?")


def ask_for_upload(label: str, key: str) -> Upload | None:
    """Show a place to drop a file; return it, or the one that came before the page was reloaded.

    Raises:
        DataError: it is empty, or its ending is unknown.
    """
    kept = session.visit().kept
    again = f"{key}-again"
    if (before := kept.get(key)) is not None and st.session_state.get(key) is None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(before.name)}**, here since {before.at}")
            st.button("Take another file", key=again, on_click=kept.pop, args=(key, None))
        return before if isinstance(before, Upload) else None
    uploaded = st.file_uploader(
        label, type=FILE_TYPES, key=key, on_change=_forget_if_taken_out, args=(key,)
    )
    if uploaded is None:
        st.caption(
            f"{EXPECTED}. Up to {MAX_UPLOAD_MB} MB. The file stays on the machine that this page "
            "runs on, and goes some time after you leave."
        )
        return None
    return session.keep(key, keep_upload(uploaded, session.session_folder()))


def _forget_if_taken_out(key: str) -> None:
    if st.session_state[key] is None:
        session.visit().kept.pop(key, None)


def ask_for_data(
    caption: str, key: str, *, has_labels: bool, checks_texts: bool = True
) -> DataChoices | None:
    """Show all boxes that a file needs; None until there is one that can be opened.

    Args:
        caption: words for the place to drop a file.
        key: begins the keys of all boxes.
        has_labels: whether a column with labels is needed.
        checks_texts: whether a column that hardly holds texts is refused if nobody allows it.
    """
    with told():
        upload = ask_for_upload(caption, f"{key}-upload")
    if upload is None:
        return None
    own = f"{key}-{upload.key}"
    opened = _open(upload, own)
    if opened is None:
        return None
    reading, columns = opened
    own = f"{own}-{zlib.crc32(repr(columns).encode()):x}"  # read otherwise, it has other columns
    likely = session.found_once(
        ("likely", upload.key, reading), lambda: _likely_columns(upload, reading, columns)
    )
    left, right = st.columns(2) if has_labels else (st.container(), st.container())
    with left:
        text = _ask_for_column(page_words.TEXT_COLUMN, columns, likely[0], f"{own}-text")
    chosen: dict[str, Any] = {"text": text}
    if has_labels:
        with right:
            label = _ask_for_column(page_words.LABEL_COLUMN, columns, likely[1], f"{own}-label")
        chosen |= {"label": label, **_ask_for_labels(upload, reading, label, own)}
    session.begin(f"{own}-skip", False)
    skip = st.checkbox(page_words.SKIP_ROWS, key=f"{own}-skip")
    chosen["skip_bad_rows"] = session.keep(f"{own}-skip", skip)
    if checks_texts:
        session.begin(f"{own}-any", False)
        any_text = st.checkbox(page_words.ANY_TEXT, key=f"{own}-any")
        chosen["any_text"] = session.keep(f"{own}-any", any_text)
    return DataChoices(upload, reading, columns, **chosen)


def show_understood(
    choices: DataChoices, understand: Callable[[DataChoices], Understood], *, is_complete: bool
) -> Understood | None:
    """Show what a file comes to, read again only when a choice has changed.

    Args:
        choices: the file and how to read it.
        understand: function that reads it so.
        is_complete: whether all columns are chosen; else the first rows are shown as they stand.

    Returns:
        What it comes to; None as long as that cannot be told.
    """
    if not is_complete:
        missing = "texts" if choices.text is None else "labels"
        st.info(f"Choose the column with the {missing}.", icon=":material/arrow_upward:")
        _show_first(choices)
        return None
    kept, problem = st.session_state.get(_UNDERSTOOD, (None, None)), ""
    if kept[0] != choices:
        with st.spinner("Reading the file …"):
            try:
                kept = choices, understand(choices)
            except SentiloraError as error:
                problem = page_text(error.message, choices.upload.names)
        if not problem:
            st.session_state[_UNDERSTOOD] = kept
    if problem:
        show_error(problem)
        _show_first(choices)
        return None
    found: Understood = kept[1]
    st.markdown(f"**{plain(found.told)}**")
    for said in found.problems:
        show_error(said)
    if found.left_out and not found.skips:
        st.info(f"Tick “{page_words.SKIP_ROWS}” to go on without these rows, or mend them.")
    _show_rows(found.rows)
    for note in found.notes:
        st.caption(plain(note))
    return found


def _open(upload: Upload, own: str) -> tuple[Reading, tuple[str, ...]] | None:
    """Find the columns of a file; if that fails, say why below the boxes that may mend it."""
    try:
        reading = chosen_reading(upload, own)
        columns = session.found_once(
            ("columns", upload.key, reading), lambda: _columns_of(upload, reading)
        )
    except SentiloraError as error:
        ask_for_reading(upload, own, is_open=True)
        show_error(page_text(error.message, upload.names))
        return None
    ask_for_reading(upload, own, is_open=reading != Reading())
    return reading, columns


def _columns_of(upload: Upload, reading: Reading) -> tuple[str, ...]:
    names = tuple(open_table(upload.path, upload.name, reading).names)
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise DataError(
            f"{upload.name}: column names that occur twice: {quoted(doubled)}. Give each column "
            "its own name."
        )
    return names


def _ask_for_column(
    label: str, columns: Sequence[str], default: str | None, key: str
) -> str | None:
    """Show the columns of a file; None while none is chosen."""
    session.begin(key, default)
    column: str | None = st.selectbox(
        label, columns, index=None, placeholder="Choose a column", key=key
    )
    return session.keep(key, column)


def _ask_for_labels(
    upload: Upload, reading: Reading, label: str | None, own: str
) -> dict[str, Any]:
    """Show what the labels stand for."""
    kinds = dict[int | None, str]([(None, page_words.WORDS), *page_words.STARS.items()])
    kinds[_OTHER_SCALE] = page_words.OTHER_SCALE
    left, right = st.columns(2)
    key = f"{own}-{label}-kind"
    if key not in st.session_state:
        session.begin(key, _likely_stars(upload, reading, label))
    with left:
        stars = st.selectbox(
            page_words.LABEL_KIND,
            list(kinds),
            format_func=lambda kind: kinds[kind],
            key=key,
            help="Ratings become negative, neutral and positive. Names stay as they are.",
        )
    session.keep(key, stars)
    with right:
        names = _ask_for_words(
            page_words.LABEL_NAMES,
            f"{own}-{label}-names",
            "the file decides",
            "Such as: negative, neutral, positive. For labels that are numbers: the name of the "
            "lowest first; or 1=negative, 2=positive.",
        )
    scale = None
    if stars == _OTHER_SCALE:
        with left:
            scale = _ask_for_words(
                page_words.SCALE,
                f"{own}-{label}-scale",
                "0-10",
                "Such as 0-10, -1-1 or 0-100; 6-1 where 1 is the best.",
            )
        stars, scale = None, scale or "0-10"
    parts = tuple(part.strip() for part in names.split(",")) if names else None
    return {"stars": stars, "scale": scale, "labels": parts}


def _ask_for_words(label: str, key: str, placeholder: str, words: str) -> str:
    session.begin(key, "")
    typed: str = st.text_input(label, key=key, placeholder=placeholder, help=words)
    return session.keep(key, typed).strip()


def _show_first(choices: DataChoices) -> None:
    upload, reading, columns = choices.upload, choices.reading, choices.columns
    key = ("rows", upload.key, reading)
    _show_rows(session.found_once(key, lambda: first_rows(upload, reading, columns)))


def _show_rows(rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    shown = {name: [row.get(name) for row in rows] for name in rows[0]}
    st.caption("The first rows, as they are understood:" if "Row" in shown else "The first rows:")
    st.dataframe(
        shown,
        hide_index=True,
        column_config={
            "Row": st.column_config.NumberColumn(width="small"),
            "Text": st.column_config.TextColumn(width="large"),
        },
    )


def _likely_columns(
    upload: Upload, reading: Reading, columns: Sequence[str]
) -> tuple[str | None, str | None]:
    """Return the columns that seem to hold texts and labels: by their names, or by their values."""
    rows = first_rows(upload, reading, columns, most=LOOKED_AT)
    values = {name: [row[name] for row in rows] for name in columns}
    try:
        text: str | None = find_text_column(columns, None, upload.name)
    except DataError:
        text = likely_text(values)
    usual = [name for known in (LABEL_NAMES, MORE_LABEL_NAMES) for name in known]
    folded = {fold_name(name): name for name in columns if name != text}
    named = next((folded[name] for name in usual if name in folded), None)
    return text, named or likely_label(values, [text] if text is not None else [])


def _likely_stars(upload: Upload, reading: Reading, label: str | None) -> int | None:
    """Return the highest rating that a column called a rating seems to have."""
    if label is None or fold_name(label) not in RATING_NAMES:
        return None
    values = [row[label] for row in first_rows(upload, reading, (label,), most=LOOKED_AT)]
    numbers = [float(value) for value in values if _NUMBER.fullmatch(str(value))]
    if not numbers:
        return None
    if min(numbers) < 1 or max(numbers) > 10:
        return _OTHER_SCALE
    return 5 if max(numbers) <= 5 else 10
