"""Different texts, gathered into a file on disk; each is known by its number from then on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sentilora.data.files.temporary import arrow_writer
from sentilora.data.same_text import fold, hash_of

if TYPE_CHECKING:
    import datasets
    import pyarrow as pa

_WAITING_CHARACTERS = 1 << 22


class TextPool:
    """Texts by number, equal texts once; what is held in memory are their hashes.

    Attributes:
        size: number of different texts in the pool.
    """

    def __init__(self, write: Callable[[pa.RecordBatch], None]) -> None:
        self._write = write
        self._numbers: dict[int, int] = {}
        self._keys: list[int] = []
        self._waiting: list[str] = []
        self._characters = 0

    @property
    def size(self) -> int:
        """How many different texts there are."""
        return len(self._keys)

    @property
    def keys(self) -> npt.NDArray[np.uint64]:
        """Hash of each text folded, ``(U,)``: equal for the same text but for case and space."""
        return np.asarray(self._keys, dtype=np.uint64)

    def add(self, text: str) -> int:
        """Return the number of a text, which is a new one if it was not met before."""
        number = self._numbers.setdefault(hash_of(text), len(self._keys))
        if number == len(self._keys):
            self._keys.append(hash_of(fold(text)))
            self._waiting.append(text)
            self._characters += len(text)
            if self._characters > _WAITING_CHARACTERS:
                self.flush()
        return number

    def key(self, number: int) -> int:
        """Return the hash of a folded text."""
        return self._keys[number]

    def flush(self) -> None:
        """Write out the texts that wait."""
        import pyarrow as pa

        texts = pa.array(self._waiting, pa.string())
        self._write(pa.RecordBatch.from_arrays([texts], names=["text"]))
        self._waiting, self._characters = [], 0


@contextmanager
def gather_texts(path: Path) -> Iterator[TextPool]:
    """Open a pool whose texts stand in ``path`` when the block has ended.

    Raises:
        DataError: the disk is full or cannot be written.
    """
    import pyarrow as pa

    with arrow_writer(path, pa.schema([("text", pa.string())])) as write:
        pool = TextPool(write)
        yield pool
        pool.flush()


def open_texts(path: Path) -> datasets.Dataset:
    """Map the texts of such a file into memory: column ``text``, in the order of their numbers."""
    import datasets

    return datasets.Dataset.from_file(str(path))
