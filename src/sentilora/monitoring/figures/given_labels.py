"""Labels that people gave to texts, beside those of the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from sentilora.monitoring.store.store_tables import CORRECTION


@dataclass(frozen=True)
class GivenLabel:
    """The last label that people gave to a text.

    Attributes:
        label: the label; that of the model where it was confirmed.
        by: who gave it.
        at_ms: when.
    """

    label: str
    by: str
    at_ms: int


def read_given_labels(
    connection: Connection, numbers: Sequence[int], model: str
) -> dict[int, GivenLabel]:
    """Return the last labels that people gave to some texts, by the numbers of the texts.

    Args:
        connection: connection to the store.
        numbers: numbers of the texts.
        model: name of the model whose answers they correct.
    """
    if not numbers:
        return {}
    given = CORRECTION.c
    asked = (
        sa.select(given.feedback, given.label_after, given.corrected_by, given.corrected_ms)
        .where(given.feedback.in_(numbers), given.model == model)
        .order_by(given.number)
    )
    return {number: GivenLabel(*told) for number, *told in connection.execute(asked)}
