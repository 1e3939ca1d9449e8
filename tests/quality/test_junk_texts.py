from __future__ import annotations

import pytest

from sentilora.quality.junk_texts import boilerplate, junk_reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("asdfgh jklqwert", "looks like keys hit at random"),
        ("sdfkjghdkfjgh", "looks like keys hit at random"),
        *((text, "punctuation alone") for text in ("?!... --", "***", "--", "(...)", ">>", "[ ]")),
        ("https://example.com/a?b=1 www.example.com", "links alone"),
        ("lol lol lol lol lol lol lol lol lol lol ", "“lol” again and again"),
    ],
)
def test_junk(text, reason):
    assert junk_reason(text) == reason


@pytest.mark.parametrize(
    "text",
    [
        "👍",
        *(":)", "(:", ":*", ";-)", ":'(", "^^", "^_^", "-_-", ">.<", "=]", ":\\", "<3"),
        "Hmmmmmm",
        "ok",
        "property were trees assess",
        "rhythm & strengths",
        "5/5",
        "Отлично",
        "とても良い",
        "see https://example.com, it says all",
        "soooooooooo good",
    ],
)
def test_short_texts_that_say_something(text):
    assert junk_reason(text) is None


def test_a_text_of_nothing_but_what_many_share_is_boilerplate():
    form = "This review was collected as part of a promotion."
    texts = [f"Word {number} of my own. {form}" for number in range(12)]
    found = boilerplate([*texts, f"{form} {form}", "Nothing shared, all of it is written by me."])
    assert found == {12: form}
