"""A list of texts as several requests, none larger than the server takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sentilora.errors import DataError, several

REST_BYTES = 1_000  # of a request beside its texts


@dataclass(frozen=True)
class ServerLimits:
    """What a server takes in one request.

    Attributes:
        texts: largest number of texts.
        characters: largest number of characters in one text.
        size: largest number of bytes.
    """

    texts: int
    characters: int
    size: int


def cut(texts: list[str], limits: ServerLimits) -> Iterator[list[str]]:
    """Cut texts into requests, in their order.

    Raises:
        DataError: some texts are longer than the server takes; they are named.
    """
    problems = [
        f"entry {position} has {len(text)} characters; the server takes at most {limits.characters}"
        for position, text in enumerate(texts)
        if len(text) > limits.characters
    ]
    if problems:
        raise DataError(several("the texts", problems, most=10))
    return _batches(texts, limits)


def _batches(texts: list[str], limits: ServerLimits) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        more = len(json.dumps(text, ensure_ascii=False).encode()) + 2
        is_full = len(batch) >= limits.texts or size + more + REST_BYTES > limits.size
        if batch and is_full:
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += more
    if batch:
        yield batch
