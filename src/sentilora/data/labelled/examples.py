"""Labelled texts, ready to train on or to be measured with."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from sentilora.data.files.temporary import ScratchFolder
from sentilora.data.problems import RowProblem
from sentilora.data.same_text import components, hashes, numbered, text_hashes
from sentilora.files import replacing_output
from sentilora.labels import Labels

if TYPE_CHECKING:
    import datasets

SAMPLE = 2000  # texts that are looked at where a part of them tells enough

__all__ = ["Examples", "Parts", "RowProblem", "write_skipped"]


@dataclass(frozen=True)
class Examples:
    """Texts with labels, mapped from disk.

    Attributes:
        table: columns ``text`` (string), ``label_id`` (int32), ``row`` (int64; number of the row
            in its file, from 1), and ``group`` (string) when one was asked for.
        labels: the names of the label ids.
        source: the data as the user named them.
        files: paths of the files that were read.
        skipped: rows that were left out on request, each with the reason.
        notes: remarks for the user on how the data were read.
        folder: folder of the file that is mapped, which goes when nobody holds it any more; None
            in another process.
    """

    table: datasets.Dataset
    labels: Labels
    source: str
    files: tuple[Path, ...] = ()
    skipped: tuple[RowProblem, ...] = ()
    notes: tuple[str, ...] = ()
    folder: ScratchFolder | None = field(default=None, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.table)

    @property
    def texts(self) -> list[str]:
        """All texts, in memory."""
        return list(self._strings("text"))

    def sample_texts(self, count: int = SAMPLE) -> list[str]:
        """Return some texts, taken evenly from first to last."""
        places = np.linspace(0, len(self) - 1, min(count, len(self))).astype(np.int64)
        return list(self.table.select(places)["text"])

    @property
    def label_ids(self) -> npt.NDArray[np.int64]:
        """The label ids, ``(N,)`` int64."""
        return self.numbers("label_id")

    def numbers(self, column: str) -> npt.NDArray[np.int64]:
        """Return a column of whole numbers as ``(N,)`` int64."""
        parts = [batch.to_numpy() for batch in self.batches(column)]
        return np.concatenate(parts).astype(np.int64) if parts else np.zeros(0, np.int64)

    def batches(self, column: str, *, rows: int = 8192) -> Iterator[Any]:
        """Iterate a column as Arrow arrays, without holding it in memory."""
        if not len(self.table):
            return
        table = self.table.select_columns([column]).with_format("arrow")
        for batch in table.iter(batch_size=rows):
            yield batch.column(column)

    def select(self, indices: Sequence[int] | npt.NDArray[np.integer[Any]]) -> Examples:
        """Return the examples at these positions, in this order."""
        return replace(self, table=self.table.select(indices, keep_in_memory=True))

    def text_hashes(self) -> npt.NDArray[np.uint64]:
        """Return a hash of each text, ``(N,)`` uint64: equal where the text is the same."""
        return self._text_hashes

    @cached_property
    def _text_hashes(self) -> npt.NDArray[np.uint64]:
        found = text_hashes(self._strings("text"))
        found.flags.writeable = False  # everyone is given the same
        return found

    def clusters(self) -> npt.NDArray[np.int32]:
        """Number the rows that must stay on one side: the same text, or the same group.

        Returns:
            ``(N,)`` int32; equal for rows that are joined, also by way of others.
        """
        texts = numbered(self.text_hashes())
        if "group" not in self.table.column_names:
            return texts
        groups = numbered(hashes(self._strings("group")))
        return components(texts, groups + texts.max(initial=-1) + 1)

    def _strings(self, column: str) -> Iterator[str]:
        return (value for batch in self.batches(column) for value in batch.to_pylist())

    def counts(self) -> dict[str, int]:
        """Count the examples of each label, in label order."""
        counts = np.bincount(self.label_ids, minlength=len(self.labels))
        return {name: int(count) for name, count in zip(self.labels.names, counts, strict=True)}


class HasSkipped(Protocol):
    """Anything that was read from files, with rows left out."""

    @property
    def source(self) -> str:
        """What the user typed."""
        ...

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that were read."""
        ...

    @property
    def skipped(self) -> tuple[RowProblem, ...]:
        """Rows that were left out, and why."""
        ...


@dataclass(frozen=True)
class Parts:
    """The three parts of the data of a run; the same text never stands in two carved ones."""

    train: Examples
    validation: Examples
    test: Examples
    notes: tuple[str, ...] = ()


def write_skipped(examples: Sequence[HasSkipped], path: Path) -> int:
    """Write the skipped rows as JSON Lines with ``file``, ``row`` and ``problem``; return how many.

    Raises:
        DataError: the file cannot be written.
    """
    count = 0
    with replacing_output(path) as stream:
        for part in examples:
            file = str(part.files[0]) if part.files else part.source
            for skipped in part.skipped:
                line = {"file": file, "row": skipped.row, "problem": skipped.problem}
                stream.write(json.dumps(line, ensure_ascii=False).encode("utf-8") + b"\n")
                count += 1
    return count
