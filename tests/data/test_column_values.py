from __future__ import annotations

import pytest

from sentilora.data.column_values import likely_label, likely_text, no_texts

TEXTS = [f"the lamp number {i} broke after a week" for i in range(40)]
COLUMNS = {
    "id": [str(i) for i in range(40)],
    "date": [f"2026-01-{1 + i % 28:02}" for i in range(40)],
    "shop": ["north" if i % 3 else "south" for i in range(40)],
    "words": TEXTS,
    "mood": ["pos" if i % 2 else "neg" for i in range(40)],
    "empty": [None] * 40,
    "nested": [{"a": i} for i in range(40)],
}


def test_the_likely_text_is_long_and_varied():
    assert likely_text(COLUMNS) == "words"
    assert likely_text(COLUMNS, taken=["words"]) is None
    assert likely_text({}) is None


def test_the_likely_label_has_few_values_sentiments_first():
    assert likely_label(COLUMNS) == "mood"
    assert likely_label(COLUMNS, taken=["mood"]) == "shop"
    assert likely_label({name: COLUMNS[name] for name in ("id", "date", "words", "empty")}) is None


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ([str(i) for i in range(30)], "are numbers or dates"),
        ([f"2026-11-{1 + i % 28:02}T10:00:00Z" for i in range(30)], "are numbers or dates"),
        ([f"12.{1 + i % 12}.2026 10:30" for i in range(30)], "are numbers or dates"),
        ([f"user_{i}" for i in range(30)], "are single words"),
        (["great"] * 29 + ["really good"], "are single words"),
    ],
)
def test_what_is_hardly_a_text_is_told(texts, said):
    assert said in no_texts(texts)


@pytest.mark.parametrize(
    "texts",
    [
        TEXTS,
        ["great"] * 19,  # too few to say
        ["great"] * 25 + ["really good"] * 5,
        ["ดีมากครับสินค้าส่งเร็ว"] * 30,
        ["とても良い商品です"] * 30,
        ["😍😍"] * 30,
    ],
)
def test_texts_are_not_doubted(texts):
    assert no_texts(texts) is None
