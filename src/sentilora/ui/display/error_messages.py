"""What went wrong, told on the page in the words of the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from sentilora.errors import SentiloraError

# The library's messages name options of the command line; these are the same things on a page.
_ON_THE_PAGE = (
    ("with --skip-bad-rows", "by ticking “Skip rows without a text”"),
    ("--skip-bad-rows", "“Skip rows without a text”"),
    ("Choose one with --text ", "Choose it under “Column with the texts”, for instance "),
    ("Choose one with --label ", "Choose it under “Column with the labels”, for instance "),
    ("Choose the column with the texts with --text NAME", "Choose another column with the texts"),
)


@contextmanager
def told() -> Iterator[None]:
    """Show an error of the library instead of a traceback, and end the page there."""
    try:
        yield
    except SentiloraError as error:
        show_error(str(error))
        st.stop()


def show_error(message: str) -> None:
    """Show a message word by word, not as Markdown: it may quote what a user typed."""
    with st.container(key="problem"):
        st.error("That did not work.", icon=":material/error:")
        st.text(on_the_page(message))


def on_the_page(message: str) -> str:
    """Put the page's names in the place of options of the command line."""
    for option, words in _ON_THE_PAGE:
        message = message.replace(option, words)
    return message
