from __future__ import annotations

import pytest

from sentilora.data.text_cells import cell_problem
from sentilora.data.text_entries import entry_problem
from sentilora.data.visible import is_visible

UNSEEN = [
    "\u200b",
    "\ufeff",
    "\u2800",
    "\u00ad",
    " \u200d\u200e ",
    "\u3164",
    "\u2060\ufe0f",
    "\u180e",
]


@pytest.mark.parametrize("text", UNSEEN)
def test_what_nobody_sees_is_no_text(text):
    assert not is_visible(text)
    assert cell_problem(text) == "nothing but characters that nobody sees"
    assert entry_problem(text) == "holds nothing but characters that nobody sees"


@pytest.mark.parametrize("text", ["a", ".", "🙂", "\u200ba", "ไ", "⠁", "…", "👩\u200d💻"])
def test_anything_to_be_seen_is_a_text(text):
    assert is_visible(text)
    assert entry_problem(text) is None


def test_nothing_is_still_called_empty():
    assert (cell_problem(" "), entry_problem("")) == ("empty text", "is empty")
