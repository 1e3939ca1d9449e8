"""The estimator behaves in scikit-learn as its own do: cloned, pickled, crossed, searched."""

import copy
import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_classifier
from sklearn.exceptions import NotFittedError, SkipTestWarning
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import estimator_checks
from sklearn.utils.validation import check_is_fitted

import sentilora
from sentilora.errors import ConfigError, DataError
from sentilora.estimator import SentimentClassifier
from tests.helpers.texts import make_texts

ROWS = make_texts(80)
TEXTS, LABELS = map(list, zip(*ROWS, strict=True))

# Checks of scikit-learn that need no table of numbers.
CHECKS = [
    estimator_checks.check_estimator_cloneable,
    estimator_checks.check_estimator_tags_renamed,
    estimator_checks.check_valid_tag_types,
    estimator_checks.check_estimator_repr,
    estimator_checks.check_no_attributes_set_in_init,
    estimator_checks.check_mixin_order,
    estimator_checks.check_do_not_raise_errors_in_init_or_set_params,
    estimator_checks.check_parameters_default_constructible,
    estimator_checks.check_get_params_invariance,
    estimator_checks.check_set_params,
]


@pytest.fixture(scope="module")
def make(tiny_base):
    """Make estimators that learn in a second."""

    def make_estimator(**params):
        settings = {"batch_rows": 16, "precision": "fp32"}
        small = {"epochs": 6, "max_tokens": 32, "rank": 4, "learning_rate": 5e-3, "device": "cpu"}
        return SentimentClassifier(str(tiny_base), settings=settings, **{**small, **params})

    return make_estimator


@pytest.fixture(scope="module")
def fitted(make):
    return make().fit(pd.Series(TEXTS), np.array(LABELS))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_check_of_scikit_learn_that_needs_no_numbers_passes(check):
    check("SentimentClassifier", SentimentClassifier())


def test_scikit_learn_knows_that_texts_are_no_tables_of_numbers():
    with pytest.warns(SkipTestWarning, match="Can't test estimator SentimentClassifier"):
        done = estimator_checks.check_estimator(SentimentClassifier())
    assert [one["status"] for one in done] == ["passed"]
    assert is_classifier(SentimentClassifier())


def test_it_learns_and_answers_in_the_labels_that_it_was_given(fitted):
    assert fitted.classes_.tolist() == ["negative", "positive"]
    probabilities = fitted.predict_proba(TEXTS)
    assert probabilities.shape == (80, 2)
    assert np.allclose(probabilities.sum(axis=1), 1)
    answers = fitted.predict(np.array(TEXTS, dtype=object)[:, None])
    assert answers.tolist() == fitted.classes_[probabilities.argmax(axis=1)].tolist()
    assert fitted.predict(pd.DataFrame({"any": TEXTS})).tolist() == answers.tolist()
    assert fitted.score(TEXTS, LABELS) > 0.8
    assert fitted.model_.explain(TEXTS[0]).words


def test_the_order_of_texts_is_that_of_the_answers(fitted):
    assert np.allclose(fitted.predict_proba(TEXTS[::-1])[::-1], fitted.predict_proba(TEXTS))


def test_a_fitted_estimator_travels_with_its_weights(fitted):
    for again in (pickle.loads(pickle.dumps(fitted)), copy.deepcopy(fitted)):
        check_is_fitted(again)
        assert np.array_equal(again.predict_proba(TEXTS), fitted.predict_proba(TEXTS))
        assert again.get_params() == fitted.get_params()


def test_a_clone_is_not_fitted(fitted):
    fresh = clone(fitted)
    assert fresh.get_params() == fitted.get_params()
    with pytest.raises(NotFittedError, match="SentimentClassifier is not fitted yet"):
        fresh.predict(TEXTS)
    with pytest.raises(NotFittedError):
        check_is_fitted(fresh)


KINDS = {
    "integers": (np.array([3, 7]), np.integer),
    "booleans": (np.array([False, True]), np.bool_),
    "alike": (np.array(["nan", "NaN"], dtype=object), str),
    "words for none": (np.array(["N/A", "-"], dtype=object), str),
}


@pytest.mark.parametrize("kind", KINDS)
def test_labels_of_any_kind_come_back_as_they_were(kind, make):
    classes, type_ = KINDS[kind]
    labels = classes[[int(label == "positive") for label in LABELS]]
    found = make(max_steps=1).fit(TEXTS, labels)
    assert sorted(found.classes_.tolist()) == sorted(classes.tolist())
    answers = found.predict(TEXTS[:4])
    assert set(answers.tolist()) <= set(classes.tolist())
    assert isinstance(answers[0], type_)


def test_the_same_seed_gives_the_same_model(make):
    first, again, other = (
        make(max_steps=1, random_state=seed).fit(TEXTS, LABELS).predict_proba(TEXTS[:5])
        for seed in (1, np.int64(1), np.random.RandomState(5))
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_it_is_crossed(make):
    scores = cross_val_score(make(max_steps=1), TEXTS, LABELS, cv=2, error_score="raise")
    assert scores.shape == (2,)


@pytest.mark.slow
def test_it_is_searched_and_put_into_pipelines(make):
    lower = FunctionTransformer(lambda texts: [text.lower() for text in texts])
    grid = {"sentimentclassifier__learning_rate": [1e-9, 5e-3]}
    search = GridSearchCV(
        make_pipeline(lower, make(max_steps=6)), grid, cv=2, scoring="neg_log_loss"
    )
    search.fit([text.upper() for text in TEXTS], LABELS)
    assert search.best_params_ == {"sentimentclassifier__learning_rate": 5e-3}
    assert search.best_score_ > np.log(0.5) + 0.05


def test_runs_are_kept_where_an_output_is_given(make, tmp_path):
    found = make(output=tmp_path, max_steps=1).fit(TEXTS, LABELS)
    assert sentilora.load(found.run_).predict_proba(TEXTS[:3]).tolist() == (
        found.predict_proba(TEXTS[:3]).tolist()
    )
    assert not found.run_.is_finished
    assert make(max_steps=1).fit(TEXTS, LABELS).run_ is None


WRONG = {
    "no labels": (TEXTS, None, ValueError, "requires y to be passed"),
    "lengths": (TEXTS, LABELS[:5], ValueError, "inconsistent numbers of samples"),
    "continuous": (TEXTS, np.linspace(0, 1, 80), ValueError, "Unknown label type"),
    "missing label": (TEXTS, [*LABELS[:-1], None], DataError, "1 labels are missing.*places 79"),
    "one class": (TEXTS, ["a"] * 80, ConfigError, "at least two are needed"),
    "few": (TEXTS, ["a", "b"] + ["c"] * 78, DataError, "cannot be split"),
    "no texts": (np.zeros((80, 3)), LABELS, DataError, r"of shape \(80, 3\)"),
    "numbers": (list(range(80)), LABELS, DataError, "entry 0 is int 0, not a string"),
    "missing text": ([*TEXTS[:-1], None], LABELS, DataError, r"entry 79 is missing"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_cannot_be_fitted_is_one_clear_error(kind, make):
    texts, labels, error, told = WRONG[kind]
    with pytest.raises(error, match=told):
        make().fit(texts, labels)


def test_a_setting_that_does_not_exist_is_told(make):
    with pytest.raises(ConfigError, match="did you mean 'warmup_share'"):
        make().set_params(settings={"warmup_shar": 1}).fit(TEXTS, LABELS)
