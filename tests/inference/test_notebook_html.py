"""What notebooks show of answers: nothing of a text is code, and no colour speaks alone."""

import re

import pandas as pd

from sentilora.inference.explanation import Explanation, WordContribution
from sentilora.inference.prediction import Prediction


def test_an_answer_has_a_bar_with_a_figure_for_each_label():
    shares = {"negative": 0.1, "<b>": 0.9}
    shown = Prediction("<b>", 0.9, shares, None, truncated=True, abstained=True)._repr_html_()
    assert "<b>&lt;b&gt;</b> 90.0\xa0%, longer than the model reads, below the threshold" in shown
    assert re.findall(r"width:([\d.]+)%", shown) == ["10.0", "90.0"]
    assert "10.0\xa0%" in shown
    blind = Prediction("<b>", 0.9, shares, None, abstained=True, unknown=1.0)._repr_html_()
    assert "nothing of it is known" in blind
    assert "threshold" not in blind


def test_words_are_marked_by_sign_and_line():
    words = (
        WordContribution("<i>good</i>", 0, 11, 1.5),
        WordContribution("but", 12, 15, 0.0),
        WordContribution("慢", 16, 17, -0.75),
        WordContribution("慢", 17, 18, -0.7),
    )
    explained = Explanation("positive", 0.8, 1.4, 0.1, words, "occlusion", None, truncated=True)
    shown = explained._repr_html_()
    assert "&lt;i&gt;good&lt;/i&gt;<sub>+1.50</sub></span> but <span" in shown
    assert "dashed" in shown
    assert "<sub>−0.75</sub></span><span" in shown
    assert "by occlusion. The text was longer than the model reads." in shown


def test_text_keeps_the_colour_of_the_notebook(model):
    for shown in (model.explain("a good film")._repr_html_(), model("bad")._repr_html_()):
        assert not re.search(r"[\"; ]color:", shown)
        assert "rgba(" in shown


def test_answers_are_shown_as_a_table(model):
    texts = pd.Series(["a good film", "a bad film"], index=["x", "y"])
    shown = model.predict(texts)._repr_html_()
    assert "<th>probability_positive</th>" in shown
    assert "<th>y</th>" in shown
