"""Texts that people have put to topics, for the benchmark of themes.

What is tuned on and what is reported are different texts: settings were chosen on the part
``tuning``, and ``reported`` is for the table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PARTS = ("tuning", "reported")
_NEGATIVE, _POSITIVE = -1, 1


@dataclass(frozen=True)
class TopicSet:
    """Texts with their true topics.

    Attributes:
        name: name of the set.
        texts: N texts.
        topics: true topic of each, ``(N,)`` from 0.
        names: names of the topics.
    """

    name: str
    texts: list[str]
    topics: NDArray[np.int64]
    names: list[str]


def read_set(name: str, folder: Path, part: str, seed: int = 0) -> TopicSet:
    """Read a set.

    Args:
        name: ``banking77`` or ``fabsa``.
        folder: folder that holds one folder a set.
        part: ``tuning`` or ``reported``.
        seed: of the rows drawn for tuning.
    """
    return SETS[name](folder, part, seed)


def files_of(names: Sequence[str], folder: Path, part: str) -> list[Path]:
    """Return the file that is read of each set."""
    return [_file(name, folder, part) for name in names]


def _file(name: str, folder: Path, part: str) -> Path:
    banking = "test" if part == "reported" else "train"
    return folder / name / {"banking77": f"{banking}.parquet", "fabsa": "all.parquet"}[name]


def _banking(folder: Path, part: str, seed: int) -> TopicSet:
    """Read questions of Banking77: the test part, or as many of each intent from train."""
    import pandas as pd

    table = pd.read_parquet(_file("banking77", folder, part))
    if part == "tuning":
        table = table.sample(frac=1, random_state=seed).groupby("category").head(40)
    return _set("banking77", table["text"].tolist(), table["category"].tolist())


def _fabsa(folder: Path, part: str, seed: int) -> TopicSet:
    """Read reviews of FABSA with one aspect: negative ones, or as many positive ones for tuning."""
    import pandas as pd

    table = pd.read_parquet(_file("fabsa", folder, part))
    wanted = _NEGATIVE if part == "reported" else _POSITIVE
    single = [
        len(aspects) == 1 and moods[0] == wanted
        for aspects, moods in zip(table["aspects"], table["polarities"], strict=True)
    ]
    table = table[single]
    if part == "tuning":
        table = table.sample(n=1313, random_state=seed)
    return _set("fabsa", table["text"].tolist(), [aspects[0] for aspects in table["aspects"]])


def _set(name: str, texts: list[str], topics: list[Any]) -> TopicSet:
    names, index = np.unique(np.asarray(topics, str), return_inverse=True)
    return TopicSet(name, texts, index.astype(np.int64), names.tolist())


SETS: dict[str, Callable[[Path, str, int], TopicSet]] = {"banking77": _banking, "fabsa": _fabsa}
