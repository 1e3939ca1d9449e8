"""A model takes the place of another one only with the same labels."""

from __future__ import annotations

from sentilora.errors import ModelError
from sentilora.labels import Labels


def check_same_labels(new: str, labels: Labels, old: str, before: Labels) -> None:
    """Refuse a model that says other things than the one whose place it is to take.

    Args:
        new: what the model is called that is to answer.
        labels: its labels.
        old: what the present one is called.
        before: labels of that.

    Raises:
        ModelError: the labels are not the same, in whatever order.
    """
    if set(labels.names) != set(before.names):
        raise ModelError(
            f"{new} has the labels {', '.join(labels.names)}, and {old} has "
            f"{', '.join(before.names)}: rules and counts rest on them, so that it cannot take its "
            "place. Expected a model with the same labels."
        )
