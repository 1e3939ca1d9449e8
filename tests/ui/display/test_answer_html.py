"""Answers as HTML: escaped, and told by words and signs as well as by colour."""

import re

import pytest

from sentilora.inference.explanation import Explanation, WordContribution
from sentilora.inference.prediction import Prediction
from sentilora.ui.display.answer_html import (
    paint_bars,
    paint_confusion,
    paint_headline,
    paint_legend,
    paint_table,
    paint_tiles,
    paint_words,
)

EVIL = '<img src=x onerror=alert(1)> & "quotes"'


def explanation(text, values, label="positive"):
    words = [
        WordContribution(found[0], found.start(), found.end(), value)
        for found, value in zip(re.finditer(r"\S+", text), values, strict=True)
    ]
    return Explanation(label, 0.9, 1.0, 0.0, tuple(words), "occlusion", None, truncated=False)


def test_words_keep_the_text_and_show_sign_and_size():
    text = "not  so\n bad , really"
    html = str(paint_words(text, explanation(text, [-2.0, 0.01, 1.0, 0.0, 0.5])))
    assert re.sub(r"<small>.*?</small>|<[^>]+>", "", html) == text
    (against,) = re.findall(r'<span class="sl-word sl-against"[^>]*>not<small>−2.00</small>', html)
    assert "--heat:1.00" in against
    assert 'sl-word sl-for" style="--heat:0.50" title="+1.00">bad<small>+1.00' in html
    assert ">so" not in html  # contributes next to nothing: plain


def test_what_the_model_did_not_read_stays_plain():
    read = explanation("good", [1.0])
    html = paint_words(f"good {EVIL}", read)
    assert html.count("sl-word ") == 1
    assert "<img" not in html
    assert "&lt;img" in html
    assert html.endswith("&#34;quotes&#34;</p>")


@pytest.mark.parametrize(
    "html",
    [
        paint_words(EVIL, explanation(EVIL, [1.0] * len(EVIL.split()))),
        paint_words(EVIL, explanation(EVIL, [0.0] * len(EVIL.split()))),
        paint_legend(explanation("a", [1.0], label=EVIL)),
        paint_headline(Prediction(EVIL, 0.9, {EVIL: 0.9, "b": 0.1}, None), EVIL),
        paint_headline(Prediction(EVIL, 0.4, {EVIL: 0.4, "b": 0.6}, None, abstained=True), EVIL),
        paint_bars({EVIL: 0.9, "b": 0.1}, EVIL),
        paint_table([EVIL], [[EVIL], [(EVIL, EVIL)]], caption=EVIL),
        paint_tiles([{"name": EVIL, "value": EVIL, "note": EVIL}]),
        paint_confusion([[1, 2], [3, 4]], [EVIL, "b"], EVIL),
    ],
)
def test_nothing_that_a_user_typed_becomes_html(html):
    assert "<img" not in html
    assert "&lt;img" in html
    assert '"quotes"' not in html


def test_bars_have_figures_and_mark_the_answer():
    html = paint_bars({"negative": 0.25, "positive": 0.75}, "positive")
    assert re.findall(r"width:([\d.]+)%", html) == ["25.0", "75.0"]
    assert re.findall(r'sl-figure">([^<]+)', html) == ["25.0 %", "75.0 %"]
    assert re.findall(r'sl-chosen"><span class="sl-name">([^<]+)', html) == ["positive"]


def test_a_confusion_matrix_says_how_many_and_which_share():
    html = paint_confusion([[3, 1], [0, 0]], ["a", "b"], "m")
    assert re.findall(r'<td class="([^"]+)"[^>]*>(\d+)<small>(\d+ %)', html) == [
        ("sl-right", "3", "75 %"),
        ("sl-wrong", "1", "25 %"),
        ("sl-wrong", "0", "0 %"),
        ("sl-right", "0", "0 %"),
    ]


def test_an_answer_that_is_not_sure_looks_and_reads_otherwise():
    sure = paint_headline(
        Prediction("positive", 0.97, {"negative": 0.03, "positive": 0.97}, 0.94), ""
    )
    unsure = paint_headline(
        Prediction("positive", 0.55, {"negative": 0.45, "positive": 0.55}, 0.1, abstained=True), ""
    )
    assert 'sl-label">positive<' in sure
    assert "sl-open" not in sure
    assert 'sl-label">not sure<' in unsure
    assert "most likely positive, 55.0 %" in unsure
    assert "sl-open" in unsure
