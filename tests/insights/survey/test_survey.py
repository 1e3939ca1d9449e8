"""A survey: what is asked, kept, taken back, and gone on with."""

import numpy as np
import pytest

from sentilora.errors import DataError
from sentilora.insights.feedback import Feedback
from sentilora.insights.survey.survey import Survey, labelled_shares
from sentilora.insights.survey.survey_file import read_survey
from sentilora.labels import Labels

NAMES = ("negative", "positive")


def survey(rows=20, number=50, texts=None):
    told = np.random.default_rng(0).dirichlet([1, 1], number)
    texts = texts or [f"text {place}" for place in range(number)]
    feedback = Feedback("tickets.csv", texts, np.arange(number) * 2, Labels(NAMES))
    return Survey(feedback, told, rows, 0)


def label(one, count):
    """Label some texts by the model's answer."""
    for _ in range(count):
        index = one.next_text()
        one.answer(index, int(one.probabilities[index].argmax()))


def test_it_ends_when_the_rows_are_labelled():
    one = survey(rows=7)
    label(one, 7)
    assert one.next_text() is None
    assert len(one.labelled()) == 7


def test_what_is_written_is_read_and_gone_on_with(tmp_path):
    one = survey()
    label(one, 12)
    one.write(tmp_path / "labels.csv")
    other = survey()
    assert other.resume(tmp_path / "labels.csv") == 12
    assert other.next_text() == one.next_text()
    assert other.labelled() == one.labelled()
    kept = read_survey(tmp_path / "labels.csv")
    assert sum(text.weight for text in kept) == pytest.approx(50, rel=1e-4)
    assert {text.label for text in kept} == set(NAMES)


def test_the_last_label_or_skip_is_taken_back():
    one = survey()
    first = one.next_text()
    one.answer(first, 1)
    second = one.next_text()
    one.skip(second)
    assert one.next_text() not in (first, second)
    assert one.undo()
    assert one.next_text() == second
    assert one.undo()
    assert one.next_text() == first
    assert not one.undo()
    assert len(one) == 0


def test_a_copy_is_not_asked_again_and_undone_with_its_first():
    one = survey(rows=50, texts=["Same text"] * 25 + [f"text {place}" for place in range(25)])
    asked = []
    while (index := one.next_text()) is not None:
        asked.append(one.feedback.texts[index])
        one.answer(index, 0)
    assert len(asked) == len(set(asked)) == 26
    assert len(one) == 50
    while one.undo():
        pass
    assert len(one) == 0


def test_shares_are_told_from_ten_labels_on():
    one = survey()
    label(one, 9)
    assert one.shares() is None
    label(one, 1)
    shares = one.shares()
    assert list(shares) == list(NAMES)
    assert all(share.low <= share.value <= share.high for share in shares.values())
    assert sum(one.counted().values()) == pytest.approx(1)


def test_labels_of_other_texts_are_refused(tmp_path):
    one = survey()
    label(one, 10)
    one.write(tmp_path / "labels.csv")
    other = survey(texts=[f"other {place}" for place in range(50)])
    with pytest.raises(DataError, match=r"row \d+ of tickets.csv holds another text.*10 of 10"):
        other.resume(tmp_path / "labels.csv")
    kept = read_survey(tmp_path / "labels.csv")
    feedback = Feedback("tickets.csv", one.feedback.texts, one.feedback.rows, Labels(("a", "b")))
    with pytest.raises(DataError, match=r"label '(nega|posi)tive' is none of a, b"):
        labelled_shares(kept, feedback, one.probabilities, "labels.csv")


def test_another_file_is_refused(tmp_path):
    path = tmp_path / "reviews.csv"
    path.write_text("text,label\ngood,positive\n")
    with pytest.raises(DataError, match="holds no labels of a survey: it has no column 'row'"):
        read_survey(path)
    path.write_text("text,label,row,weight,group\ngood,positive,x,1,1\n")
    with pytest.raises(DataError, match="holds no labels of a survey"):
        read_survey(path)
