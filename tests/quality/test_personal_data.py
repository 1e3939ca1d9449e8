from __future__ import annotations

import pytest

from sentilora.quality.personal_data import CARD, EMAIL, PHONE, find_personal, masked


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("write to jane.doe+shop@mail.example.co.uk, please", [EMAIL]),
        ("call +44 20 7946 0958 or 030 1234567", [PHONE, PHONE]),
        ("my number is (555) 010-4477", [PHONE]),
        ("they call me at 555-010-4477 daily", [PHONE]),
        ("paid with 4111 1111 1111 1111", [CARD]),
        ("paid with 5500000000000004.", [CARD]),
    ],
)
def test_what_looks_like_personal_data(text, kinds):
    assert [one.kind for one in find_personal(text)] == kinds
    assert find_personal(masked(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "ordered on 24.11.2026, came 02-12-2026",
        "cost 1,299.00 instead of 1499 €",
        "ISBN 978-3-16-148410-0",
        "paid with 4111 1111 1111 1112",  # fails Luhn's check
        "scored 10/10, watched 2 hours 15 minutes in 1984",
        "@airline lost my bag #2 at 10:30",
        "version 2.0.14.3 of 0000 0000 0000 0000",
        f"transaction 00{'1' * 90}abc",  # not tried in millions of ways
        f"+{'1 ' * 60}a",
    ],
)
def test_what_does_not(text):
    assert find_personal(text) == []
    assert masked(text) == text


def test_what_is_masked_can_still_be_told_apart():
    text = "jane@shop.example 4111 1111 1111 1111 end"
    assert masked(text) == "j•••@s••• •••• •••• •••• ••11 end"
