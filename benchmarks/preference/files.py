"""Files that the arms train on and are measured with, without overlap.

Rows are drawn by whole films, so that pairs of one film exist and no film stands on two sides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from sentilora.data.pairs.built_pairs import write_pairs
from sentilora.data.pairs.from_edits import pairs_from_edits
from sentilora.data.pairs.from_ratings import pairs_from_ratings
from sentilora.data.pairs.preference_pairs import LABELS, PairFile
from sentilora.data.same_text import fold
from sentilora.labels import BINARY, Labels

Row = dict[str, Any]
REFERENCES = {"text_preferred": "src_hi", "text_other": "src_lo"}


@dataclass(frozen=True)
class Sizes:
    """How much of each set is used; films and pairs are drawn whole, so rows are about so many."""

    rows: int
    validation_rows: int
    test_rows: int
    pairs: int
    edits: int
    test_pairs: int


@dataclass(frozen=True)
class Files:
    """What was written.

    Attributes:
        labelled: reviews to train on; ``with_edits``: the same, and the edits with their labels.
        validation, test, few: to choose the checkpoint, to measure, and for the run's own report.
        ratings, edits, preferences: pairs of ``labelled`` by stars; of the edits; and the edits as
            label preferences.
        test_pairs: of the test reviews, as references.
        counterfactual: validation part of the edits.
        counts: rows and pairs of each.
    """

    labelled: Path
    with_edits: Path
    validation: Path
    test: Path
    few: Path
    ratings: Path
    edits: Path
    preferences: Path
    test_pairs: PairFile
    counterfactual: Path
    counts: dict[str, int]


def prepare(data: Path, folder: Path, sizes: Sizes, seed: int) -> Files:
    """Draw rows and pairs, and write them.

    Args:
        data: holds ``imdb/train``, ``test`` and ``pairs_test``, and ``cad_imdb/train`` and
            ``validation``, all ``.parquet``.
        folder: to write to.
        sizes: how much of each.
        seed: of the draws.
    """
    generator = np.random.default_rng(seed)
    held_back = read(data / "cad_imdb" / "validation.parquet")
    test = draw_films(read(data / "imdb" / "test.parquet"), generator, sizes.test_rows)[0]
    closed = {fold(row["text"]) for row in (*test, *held_back)}
    reviews = [
        row
        for row in read(data / "imdb" / "train.parquet")
        if row["cad_split"] not in ("validation", "test") and fold(row["text"]) not in closed
    ]
    parts = draw_films(reviews, generator, sizes.rows, sizes.validation_rows)
    edits = draw_edits(read(data / "cad_imdb" / "train.parquet"), closed, generator, sizes.edits)
    labelled, validation = parts
    counts = {
        "labelled": len(labelled),
        "validation": len(validation),
        "test": len(test),
        "counterfactual": len(held_back),
    }
    found = Files(
        labelled=_write(folder / "labelled.parquet", labelled),
        with_edits=_write(folder / "with-edits.parquet", [*labelled, *edits]),
        validation=_write(folder / "validation.parquet", validation),
        test=_write(folder / "test.parquet", test),
        few=_write(folder / "few.parquet", few_of(test)),
        ratings=folder / "ratings.parquet",
        edits=folder / "edits.parquet",
        preferences=folder / "preferences.parquet",
        test_pairs=_write_test_pairs(data, folder, test, sizes.test_pairs, generator),
        counterfactual=_write(folder / "counterfactual.parquet", held_back),
        counts=counts,
    )
    raw = _write(folder / "edits-raw.parquet", edits)
    shared: dict[str, Any] = {"max_pairs": sizes.pairs, "seed": seed}
    rated = pairs_from_ratings(found.labelled, rating="rating", group="movie", stars=10, **shared)
    write_pairs(rated, found.ratings)
    labels = Labels(BINARY)
    graded = pairs_from_edits(raw, group="pair_id", labels=labels, **shared)
    write_pairs(graded, found.edits)
    chosen = pairs_from_edits(raw, group="pair_id", labels=labels, kind=LABELS, **shared)
    write_pairs(chosen, found.preferences)
    counts |= {"rating pairs": len(rated), "edit pairs": len(graded)}
    counts |= {"edit preferences": len(chosen), "edits": len(edits)}
    return found


def read(path: Path) -> list[Row]:
    """Read a parquet file into rows."""
    rows: list[Row] = parquet.read_table(path).to_pylist()
    return rows


def draw_films(rows: list[Row], generator: np.random.Generator, *counts: int) -> list[list[Row]]:
    """Draw whole films until each part has its rows; a film and a text stand in one part only."""
    films: dict[str, list[Row]] = {}
    seen: set[str] = set()
    for row in rows:
        key = fold(row["text"])
        if key not in seen:
            seen.add(key)
            films.setdefault(row["movie"], []).append(row)
    order: Iterator[str] = iter(generator.permutation(sorted(films)).tolist())
    parts = []
    for count in counts:
        part: list[Row] = []
        while len(part) < count and (film := next(order, None)) is not None:
            part += films[film]
        parts.append([part[place] for place in generator.permutation(len(part))])
    return parts


def draw_edits(
    rows: list[Row], closed: set[str], generator: np.random.Generator, count: int
) -> list[Row]:
    """Draw whole pairs of edits, none with a text that is measured with."""
    pairs: dict[int, list[Row]] = {}
    for row in rows:
        pairs.setdefault(row["pair_id"], []).append(row)
    fit = [pair for pair in pairs.values() if not any(fold(row["text"]) in closed for row in pair)]
    chosen = generator.permutation(len(fit))[:count]
    return [row for place in chosen for row in fit[place]]


def few_of(rows: list[Row], count: int = 60) -> list[Row]:
    """Return some rows of each label; a run has to measure itself on something."""
    by_label: dict[int, list[Row]] = {}
    for row in rows:
        by_label.setdefault(row["label"], []).append(row)
    return [row for part in by_label.values() for row in part[:count]]


def _write_test_pairs(
    data: Path, folder: Path, test: list[Row], count: int, generator: np.random.Generator
) -> PairFile:
    there = {row["src"] for row in test}
    pairs = [
        row
        for row in read(data / "imdb" / "pairs_test.parquet")
        if row["src_hi"] in there and row["src_lo"] in there
    ]
    chosen = np.sort(generator.permutation(len(pairs))[:count])
    path = folder / "test-pairs.parquet"
    parquet.write_table(pa.Table.from_pylist([pairs[place] for place in chosen]), path)
    return PairFile(str(path), REFERENCES, str(folder / "test.parquet"), "src")


def _write(path: Path, rows: list[Row]) -> Path:
    names = ("text", "label", "rating", "movie", "src", "pair_id")
    table = [{name: row.get(name) for name in names if _is_column(name, rows)} for row in rows]
    parquet.write_table(pa.Table.from_pylist(table), path)
    return path


def _is_column(name: str, rows: list[Row]) -> bool:
    return any(name in row for row in rows[:1])
