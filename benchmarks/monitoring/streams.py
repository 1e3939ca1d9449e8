"""Texts as a source would send them, all different, with ids, times and segments."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora import samples

COUNTRIES = ("DE", "FR", "US", "IN", "BR")
SOURCES = ("app", "mail", "store")
_SUREST = 150


def clear_sentences(model: Any) -> dict[bool, list[str]]:
    """Return first sentences of the sample reviews that a model is surest of: negative, or not."""
    told = []
    for part in ("train", "test"):
        with samples.path(part).open(encoding="utf-8", newline="") as file:
            told += [row["text"].split(".")[0] for row in csv.DictReader(file)]
    found: dict[bool, list[tuple[float, str]]] = {True: [], False: []}
    for text, one in zip(told, model.predict(told), strict=True):
        found[one.label == "negative"].append((-one.score, text))
    return {side: [text for _, text in sorted(pool)[:_SUREST]] for side, pool in found.items()}


def texts_of(path: Path, column: str = "text") -> list[str]:
    """Return the different texts of a CSV or parquet file, in their order."""
    if path.suffix == ".parquet":
        import pyarrow.parquet as parquet

        texts = parquet.read_table(path, columns=[column])[column].to_pylist()
    else:
        with path.open(encoding="utf-8", newline="") as file:
            texts = [row[column] for row in csv.DictReader(file)]
    return list(dict.fromkeys(text for text in texts if text and text.strip()))


def records(
    told: Mapping[bool, Sequence[str]],
    shares: NDArray[np.float64],
    start_s: float,
    gap_s: float,
    seed: int = 0,
) -> Iterator[dict[str, Any]]:
    """Yield records, of which so many are negative.

    Args:
        told: sentences, negative ones and others, of :func:`clear_sentences`.
        shares: share of negative texts at each of the N texts, ``(N,)``.
        start_s: time of the first one, in seconds since 1970.
        gap_s: seconds from one to the next.
        seed: seed of what is drawn.
    """
    generator = np.random.default_rng(seed)
    for number, share in enumerate(shares.tolist()):
        pool = told[bool(generator.random() < share)]
        words = pool[int(generator.integers(len(pool)))]
        yield {
            "id": f"t{number}",
            "text": f"{words} {number}",
            "at": start_s + number * gap_s,
            "source": SOURCES[number % len(SOURCES)],
            "segments": {
                "country": COUNTRIES[int(generator.integers(len(COUNTRIES)))],
                "version": f"4.{number // 100_000}",
            },
        }


def write_lines(rows: Iterator[dict[str, Any]], path: Path) -> int:
    """Write records as JSON Lines; return how many."""
    number = 0
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            number += 1
    return number
