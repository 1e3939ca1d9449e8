"""A model's order of texts, measured on files: pairs, a column of ratings, groups of edits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.data.columns import match_column
from sentilora.data.files.sources import Location
from sentilora.data.files.streams import number_of
from sentilora.data.labelled.examples import Examples
from sentilora.data.pairs.pair_reader import read_pairs
from sentilora.data.pairs.preference_pairs import PairFile, Pairs
from sentilora.data.problems import Problems, quoted, raise_if_any, shown_value
from sentilora.errors import DataError
from sentilora.evaluation.rank_metrics import (
    Share,
    consistency,
    ranking_accuracy,
    signed_scores,
    spearman,
)
from sentilora.evaluation.report_parts.order_part import (
    MeasuredColumn,
    MeasuredPairs,
    OrderFigures,
    OrderPart,
)
from sentilora.events import EventLog
from sentilora.inference.sentiment_model import SentimentModel
from sentilora.labels import Labels, poles_of
from sentilora.message import setting


@dataclass(frozen=True)
class Order:
    """What a model's order is measured on, beside its labels.

    Attributes:
        pairs: pairs to measure on: graded texts or label preferences.
        rating, ratings: name of a column, and its number for each row that is measured, ``(N,)``.
        group, groups: name of a column, and the name of each row's group, ``(N,)``.
    """

    pairs: Pairs | None = None
    rating: str | None = None
    ratings: NDArray[Any] | None = None
    group: str | None = None
    groups: NDArray[Any] | None = None


def read_order(
    labels: Labels,
    location: Location,
    examples: Examples,
    *,
    pairs: PairFile | str | Path | None,
    rating: str | None,
    group: str | None,
    skip_bad_rows: bool,
    log: EventLog,
) -> Order:
    """Read what an order is measured on, so that what is wrong with it is told before the work.

    Args:
        labels: label names of the model.
        location: place of the data; their test part is measured.
        examples: rows of that part; with groups, if a column of groups is named.
        pairs: file of pairs.
        rating: column of ratings.
        group: column of groups.
        skip_bad_rows: whether to leave out bad rows of the pairs.
        log: log that is told how the pairs were read.

    Raises:
        DataError: something cannot be read or used.
        ConfigError: texts are to be ordered, and the labels have no positive and negative side.
    """
    found = None
    if pairs is not None:
        found = read_pairs(pairs, labels=labels, skip_bad_rows=skip_bad_rows)
        for note in found.notes:
            log.emit("note", text=note)
    if rating is not None or (found is not None and found.is_graded):
        poles_of(labels)
    ratings = None if rating is None else read_ratings(location, "test", rating, examples)
    groups = None
    if group is not None:
        batches = examples.batches("group")
        groups = np.asarray([name for batch in batches for name in batch.to_pylist()])
    return Order(found, rating, ratings, group, groups)


def measure_order(
    order: Order,
    model: SentimentModel,
    texts: Sequence[str],
    probabilities: NDArray[Any],
    label_ids: NDArray[Any],
    log: EventLog,
    *,
    resamples: int,
    seed: int,
) -> OrderPart:
    """Measure a model's order on pairs, ratings and groups, as far as they are given.

    Args:
        order: what to measure on.
        model: model that scores the texts of the pairs that are not among ``texts``.
        texts: N texts that are measured anyway.
        probabilities: ``(N, C)`` probabilities of these texts.
        label_ids: ``(N,)`` label ids of these texts.
        log: log that is told of the phase and of progress.
        resamples: number of bootstrap resamples over units.
        seed: seed of the bootstrap.
    """
    pairs = ratings = groups = None
    if order.pairs is not None:
        known = dict(zip(texts, probabilities, strict=True))
        of_texts = _score(order.pairs.texts, model, known, log)
        pairs = MeasuredPairs(
            kind=order.pairs.kind,
            source=Path(order.pairs.source).name or order.pairs.source,
            skipped=len(order.pairs.skipped),
            figures=measure_pairs(
                order.pairs, of_texts, model.labels, resamples=resamples, seed=seed
            ),
        )
    if order.rating is not None and order.ratings is not None:
        figures = measure_ratings(order.ratings, probabilities, model.labels)
        ratings = MeasuredColumn(order.rating, figures)
    if order.group is not None and order.groups is not None:
        share = consistency(probabilities.argmax(axis=1) == label_ids, order.groups)
        figures = _figures("consistency", share, {"groups": share.count})
        groups = MeasuredColumn(order.group, figures)
    return OrderPart(pairs=pairs, ratings=ratings, groups=groups)


def _score(
    texts: Sequence[str],
    model: SentimentModel,
    known: Mapping[str, NDArray[Any]],
    log: EventLog,
) -> NDArray[Any]:
    """Return the probabilities of texts, ``(U, C)``; what is known is not computed again."""
    new = [text for text in texts if text not in known]
    log.emit("phase", name="score the pairs", total=len(new))
    scored = model.score(new, progress=log.count) if new else None
    found = model.probabilities(scored.logits) if scored is not None else ()
    rows = {**known, **dict(zip(new, found, strict=True))}
    return np.stack([rows[text] for text in texts])


def measure_pairs(
    pairs: Pairs, probabilities: NDArray[Any], labels: Labels, *, resamples: int, seed: int
) -> OrderFigures:
    """Measure the order of pairs.

    Graded texts: ``ranking_accuracy``, the share in which ``signed`` of the preferred text is
    higher. Label preferences: ``preference_accuracy``, the share in which the chosen label is more
    probable. Ties count half; weights and margins do not count. ``pairs`` is their number,
    ``units`` how many groups of them share no text.

    Args:
        pairs: pairs of either kind.
        probabilities: ``(U, C)`` probabilities of their texts.
        labels: label names of the model.
        resamples: number of bootstrap resamples over units.
        seed: seed of the bootstrap.
    """
    if pairs.is_graded:
        name = "ranking_accuracy"
        both = signed_scores(probabilities, labels)[pairs.sides]
    else:
        name = "preference_accuracy"
        both = np.take_along_axis(probabilities[pairs.sides[:, 0]], pairs.label_ids, axis=1)
    share = ranking_accuracy(
        both[:, 0], both[:, 1], units=pairs.units(), resamples=resamples, seed=seed
    )
    return _figures(name, share, {"pairs": share.count, "units": share.units})


def measure_ratings(
    ratings: NDArray[Any], probabilities: NDArray[Any], labels: Labels
) -> OrderFigures:
    """Measure how ``signed`` goes with ratings, by ``spearman``.

    Args:
        ratings: ``(N,)`` rating of each text.
        probabilities: ``(N, C)`` probabilities of each text.
        labels: label names of the model.
    """
    value, interval = spearman(signed_scores(probabilities, labels), ratings)
    intervals = {} if interval is None else {"spearman": interval}
    return OrderFigures({"spearman": value, "rows": len(ratings)}, intervals)


def read_ratings(location: Location, part: str, column: str, examples: Examples) -> NDArray[Any]:
    """Return the number that each example has in another column of its file, ``(N,)`` float64.

    Raises:
        DataError: there is no such column, or a row has no number in it.
    """
    table = location.open(part)
    name = match_column(table.names, column)
    if name is None or name not in table.names:
        raise DataError(
            f"{table.name}: no column '{column}' for {setting('rating')}. "
            f"Found: {quoted(table.names)}."
        )
    places = {int(row): place for place, row in enumerate(examples.numbers("row"))}
    ratings = np.full(len(places), np.nan)
    problems, ignored = Problems(table.name), Problems(table.name)
    for chunk in table.chunks((name,), ignored):
        for row, value in zip(chunk.rows, chunk.columns[name], strict=True):
            if row in places:
                ratings[places[row]] = _rating(row, value, name, problems)
    raise_if_any([problems], hint="Every row that is measured needs a rating.")
    return ratings


def _rating(row: int, value: object, column: str, problems: Problems) -> float:
    # No and yes are an order, too.
    number = number_of(int(value) if isinstance(value, bool) else value)
    if number is None:
        problems.add_row(row, f"no number in column '{column}'", shown_value(value))
        return np.nan
    return number


def _figures(name: str, share: Share, counts: dict[str, int]) -> OrderFigures:
    intervals = {} if share.interval is None else {name: share.interval}
    return OrderFigures({name: share.value, **counts}, intervals)
