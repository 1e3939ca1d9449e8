"""Reviews of about sixty words, any number up to a hundred thousand, with days and a segment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

SOURCES = {"films": ("imdb", "unsup.parquet"), "goods": ("amazon_blitzer", "all.parquet")}
WORDS = 60
_LEAST_WORDS = 45
_MOST_WORDS = 90
_DAYS = 365
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def files_of(folder: Path) -> list[Path]:
    """Return the files that reviews are made of."""
    return [folder / name / file for name, file in SOURCES.values()]


def write_reviews(folder: Path, count: int, path: Path, seed: int = 0) -> list[str]:
    """Write reviews to a parquet file with ``text``, ``date`` and ``kind``; return the texts.

    Each is a run of sentences of a real review of a film or of goods, drawn at random; its day is
    drawn, too.

    Args:
        folder: folder that holds ``imdb/`` and ``amazon_blitzer/``.
        count: number of reviews.
        path: file to be written.
        seed: of the draws.

    Raises:
        ValueError: the sets hold fewer.
    """
    found = []
    for kind, (name, file) in SOURCES.items():
        whole = pd.read_parquet(folder / name / file, columns=["text"])["text"]
        found += [(piece, kind) for text in whole for piece in pieces(text)]
    if len(found) < count:
        raise ValueError(f"{count:,} reviews were asked for, and the sets hold {len(found):,}.")
    generator = np.random.default_rng(seed)
    chosen = [found[at] for at in generator.permutation(len(found))[:count]]
    days = pd.Timestamp("2026-01-01") + pd.to_timedelta(generator.integers(_DAYS, size=count), "D")
    texts = [piece for piece, _ in chosen]
    table = {"text": texts, "date": days.strftime("%Y-%m-%d"), "kind": [kind for _, kind in chosen]}
    pd.DataFrame(table).to_parquet(path)
    return texts


def pieces(text: str) -> Iterator[str]:
    """Yield runs of sentences of a text that hold about sixty words; what is left over is lost."""
    run: list[str] = []
    words = 0
    for sentence in _SENTENCE.split(" ".join(text.replace("<br />", " ").split())):
        length = len(sentence.split())
        if words >= _LEAST_WORDS and words + length / 2 > WORDS:
            if words <= _MOST_WORDS:
                yield " ".join(run)
            run, words = [], 0
        run.append(sentence)
        words += length
