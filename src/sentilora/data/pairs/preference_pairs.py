"""Preferences: which of two texts is more positive, or which of two labels fits a text better.

The two kinds have columns of their own, and a file holds one kind:

=================  =========================================  =====================================
kind               columns                                    says
=================  =========================================  =====================================
graded texts       ``text_preferred``, ``text_other``         the first text is more positive
label preferences  ``text``, ``chosen``, ``rejected``         the chosen label fits the text better
=================  =========================================  =====================================

Either may have ``weight`` (how much a pair counts, 1 without), and graded texts may have ``margin``
(by how much, in logits), or ``rating_preferred`` and ``rating_other``, which give one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from sentilora.data.problems import RowProblem
from sentilora.data.same_text import components, numbered
from sentilora.labels import Labels

if TYPE_CHECKING:
    import datasets

__all__ = ["GRADED", "LABELS", "Kind", "PairFile", "Pairs"]

Kind = Literal["graded texts", "label preferences"]
GRADED: Kind = "graded texts"
LABELS: Kind = "label preferences"

Ids = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PairFile:
    """A file of pairs, and how it is to be read.

    Attributes:
        path: a file, or a hub data set id.
        columns: what its columns are called, where they have other names than those above:
            ``{"text_preferred": "src_hi"}``.
        texts: a file that holds the texts, when the columns hold references to them.
        key: column of ``texts`` that the references name.
    """

    path: str
    columns: Mapping[str, str] = field(default_factory=dict)
    texts: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class Pairs:
    """Preferences of one kind; their texts, each different one once, are mapped from disk.

    Attributes:
        kind: ``graded texts`` or ``label preferences``.
        table: column ``text``, one row a different text.
        keys: ``(U,)`` uint64, hash of each text folded: equal for the same text but for case and
            white space.
        sides: graded texts: ``(P, 2)`` int64, which text is preferred and which is the other one.
            Label preferences: ``(P, 1)``, the text.
        label_ids: label preferences: ``(P, 2)`` int64, chosen and rejected. Graded texts: ``(P,
            0)``.
        margins: ``(P,)`` float64, at least 0; 0 where nothing was said.
        weights: ``(P,)`` float64, above 0.
        rows: ``(P,)`` int64, number of the row in the file, from 1.
        labels: the names of the label ids; None for graded texts.
        source: what the user typed.
        files: the files that were read.
        skipped: rows that were left out on request, and why.
        notes: what the user should be told about how they were read.
    """

    kind: Kind
    table: datasets.Dataset
    keys: npt.NDArray[np.uint64]
    sides: Ids
    label_ids: Ids
    margins: Numbers
    weights: Numbers
    rows: Ids
    labels: Labels | None
    source: str
    files: tuple[Path, ...] = ()
    skipped: tuple[RowProblem, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.sides)

    @property
    def is_graded(self) -> bool:
        """Whether texts are compared, not labels."""
        return self.kind == GRADED

    @property
    def texts(self) -> list[str]:
        """The different texts, in memory."""
        return list(self.table["text"])

    def select(self, positions: npt.NDArray[Any]) -> Pairs:
        """Return the pairs at these positions, in this order, with the texts that they need."""
        used, sides = np.unique(self.sides[positions], return_inverse=True)
        return replace(
            self,
            table=self.table.select(used, keep_in_memory=True),
            keys=self.keys[used],
            sides=sides.reshape(-1, self.sides.shape[1]).astype(np.int64),
            label_ids=self.label_ids[positions],
            margins=self.margins[positions],
            weights=self.weights[positions],
            rows=self.rows[positions],
        )

    def units(self) -> npt.NDArray[np.int32]:
        """Number the pairs that hang together by texts they share, ``(P,)``, by way of others too.

        Pairs of different numbers have no text in common.
        """
        texts = numbered(self.keys)
        return components(texts[self.sides[:, 0]], texts[self.sides[:, -1]])
