"""What a model has to beat: honest, quick classifiers on the same rows.

The settings are fixed, so that a table is comparable between runs; nothing is tuned on the rows
that are reported on. TF-IDF bigrams with logistic regression reach 90.95 % on IMDb's full test.

Not covered: baselines for languages without spaces between words (TF-IDF sees whole phrases there).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.defaults import SEED
from sentilora.errors import ConfigError
from sentilora.evaluation.calibration import fit_calibration
from sentilora.labels import Labels

Floats = NDArray[np.float64]
Features = Callable[[Sequence[str]], NDArray[Any]]

_VADER_NEUTRAL = 0.05  # customary: a compound of at least 0.05 is positive, at most -0.05 negative
_VADER_FITTED_ROWS = 1000


@dataclass(frozen=True)
class Baseline:
    """What a baseline answered.

    Attributes:
        name: key of the baseline in :data:`BASELINES`.
        what: description for people, in one line.
        probabilities: ``(N, C)`` float64, probabilities in label order.
        seconds: time to fit and to answer, in seconds.
    """

    name: str
    what: str
    probabilities: Floats
    seconds: float


@dataclass(frozen=True)
class _Task:
    train_texts: Sequence[str]
    train_ids: NDArray[Any]
    test_texts: Sequence[str]
    labels: Labels
    features: Features | None
    class_weights: NDArray[Any] | None
    seed: int


class _Skipped(Exception):  # noqa: N818 - not an error: the reason becomes a line of the report
    """This baseline does not fit the task; the message says why."""


def run_baselines(
    names: Sequence[str],
    train_texts: Sequence[str],
    train_ids: NDArray[Any],
    test_texts: Sequence[str],
    labels: Labels,
    *,
    features: Features | None = None,
    class_weights: NDArray[Any] | None = None,
    seed: int = SEED,
) -> tuple[dict[str, Baseline], dict[str, str]]:
    """Fit baselines on the train part and let them answer the test part.

    Args:
        names: names of the baselines to run, of ``majority``, ``vader``, ``tfidf`` and ``frozen``.
        train_texts: texts that they may learn from.
        train_ids: ``(N,)`` label ids of the train texts.
        test_texts: texts that they answer.
        labels: the label names.
        features: function from texts to mean-pooled encoder features ``(N, H)``, which ``frozen``
            needs.
        class_weights: ``(C,)`` weight of a train row by its label, for the logistic regressions;
            those of the model they are compared with. All 1 if None.
        seed: seed of the logistic regressions and of VADER's scaling sample.

    Returns:
        Baselines by name, and for each that was left out the reason.

    Raises:
        ConfigError: a name is unknown.
    """
    unknown = [name for name in names if name not in BASELINES]
    if unknown:
        raise ConfigError(
            f"Unknown baseline(s) {', '.join(map(repr, unknown))}. "
            f"Choose from {', '.join(BASELINES)}."
        )
    task = _Task(train_texts, train_ids, test_texts, labels, features, class_weights, seed)
    done: dict[str, Baseline] = {}
    skipped: dict[str, str] = {}
    for name in dict.fromkeys(names):
        started = time.monotonic()
        try:
            what, probabilities = BASELINES[name].run(task)
        except _Skipped as reason:
            skipped[name] = str(reason)
        else:
            done[name] = Baseline(name, what, probabilities, time.monotonic() - started)
    return done, skipped


def _majority(task: _Task) -> tuple[str, Floats]:
    """Answer the class shares of the train part, one row added to each so that none is 0."""
    counts = np.bincount(task.train_ids, minlength=len(task.labels)) + 1.0
    chosen = task.labels.names[int(counts.argmax())]
    shares = np.tile(counts / counts.sum(), (len(task.test_texts), 1))
    return f"always the most frequent label, {chosen}", shares


def _vader(task: _Task) -> tuple[str, Floats]:
    """Answer by VADER's word list and rules (Hutto & Gilbert 2014).

    The compound score c (-1 ... 1) becomes logits: ``-c`` for negative, ``c`` for positive and 0.05
    for neutral, so that the largest one is the customary answer. With two labels a compound of 0
    (no known word) goes to the more frequent label. VADER has no probabilities: these are the
    softmax of the logits, calibrated on up to 1,000 train rows, which changes no answer and only
    makes log loss and ECE comparable.
    """
    signs = task.labels.polarities
    if signs is None or sorted(signs) not in ([-1, 1], [-1, 0, 1]):
        raise _Skipped(
            "VADER knows negative, neutral and positive only, and these labels are "
            + ", ".join(task.labels.names)
        )
    counts = np.bincount(task.train_ids, minlength=len(signs))
    tie = 1e-6 if counts[signs.index(1)] >= counts[signs.index(-1)] else -1e-6
    chosen = np.random.default_rng(task.seed).permutation(len(task.train_texts))
    chosen = np.sort(chosen[:_VADER_FITTED_ROWS])
    sample = _vader_logits([task.train_texts[index] for index in chosen], signs, tie)
    calibration = fit_calibration(sample, task.train_ids[chosen])
    logits = _vader_logits(task.test_texts, signs, tie)
    return "VADER, a word list with rules, not trained", calibration.probabilities(logits)


def _vader_logits(texts: Sequence[str], signs: Sequence[int], tie: float) -> Floats:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    # VADER knows "isn't", and not the "isn’t" that phones write; a baseline is not to lose by it.
    plain = (text.replace("’", "'") for text in texts)
    compounds = np.array([analyzer.polarity_scores(text)["compound"] for text in plain])
    compounds[compounds == 0] = tie
    # Compounds have four decimals: just below 0.05 makes 0.05 itself positive, as is the custom.
    columns = {-1: -compounds, 0: np.full(len(texts), _VADER_NEUTRAL - 5e-5), 1: compounds}
    return np.stack([columns[sign] for sign in signs], axis=1)


def _tfidf(task: _Task) -> tuple[str, Floats]:
    """Count words and pairs of words, and weigh them by logistic regression (C = 10)."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    _check_two_labels(task)
    least = 2 if len(task.train_texts) > 2000 else 1
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=least)
    try:
        train = vectorizer.fit_transform(task.train_texts)
    except ValueError as error:
        raise _Skipped(f"the train texts hold no words to count ({error})") from error
    test = vectorizer.transform(task.test_texts)
    what = "TF-IDF of words and word pairs + logistic regression"
    return what, _logistic_regression(train, test, task, strength=10.0)


def _frozen(task: _Task) -> tuple[str, Floats]:
    """Put logistic regression on the encoder as it was pre-trained."""
    from sklearn.preprocessing import StandardScaler

    if task.features is None:
        raise _Skipped("no encoder was given to compute features with")
    _check_two_labels(task)
    scaler = StandardScaler()
    train = scaler.fit_transform(np.asarray(task.features(task.train_texts), dtype=np.float64))
    test = scaler.transform(np.asarray(task.features(task.test_texts), dtype=np.float64))
    what = "the encoder as pre-trained, mean-pooled + logistic regression"
    return what, _logistic_regression(train, test, task, strength=0.1)


def _check_two_labels(task: _Task) -> None:
    if len(np.unique(task.train_ids)) < 2:
        raise _Skipped("the train part has rows of one label only")


def _logistic_regression(train: Any, test: Any, task: _Task, strength: float) -> Floats:
    """Fit and answer; a label without train rows gets probability 0. ``strength`` is C."""
    from sklearn.linear_model import LogisticRegression

    weights = None if task.class_weights is None else dict(enumerate(task.class_weights.tolist()))
    classifier = LogisticRegression(
        C=strength, max_iter=2000, random_state=task.seed, class_weight=weights
    )
    classifier.fit(train, task.train_ids)
    probabilities = np.zeros((test.shape[0], len(task.labels)))
    probabilities[:, classifier.classes_] = classifier.predict_proba(test)
    return probabilities


@dataclass(frozen=True)
class KnownBaseline:
    """A row of the table of baselines.

    Attributes:
        name: name for people, inside a sentence.
        run: function that fits and answers; returns one line for people, and probabilities ``(N,
            C)``.
        is_trained: whether it learns from texts.
    """

    name: str
    run: Callable[[_Task], tuple[str, Floats]]
    is_trained: bool = True


BASELINES: dict[str, KnownBaseline] = {
    "majority": KnownBaseline("majority class", _majority),
    "vader": KnownBaseline("VADER", _vader, is_trained=False),
    "tfidf": KnownBaseline("TF-IDF + logistic regression", _tfidf),
    "frozen": KnownBaseline("frozen encoder + logistic regression", _frozen),
}
