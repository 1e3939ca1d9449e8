"""Statements as a table, one row a statement, so that everybody can count again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sentilora.insights.feedback import Feedback
from sentilora.insights.statements.statements import KINDS, Statements

if TYPE_CHECKING:
    import pyarrow as pa


def statement_table(
    feedback: Feedback,
    statements: Statements,
    theme_of: NDArray[np.int64],
    keys: Sequence[str],
    aspects: Sequence[str | None],
) -> pa.Table:
    """Make the table that ``statements.parquet`` holds.

    Args:
        feedback: N texts.
        statements: S statements of them.
        theme_of: index of the theme of each, ``(S,)``; -1 for none.
        keys: keys of the themes.
        aspects: aspect of each statement, or None; empty where none was asked for.

    Returns:
        Columns ``row`` (position of the text in the data, from 0), ``id``, ``statement``,
        ``label``, ``score`` (its probability), ``signed``, ``theme`` (key, or null), ``aspect``,
        ``kind``, and ``start`` and ``end`` (characters of the text).
    """
    import pyarrow as pa

    owner = statements.text_index
    label_ids = statements.label_ids
    words = [statements.words_of(index, feedback) for index in range(len(statements))]
    names = np.array([*keys, None], dtype=object)
    ids: list[str | None] = [None] * len(statements)
    if feedback.ids is not None:
        ids = [feedback.ids[index] for index in owner.tolist()]
    return pa.table(
        {
            "row": pa.array(feedback.rows[owner], pa.int64()),
            "id": pa.array(ids, pa.string()),
            "statement": pa.array(words, pa.string()),
            "label": pa.array(np.array(feedback.labels.names, object)[label_ids], pa.string()),
            "score": pa.array(
                statements.probabilities[np.arange(len(statements)), label_ids], pa.float32()
            ),
            "signed": pa.array(statements.signed, pa.float32()),
            "theme": pa.array(names[theme_of], pa.string()),
            "aspect": pa.array(list(aspects) or [None] * len(statements), pa.string()),
            "kind": pa.array(np.array(KINDS, object)[statements.kinds], pa.string()),
            "start": pa.array(statements.start, pa.int64()),
            "end": pa.array(statements.end, pa.int64()),
        }
    )
