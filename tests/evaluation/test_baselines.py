"""What the model is compared with."""

import numpy as np
import pytest

from sentilora.errors import ConfigError
from sentilora.evaluation.baselines import run_baselines
from sentilora.labels import BINARY, TERNARY, Labels

GOOD = ["a lovely film", "great and lovely", "a great cast", "simply great", "lovely story"]
BAD = ["an awful film", "boring and awful", "a boring cast", "simply awful", "boring story"]
TEXTS = GOOD + BAD
IDS = np.array([1] * 5 + [0] * 5)


def run(
    names, *, train=TEXTS, ids=IDS, test=("a great story", "an awful story"), labels=BINARY, **more
):
    return run_baselines(names, train, ids, list(test), Labels(labels), **more)


def features(texts):
    """Two telling columns, one constant."""
    rows = [[text.count("great") + text.count("lovely"), text.count("w"), 1.0] for text in texts]
    return np.array(rows, dtype=np.float32)


def test_all_baselines_answer_with_probabilities():
    done, skipped = run(["majority", "vader", "tfidf", "frozen"], features=features)
    assert not skipped
    assert list(done) == ["majority", "vader", "tfidf", "frozen"]
    for name, baseline in done.items():
        assert baseline.name == name
        assert baseline.what
        assert baseline.probabilities.shape == (2, 2)
        assert baseline.probabilities.dtype == np.float64
        assert baseline.probabilities.sum(axis=1) == pytest.approx([1, 1])
    for name in ("vader", "tfidf", "frozen"):
        assert done[name].probabilities.argmax(axis=1).tolist() == [1, 0]


def test_majority_answers_the_shares_of_the_train_part():
    done, _ = run(
        ["majority"], train=["x"] * 8, ids=np.array([0, 2, 2, 2, 2, 2, 2, 1]), labels=TERNARY
    )
    assert done["majority"].probabilities[0] == pytest.approx([2 / 11, 2 / 11, 7 / 11])
    assert done["majority"].what == "always the most frequent label, positive"


def test_vader_of_three_labels_keeps_its_customary_thresholds():
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    texts = [*GOOD, *BAD, "The parcel came on Tuesday.", "good but bad", "not bad", "okay, I guess"]
    done, _ = run(["vader"], test=texts, labels=TERNARY)
    score = SentimentIntensityAnalyzer().polarity_scores
    compounds = [score(text)["compound"] for text in texts]
    expected = [2 if c >= 0.05 else 0 if c <= -0.05 else 1 for c in compounds]
    assert done["vader"].probabilities.argmax(axis=1).tolist() == expected
    assert set(expected) == {0, 1, 2}


@pytest.mark.parametrize(("ids", "side"), [([0] * 6 + [1] * 4, 0), ([0] * 4 + [1] * 6, 1)])
def test_vader_of_two_labels_gives_unknown_words_to_the_majority(ids, side):
    done, _ = run(["vader"], ids=np.array(ids), test=["The parcel came on Tuesday."])
    assert done["vader"].probabilities.argmax(axis=1).tolist() == [side]
    assert done["vader"].probabilities[0] == pytest.approx([0.5, 0.5], abs=1e-3)


def test_vader_reads_a_negation_with_the_apostrophe_of_phones():
    done, _ = run(["vader"], test=["It isn't good.", "It isn’t good."])
    plain, typed = done["vader"].probabilities
    assert plain.argmax() == 0
    assert typed == pytest.approx(plain)


def test_vader_follows_the_labels_own_order():
    done, _ = run(["vader"], ids=1 - IDS, labels=("positive", "negative"))
    assert done["vader"].probabilities.argmax(axis=1).tolist() == [0, 1]


@pytest.mark.parametrize("labels", [("1", "2", "3", "4", "5"), ("sport", "politics")])
def test_vader_is_skipped_where_it_does_not_fit(labels):
    done, skipped = run(["vader", "majority"], labels=labels)
    assert list(done) == ["majority"]
    assert "negative, neutral and positive only" in skipped["vader"]


def test_what_cannot_be_fitted_is_skipped_with_a_reason():
    _, skipped = run(["tfidf", "frozen"], train=["?", "!"], ids=np.array([0, 1]))
    assert "no words to count" in skipped["tfidf"]
    assert "no encoder" in skipped["frozen"]
    _, skipped = run(["tfidf", "frozen"], ids=np.zeros(10, int), features=features)
    assert skipped == dict.fromkeys(
        ["tfidf", "frozen"], "the train part has rows of one label only"
    )


def test_a_label_without_train_rows_gets_probability_zero():
    done, _ = run(["tfidf"], ids=IDS * 2, labels=TERNARY)
    assert done["tfidf"].probabilities[:, 1].tolist() == [0, 0]


def test_class_weights_favour_the_rare_label():
    texts, ids = [*GOOD, *BAD[:2]], np.array([1] * 5 + [0] * 2)
    weighted, _ = run(
        ["frozen"], train=texts, ids=ids, features=features, class_weights=np.array([3.0, 1.0])
    )
    plain, _ = run(["frozen"], train=texts, ids=ids, features=features)
    assert (weighted["frozen"].probabilities[:, 0] > plain["frozen"].probabilities[:, 0]).all()


def test_the_same_seed_gives_the_same_answers():
    first, _ = run(["vader", "tfidf", "frozen"], features=features, seed=3)
    again, _ = run(["vader", "tfidf", "frozen"], features=features, seed=3)
    for name, baseline in first.items():
        assert np.array_equal(baseline.probabilities, again[name].probabilities)


def test_an_unknown_baseline_is_an_error():
    with pytest.raises(ConfigError, match=r"'tf-idf'.*Choose from majority, vader, tfidf, frozen"):
        run(["tf-idf"])
