"""What went wrong, told on the page in the words of the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from sentilora.errors import SentiloraError
from sentilora.message import Spelling
from sentilora.ui.display.page_words import PAGE


@contextmanager
def told(spelling: Spelling = PAGE) -> Iterator[None]:
    """Show an error of the library instead of a traceback, and end the page there."""
    try:
        yield
    except SentiloraError as error:
        show_error(error.message.spelled(spelling))
        st.stop()


def show_error(message: str) -> None:
    """Show a message word by word, not as Markdown: it may quote what a user typed."""
    with st.container(key="problem"):
        st.error("That did not work.", icon=":material/error:")
        st.text(message)
