"""Shares of labels among all texts, from a few that a person labelled.

The estimate is stratified: each stratum counts by its size, whatever was labelled of it (Horvitz
and Thompson 1952, J. Am. Stat. Assoc. 47:663), and where a model answered all texts it is the mean
of the answers plus what the labels correct on average (prediction-powered inference: Angelopoulos
et al. 2023, Science 382:669; the difference estimator of survey sampling). It is free of bias
whether the model is right or not; a good model narrows the interval.

The interval is Wilson's with the number of texts that a simple random sample would need for the
same variance, shortened by Student's t (Korn and Graubard 1998, Surv. Methodol. 24:193). A stratum
whose labels happen to agree is given some of the variance that the model expects there, and of the
variance of all labels.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.insights.insight_report import Estimate
from sentilora.insights.mood.estimates import Z
from sentilora.insights.survey.survey_plan import FEWEST

PRIOR_TEXTS = 2.0  # labels of a stratum that what is expected of it counts for
POOLED = 0.5  # of the variance of all labels that any stratum is expected to have
_TINY = 1e-9


def survey_weights(
    stratum: NDArray[np.int64], labelled: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the group of each labelled text, and how many texts it stands for, ``(L,)`` each.

    A stratum with too few labels is joined with a neighbour.

    Args:
        stratum: ``(N,)`` stratum of each text.
        labelled: ``(L,)`` indices of the labelled texts.
    """
    number = int(stratum.max()) + 1
    counts = np.bincount(stratum[labelled], minlength=number)
    name = np.zeros(number, np.int64)
    group, waiting = 0, 0
    for place in range(number):
        name[place] = group
        waiting += counts[place]
        if waiting >= FEWEST:
            group, waiting = group + 1, 0
    if group:  # what is left over joins the last one
        name = np.minimum(name, group - 1)
    groups = name[stratum]
    own = groups[labelled]
    weights = np.bincount(groups) / np.maximum(np.bincount(own, minlength=groups.max() + 1), 1)
    return own, weights[own]


def survey_shares(
    labelled: NDArray[np.int64],
    label_ids: NDArray[np.int64],
    groups: NDArray[np.int64],
    weights: NDArray[np.float64],
    probabilities: NDArray[Any],
    voices: NDArray[np.float64] | None = None,
) -> list[Estimate]:
    """Estimate the share of each of C labels among N texts.

    Args:
        labelled: ``(L,)`` indices of the labelled texts, at least one.
        label_ids: ``(L,)`` their labels.
        groups: ``(L,)`` group of each, of :func:`survey_weights`.
        weights: ``(L,)`` how many texts each stands for.
        probabilities: ``(N, C)`` what the model says of each text.
        voices: ``(N,)`` what each text counts; all alike if None.
    """
    number, labels = probabilities.shape
    voices = np.ones(number) if voices is None else voices / voices.mean()
    told = np.asarray(probabilities, np.float64)
    truth = np.eye(labels)[label_ids]
    found = []
    for label in range(labels):
        rest = voices[labelled] * (truth[:, label] - told[labelled, label])
        expected = voices[labelled] ** 2 * told[labelled, label] * (1 - told[labelled, label])
        pooled = float((rest**2).mean())
        value = float((voices * told[:, label]).mean())
        variance, freedom = 0.0, 0.0
        for group in np.unique(groups):
            own = groups == group
            count, size = int(own.sum()), float(weights[own].sum())
            part = size / float(weights.sum())
            value += part * float(rest[own].mean())
            prior = max(float(expected[own].mean()), pooled * POOLED)
            squares = float(((rest[own] - rest[own].mean()) ** 2).sum())
            spread = (squares + PRIOR_TEXTS * prior) / (count - 1 + PRIOR_TEXTS)
            share = part**2 * spread / count * max(0.0, 1 - count / size)
            variance += share
            freedom += share**2 / max(count - 1 + PRIOR_TEXTS, 1)
        degrees = variance**2 / max(freedom, _TINY**2)
        found.append(_interval(value, variance, degrees, len(labelled)))
    return _summing(found)


def _interval(value: float, variance: float, degrees: float, labelled: int) -> Estimate:
    """Bound a share by Wilson's interval for the sample size that the variance stands for."""
    from scipy.stats import t

    share = min(max(value, 0.0), 1.0)
    if variance < _TINY:
        return Estimate(value=share, low=share, high=share)
    inner = min(max(share, 0.5 / labelled), 1 - 0.5 / labelled)
    size = inner * (1 - inner) / variance
    size *= (Z / float(t.ppf(0.975, max(degrees, 1.0)))) ** 2
    centre = (share + Z**2 / (2 * size)) / (1 + Z**2 / size)
    half = Z / (1 + Z**2 / size) * math.sqrt(share * (1 - share) / size + Z**2 / (4 * size**2))
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return Estimate(value=share, low=min(low, share), high=max(high, share))


def _summing(found: list[Estimate]) -> list[Estimate]:
    """Let the shares sum to one, which they do but where one was cut off at 0."""
    total = sum(one.value for one in found)
    return [
        Estimate(
            value=one.value / total,
            low=min(one.low, one.value / total),
            high=max(one.high, one.value / total),
        )
        for one in found
    ]
