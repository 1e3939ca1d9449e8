"""What a model got wrong, and whose labels look mistaken."""

import numpy as np
import pytest

from sentilora.evaluation.baselines import Baseline
from sentilora.evaluation.mistakes import MOST_CHARACTERS, find_mistakes
from sentilora.evaluation.report_parts.mistake_part import MistakePart
from sentilora.labels import Labels

LABELS = Labels(("negative", "positive"))
TEXTS = ["good", "bad", "great", "so so", "awful"]
TRUTH = np.array([1, 0, 0, 1, 0])
PROBABILITIES = np.array([[0.1, 0.9], [0.8, 0.2], [0.03, 0.97], [0.55, 0.45], [0.9, 0.1]])


def found(shown=20, baselines=None, probabilities=PROBABILITIES, texts=TEXTS):
    rows = np.arange(1, len(texts) + 1)
    return find_mistakes(
        texts, rows, TRUTH, probabilities, LABELS, baselines=baselines, shown=shown
    )


def answers(name, labels):
    return {name: Baseline(name, "", np.eye(2)[labels], 0.0)}


def test_the_surest_wrong_answer_comes_first_with_its_row():
    part = found()
    assert [(one.row, one.text, one.label, one.answer, one.score) for one in part.shown] == [
        (3, "great", "negative", "positive", 0.97),
        (4, "so so", "positive", "negative", 0.55),
    ]
    assert part.wrong == 2


def test_a_label_is_doubtful_where_the_answer_is_as_sure_as_it_is_when_the_label_is_right():
    # Answers "positive" to rows labelled so have 0.675 on average, "negative" 0.577.
    part = found(baselines=answers("frozen", [1, 0, 1, 0, 0]))
    assert [one.is_label_doubtful for one in part.shown] == [True, False]
    assert part.doubtful == 1


@pytest.mark.parametrize(("third", "doubtful"), [(1, 1), (0, 0)])
def test_a_baseline_that_learned_from_texts_has_to_agree(third, doubtful):
    assert found(baselines=answers("tfidf", [1, 0, third, 0, 0])).doubtful == doubtful


def test_the_majority_class_has_no_say():
    learner = answers("tfidf", [1, 0, 1, 0, 0])
    assert found(baselines={**learner, **answers("majority", [0] * 5)}).doubtful == 1


def test_without_a_baseline_that_learned_no_label_is_doubted():
    assert found(baselines=answers("majority", [1] * 5)).doubtful == 0
    assert found().doubtful == 0


def test_no_more_are_shown_than_asked_for_and_all_are_counted():
    part = found(shown=1)
    assert len(part.shown) == 1
    assert part.wrong == 2


def test_a_long_text_is_cut_and_stands_on_one_line():
    part = found(texts=["good", "bad", "a\n" * 900, "so so", "awful"])
    assert len(part.shown[0].text) <= MOST_CHARACTERS
    assert part.shown[0].text.endswith("a…")
    assert "\n" not in part.shown[0].text


def test_a_label_that_the_file_lacks_is_never_doubted():
    three = Labels(("negative", "neutral", "positive"))
    probabilities = np.array([[0.1, 0.1, 0.8], [0.1, 0.8, 0.1]])
    part = find_mistakes(
        ["a", "b"], np.array([1, 2]), np.array([2, 2]), probabilities, three, shown=5
    )
    assert (part.wrong, part.doubtful) == (1, 0)


def test_json_and_back():
    part = found()
    assert MistakePart.from_dict(part.to_dict()) == part
