from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentilora.data.labelled.values.label_spellings import fold, is_missing, join_spellings

WORDS = [
    *("nan", "NaN", "None", "NULL", "null", "N/A", "n/a", "NA", "#N/A", "<NA>"),
    *("-", "--", "—", "?", "NaT", "nil"),
]


@pytest.mark.parametrize("value", [*WORDS, " nan ", "\u200bnull"])
def test_words_for_none_are_missing(value):
    assert is_missing(value)


@pytest.mark.parametrize("value", ["no", "nana", "n", "0", "none of it", "--- great ---", 0, None])
def test_other_values_are_not(value):
    assert not is_missing(value)


def test_spellings_of_one_label_have_its_most_frequent_name():
    tally = {"Refund": 3, "refund": 5, "REFUND ": 1, "praise": 2, "pr\u200baise": 1}
    joined = join_spellings(tally)
    assert {joined[value] for value in ("Refund", "refund", "REFUND ")} == {"refund"}
    assert joined["pr\u200baise"] == "praise"


@given(
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8),
    st.sampled_from(["\u200b", "\u2060", "\ufeff", " ", ""]),
    st.sampled_from(["NFC", "NFD", "NFKC"]),
)
def test_unseen_characters_spaces_and_forms_make_no_other_label(name, unseen, form):
    assert fold(unicodedata.normalize(form, name) + unseen) == fold(name)
