"""Texts and replies are escaped, and what is marked stands out."""

from sentilora.monitoring.replies.word_lists import WordList
from sentilora.ui.display.draft_html import marked_lines, paint_marked, paint_message

NEVER = WordList(["refund", "money back"])


def test_what_is_marked_stands_out_and_html_is_text():
    text = "<b>A refund</b> & more"
    places = [(one.start, one.end) for one in NEVER.marks(text)]
    html = str(paint_marked(text, places, 'a "name"'))
    assert html.endswith(">&lt;b&gt;A <mark>refund</mark>&lt;/b&gt; &amp; more</p>")
    assert 'aria-label="a &#34;name&#34;"' in html
    assert "<i>" not in str(paint_message("<i>", "a"))


def test_only_the_lines_with_marks_are_shown():
    text = "Hello,\n\nyou get a refund,\r\na refund!\nAnd your money\nback.\nBye"
    kept, places = marked_lines(text, NEVER.marks(text))
    assert kept == "you get a refund,\r\na refund!\nAnd your money\n"
    assert [kept[start:end] for start, end in places] == ["refund", "refund", "money\n"]
    assert marked_lines(text, []) == ("", [])
