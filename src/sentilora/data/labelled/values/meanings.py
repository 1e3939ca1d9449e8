"""What the values of a label column stand for, and what is known about the column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sentilora.data.labelled.values.rating_scale import Scale
from sentilora.labels import Labels
from sentilora.message import setting

NO_LABEL = f"a word for no label (if it is one, name all labels with {setting('labels')})"


@dataclass(frozen=True)
class Meanings:
    """What the values of a label column stand for.

    Attributes:
        labels: the label names; None when they could not be decided, and ``problem`` says why.
        of: label id of each value, or what is wrong with the value.
        notes: remarks for the user on what was read as what.
        cuts_off: whether leaving out the rows with other values would cut off an end of a scale.
    """

    labels: Labels | None
    of: Mapping[str, int | str]
    problem: str = ""
    notes: tuple[str, ...] = ()
    cuts_off: bool = False


@dataclass(frozen=True)
class Column:
    """A label column, and what is known about it.

    Attributes:
        name: name of the column.
        names: names of all columns of the table.
        labels: label names that the user gave for its values, or values with ``=`` and a name.
        known: labels that the values have to be, of a model or of the train part.
        before: what the values of the train part stand for, for other parts of the same data.
        scale: scale of its values, if they are ratings; None if they are not.
        class_names: names of the label ids that are stored beside the column.
    """

    name: str
    names: Sequence[str] = ()
    labels: Labels | None = None
    known: Labels | None = None
    before: Mapping[str, int | str] = field(default_factory=dict)
    scale: Scale | None = None
    class_names: Sequence[str] | None = None
