"""Texts with labels, days, segments and themes, as the parts of insights take them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.insights.feedback import Feedback
from sentilora.insights.mood.mood import Mood, measure_mood
from sentilora.insights.statements.statements import Statements
from sentilora.labels import TERNARY, Labels

Ints = NDArray[np.int64]
Rows = NDArray[Any]
FIRST_DAY = np.datetime64("2026-01-05", "D")  # of days that are drawn, a Monday
# Weekends are quiet, and the volume grows threefold: none of it is news.
WEEK = (1.2, 1.1, 1.0, 1.0, 1.1, 0.5, 0.4)


@dataclass(frozen=True)
class DatedTexts:
    """N texts.

    Attributes:
        label_ids: 0, 1 or 2 of each text.
        dates: day of each text, datetime64[D].
        segments: value of each text by column.
        members: ``(N, K)`` bool, which text mentions which theme.
        themes: K names of themes.
    """

    label_ids: Ints
    dates: Rows
    segments: Mapping[str, Rows] = field(default_factory=dict)
    members: Rows = field(default_factory=lambda: np.zeros((0, 0), dtype=bool))
    themes: tuple[str, ...] = ()

    def shuffled(self, generator: np.random.Generator) -> DatedTexts:
        """Deal dates, and the values of each column, anew: nothing differs any more."""
        number = len(self.label_ids)
        segments = {
            name: values[generator.permutation(number)] for name, values in self.segments.items()
        }
        return replace(self, dates=self.dates[generator.permutation(number)], segments=segments)

    def mood(self, seed: int = 0) -> Mood:
        """Measure the mood, as a report has it."""
        number = len(self.label_ids)
        members = self.members if self.themes else np.zeros((number, 0), dtype=bool)
        text, theme = np.nonzero(np.column_stack([members, ~members.any(axis=1)]))
        probabilities = np.eye(3, dtype=np.float32)[self.label_ids[text]]
        nothing = np.zeros(len(text), dtype=np.int64)
        statements = Statements(
            text_index=text,
            start=nothing,
            end=nothing,
            probabilities=probabilities,
            signed=probabilities[:, 2] - probabilities[:, 0],
            vectors=np.zeros((len(text), 1), dtype=np.float32),
            kinds=nothing.astype(np.int8),
        )
        feedback = Feedback(
            source="",
            texts=[""] * number,
            rows=np.arange(number),
            labels=Labels(TERNARY),
            dates=self.dates,
            segments=self.segments,
            label_ids=self.label_ids,
        )
        theme_of = np.where(theme == members.shape[1], -1, theme)
        return measure_mood(feedback, self.label_ids, statements, theme_of, self.themes, seed=seed)


def files_of(folder: Path) -> list[Path]:
    """Return the files that are read of a folder with the sets."""
    return [folder / name / "all.parquet" for name in ("youtube_reviews_events", "fabsa")]


def read_youtube(folder: Path, words: int) -> DatedTexts:
    """Read reviews with days, versions and countries; the event is the first theme.

    Stars are the labels: one and two are negative, four and five positive. The other themes are the
    most frequent words but the commonest.
    """
    table = _read(files_of(folder)[0])
    stars = np.array(table["rating"])
    names, members = frequent_words(table["text"], words)
    return DatedTexts(
        label_ids=np.where(stars <= 2, 0, np.where(stars == 3, 1, 2)),
        dates=np.array(table["date"], dtype="M8[D]"),
        segments={name: np.array(table[name], dtype=object) for name in ("version", "nation")},
        members=np.column_stack([np.array(table["mentions_not_loading"], dtype=bool), members]),
        themes=("does not load", *names),
    )


def read_fabsa(folder: Path, words: int, days: int = 120) -> DatedTexts:
    """Read reviews of fourteen organisations; their days are drawn, with a volume that grows."""
    table = _read(files_of(folder)[1])
    kept = [index for index, label in enumerate(table["label"]) if label in (0, 1, 2)]
    texts = [table["text"][index] for index in kept]
    names, members = frequent_words(texts, words)
    return DatedTexts(
        label_ids=np.array([table["label"][index] for index in kept], dtype=np.int64),
        dates=drawn_days(np.random.default_rng(0), len(kept), days),
        segments={"org": np.array([table["org"][index] for index in kept], dtype=object)},
        members=members,
        themes=names,
    )


def drawn_days(generator: np.random.Generator, number: int, days: int) -> Rows:
    """Draw days with quiet weekends and a volume that grows threefold."""
    weight = np.linspace(1, 3, days) * np.resize(WEEK, days)
    drawn = generator.choice(days, size=number, p=weight / weight.sum())
    return FIRST_DAY + np.sort(drawn).astype("m8[D]")


def frequent_words(texts: Sequence[str], number: int) -> tuple[tuple[str, ...], Rows]:
    """Return the words that most texts have, but those of over a third, and which text has which.

    They stand in for themes: what matters here is how often a theme is mentioned, not which.
    """
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

    counter = CountVectorizer(
        binary=True, min_df=0.01, max_df=0.33, stop_words=list(ENGLISH_STOP_WORDS)
    )
    found = counter.fit_transform(texts)
    order = np.argsort(-np.asarray(found.sum(axis=0)).ravel(), kind="stable")[:number]
    names = counter.get_feature_names_out()[order]
    return tuple(names.tolist()), found[:, order].toarray().astype(bool)


def _read(path: Path) -> dict[str, list[Any]]:
    import pyarrow.parquet as parquet

    columns: dict[str, list[Any]] = parquet.read_table(path).to_pydict()
    return columns
