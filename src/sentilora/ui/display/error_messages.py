"""What went wrong, told on the page in the words of the page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from sentilora.errors import SentiloraError
from sentilora.message import Message
from sentilora.ui.display.page_words import PAGE

Names = Mapping[Path, str]  # what a visitor calls the files that lie in our folders


@contextmanager
def told(names: Names | None = None) -> Iterator[None]:
    """Show an error of the library instead of a traceback, and end the page there."""
    try:
        yield
    except SentiloraError as error:
        show_error(page_text(error.message, names))
        st.stop()


def page_text(message: str, names: Names | None = None) -> str:
    """Write a message in the words of the page, with files by the names that a visitor knows."""
    text = message.spelled(PAGE) if isinstance(message, Message) else message
    for path, name in (names or {}).items():
        for spelling in dict.fromkeys((str(path.resolve()), str(path))):
            text = text.replace(spelling, name)
    return text


def show_error(message: str) -> None:
    """Show a message word by word, not as Markdown: it may quote what a user typed."""
    # Two problems on one page need two keys; the style sheet knows how both begin.
    key = hashlib.sha256(message.encode("utf-8", "replace")).hexdigest()[:8]
    with st.container(key=f"problem-{key}"):
        st.error("That did not work.", icon=":material/error:")
        st.text(message)
