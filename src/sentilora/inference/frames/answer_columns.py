"""Answers as columns beside the rows that they are for: which there are, and what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sentilora.data.problems import quoted
from sentilora.labels import Labels

if TYPE_CHECKING:
    import pyarrow as pa

PREFIX = "predicted_"
PROBABILITY = "probability_"


@dataclass(frozen=True)
class AnswerColumn:
    """A column that prediction adds.

    Attributes:
        what: name of the field that it holds.
        name: name of the column.
        type: Arrow type of its values.
    """

    what: str
    name: str
    type: Any


def answer_columns(
    labels: Labels,
    threshold: float | None = None,
    *,
    is_cascade: bool = False,
    taken: Sequence[str] = (),
) -> list[AnswerColumn]:
    """Return the columns that answers have; a name that is taken gets the prefix ``predicted_``."""
    import pyarrow as pa

    kinds = {"label": pa.string(), "score": pa.float64()}
    kinds |= {f"{PROBABILITY}{name}": pa.float64() for name in labels.names}
    if labels.polarities is not None:
        kinds["signed"] = pa.float64()
    kinds["truncated"] = pa.bool_()
    kinds["unknown"] = pa.float64()
    if threshold is not None:
        kinds["abstained"] = pa.bool_()
    if is_cascade:
        kinds["stage"] = pa.string()
    used = {*taken, *kinds}
    columns = []
    for what, kind in kinds.items():
        name = what
        if what in taken:
            while name in used:
                name = PREFIX + name
            used.add(name)
        columns.append(AnswerColumn(what, name, kind))
    return columns


def notes_on_names(source: str, added: Sequence[AnswerColumn]) -> list[str]:
    """Say which columns got another name."""
    renamed = [column for column in added if column.name != column.what]
    if not renamed:
        return []
    old = quoted([column.what for column in renamed])
    new = quoted([column.name for column in renamed])
    return [f"{source} has {old} already; the predictions are in {new}"]


def fill_columns(
    columns: Sequence[AnswerColumn], predictions: Sequence[Any]
) -> dict[str, pa.Array]:
    """Return the columns of predictions by name; empty where there is None instead of one."""
    import pyarrow as pa

    def value(prediction: Any, what: str) -> Any:
        if prediction is None:
            return None
        if what.startswith(PROBABILITY):
            return prediction.probabilities[what.removeprefix(PROBABILITY)]
        return getattr(prediction, what)

    return {
        column.name: pa.array([value(one, column.what) for one in predictions], column.type)
        for column in columns
    }
