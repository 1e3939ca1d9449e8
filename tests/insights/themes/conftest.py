"""Statements about a few topics, with vectors that are no model's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from sentilora.insights.statements.statements import KINDS

TOPICS = {
    "delivery": ("The parcel never arrived", "My parcel arrived a week late", "Parcel lost again"),
    "battery": ("The battery dies at noon", "Battery dies in two hours", "A new battery, dead"),
    "staff": ("The staff was very friendly", "Friendly staff at the till", "Staff friendly"),
    "login": ("I cannot log in since the update", "Log in fails", "The update broke the login"),
}
ENDINGS = ("", " today", " once more", " in Leeds", " for my mother", " this month", " since May")


@dataclass(frozen=True)
class Made:
    """Statements, the vectors of which lie about one direction a topic."""

    vectors: NDArray[np.float32]
    words: list[str]
    text_index: NDArray[np.int64]
    kinds: NDArray[np.int8]
    topics: NDArray[np.int64]


@pytest.fixture(scope="session")
def make_statements() -> Callable[..., Made]:
    """Make statements about the topics, so many times all, with noise."""

    def make(times: int = 1, noise: float = 0.05, topics: int = 4, seed: int = 0) -> Made:
        generator = np.random.default_rng(seed)
        directions = np.random.default_rng(7).normal(size=(len(TOPICS), 16))
        rows = [
            (f"{words}{ending}" + (f" ({turn})" if turn else ""), topic)
            for turn in range(times)
            for topic, said in enumerate([*TOPICS.values()][:topics])
            for words in said
            for ending in ENDINGS
        ]
        of = np.array([topic for _, topic in rows])
        vectors = directions[of] + noise * generator.normal(size=(len(rows), 16)) * 4
        vectors = vectors + 3.0  # what all vectors of an encoder share
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        kinds = np.where(of == 2, KINDS.index("praise"), KINDS.index("complaint")).astype(np.int8)
        words = [text for text, _ in rows]
        return Made(vectors.astype(np.float32), words, np.arange(len(rows)), kinds, of)

    return make
