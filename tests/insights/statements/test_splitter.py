"""Statements of reviews: hard cases by hand, and spans that lose nothing."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentilora.insights.statements.splitter import MOST_CHARACTERS, MOST_WORDS, split, split_all

# Texts and their statements, parted by | . Written for this test.
SENTENCES = """
Great phone.|Battery lasts long.
Great!|I love it
Love it!!|Best app ever
It works !!! :)|Will buy again
Works well 👍|
Worked for a day 😀|
Wonderful stay.😀|Will come back.
Good.|Good.|Good.
great product.|works fine.|would buy again
Mr. Smith paid $3.50.|He left.
I saw Dr. J. K. Rowling at 5 p.m. today.|She waved.
So do I.|He left.
It cost 5.|I returned it.
Version 2.1.3 broke it.|Please fix v2.2
No.|I would not.
Room No. 5 was cold.|Nobody came.
Bring towels, shampoo etc. as they have none.
They sell nuts, oil, etc.|I bought none.
Use a charger (e.g. mine).|It is quick, i.e. two hours.
Wait... what?|no way
I waited...|Nobody came.
"Why?" he asked.|Nobody knew.
He said "never again."|I agree.
(It broke.)|Then it rang.
Visit www.Amazon.com today.|It is at https://a.b.Co/x now.
Write to me@shop.Com please.|Thanks!
Why?|Because.
What?!|Really
The room was cold.|2. The food was bad.
approx. five days.|Then silence.
Delivered by U.S. Mail in Jan. 2026.|Fine.
It is 5 ft. tall.|It fell.
This is it.|i mean it.|it works
질문입니다.|네
質問です。|はい！|ありがとう
5/5
!!!
Bought on 24.11.2026 for 3.99.|Broke on 25.11.
Node.js and e.g.this one.
Ph.D. students get it free.
The seller (Inc. listed) was kind.
"""
CLAUSES = """
The staff were kind|but the room was dirty and cold.
The screen is bright|But the battery dies by noon.
Although the room was small|the staff were great.
I liked the film a lot|however the ending was weak
Cheap and quick, not only cheap but also good
Nothing but trouble with this app
We had to wait for hours, but fine
Good|
I loved the old one|though the new one is slow
The delivery was quick|yet the box was open and wet
Quick but loud
"""


def listed(cases):
    lines = [line for line in cases.strip().splitlines() if line]
    return [tuple(part for part in line.split("|") if part) for line in lines]


def statements(text):
    return tuple(text[start:end] for start, end in split(text))


@pytest.mark.parametrize("parts", listed(SENTENCES), ids=" ".join)
def test_sentences_end_where_people_end_them(parts):
    text = " ".join(parts)
    for glue in (".B", "!I", ".😀", "!!B"):  # written without a space
        head, tail = glue[:-1], glue[-1]
        text = text.replace(f"{head} {tail}", glue) if text.count(f"{head} {tail}") == 1 else text
    expected = tuple(re.sub(r"^\d\. ", "", part) for part in parts)
    assert statements(text) == expected


@pytest.mark.parametrize("parts", listed(CLAUSES), ids=" ".join)
def test_clauses_part_where_but_turns_the_mood(parts):
    text = ", ".join(parts) if parts[-1][0].islower() else ". ".join(parts)
    assert statements(text) == tuple(part for part in parts) or statements(text) == tuple(
        f"{part}." if index < len(parts) - 1 else part for index, part in enumerate(parts)
    )


def test_lines_and_lists_end_sentences():
    assert statements("- slow to load\n- ugly\n\n* loud") == ("slow to load", "ugly", "loud")
    assert statements("1. The room was cold. 2. The food was bad.") == (
        "The room was cold.",
        "The food was bad.",
    )
    assert statements("Great film.<br /><br />I cried<br>Twice") == (
        "Great film.",
        "I cried",
        "Twice",
    )


def test_texts_without_a_stop_are_parted_all_the_same():
    text = "and then it broke " * 200
    found = statements(text)
    assert max(len(one.split()) for one in found) <= MOST_WORDS
    assert " ".join(found) == text.strip()


def test_texts_of_no_words_are_one_statement():
    assert statements("😀😀") == ("😀😀",)
    assert statements("...") == ("...",)
    assert statements(" ,,; ") == (",,;",)
    assert [len(column) for column in split_all(["   ", ",", "ok"])] == [2, 2, 2]


def test_only_the_start_of_a_book_is_read():
    found = split("It broke. " * 500_000)
    assert found[-1][1] <= MOST_CHARACTERS


@pytest.mark.parametrize("text", [" " * 30_000, "!" * 30_000, ", but " * 1000, "a " * 9000 + "b"])
def test_no_text_takes_long(text):
    start = time.process_time()
    split(text)
    assert time.process_time() - start < 5  # not a matter of speed, but of squares


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "Great",
                "phone",
                "but",
                "However",
                "Mr.",
                "5",
                ".",
                "!",
                "?",
                "...",
                ",",
                "\n",
                " ",
                "  ",
                "- ",
                "😀",
                ":)",
                "I",
                "although",
                "e.g.",
                "3.5",
                "<br />",
                "(",
                '"',
                "é",
                "。",
            ]
        )
    ).map("".join)
    | st.text()
)
def test_nothing_is_lost_between_statements(text):
    if not text.strip():
        return
    spans = split(text)
    assert spans
    end = 0
    for start, stop in [*spans, (len(text), len(text))]:
        assert end <= start <= stop
        gap = re.sub(r"<br\s*/?>|\(?\d{1,2}[.)]", "", text[end:start])
        assert re.search(r"[^\W_]", gap) is None, (text, spans)
        end = stop


def test_all_texts_at_once():
    index, start, end = split_all(["It broke. It rang.", "Fine", "😀"])
    assert index.tolist() == [0, 0, 1, 2]
    assert (start.tolist(), end.tolist()) == ([0, 10, 0, 0], [9, 18, 4, 1])
