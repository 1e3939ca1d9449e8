"""Names and notes where Streamlit expects Markdown: shown as they are written."""

from __future__ import annotations

import re

# Streamlit's Markdown knows formulas ($), icons and colours (:name:) and links beside the usual.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~$:])")


def plain(text: str) -> str:
    """Return Markdown that shows the text, character by character."""
    return _SPECIAL.sub(r"\\\1", text)
