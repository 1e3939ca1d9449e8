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
        path: path of the file, or a hub data set id.
        columns: names of the columns, by role, where they have other names than those above:
            ``{"text_preferred": "src_hi"}``.
        texts: path of the file that holds the texts, when the columns hold references to them.
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
        kind: kind of all pairs: ``graded texts`` or ``label preferences``.
        table: the different texts, one a row, in a column ``text``.
        keys: ``(U,)`` uint64, hash of each text folded: equal for the same text but for case and
            white space.
        sides: numbers of the texts of each pair. Graded texts: ``(P, 2)`` int64, the preferred text
            and the other one. Label preferences: ``(P, 1)``, the text.
        label_ids: labels of each pair. Label preferences: ``(P, 2)`` int64, chosen and rejected.
            Graded texts: ``(P, 0)``.
        margins: ``(P,)`` float64, by how much one side is preferred: at least 0, and 0 where
            nothing was said.
        weights: ``(P,)`` float64, weight of each pair in the loss, above 0.
        rows: ``(P,)`` int64, number of the row in the file, from 1.
        labels: the names of the label ids; None for graded texts.
        source: the data as the user named them.
        files: paths of the files that were read.
        skipped: rows that were left out on request, each with the reason.
        notes: remarks for the user on how the pairs were read.
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
