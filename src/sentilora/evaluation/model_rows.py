"""Labelled rows, read as a model's: its label names, their known spellings, or ids.

Ids mean what they mean in a training: all of the model's in its order, and 0 and 1 alone negative
and positive, also for a model that knows neutral. Others have to be named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentilora.data.files.sources import Location
from sentilora.data.labelled.draft import Draft, draft, settle
from sentilora.data.labelled.examples import Examples
from sentilora.data.labelled.reader import finish
from sentilora.data.labelled.scan import Asked
from sentilora.data.labelled.values.meanings import NO_LABEL
from sentilora.data.problems import quoted, raise_if_any, with_rows
from sentilora.errors import ConfigError
from sentilora.labels import Labels, parse_labels
from sentilora.message import Message, setting


@dataclass(frozen=True)
class Rows:
    """Examples with label ids of the model.

    Attributes:
        examples: examples as they were read, with the ids of the file.
        texts: texts of all rows.
        label_ids: ``(N,)`` int64, label ids in the model's order.
    """

    examples: Examples
    texts: list[str]
    label_ids: NDArray[np.int64]

    def counts(self, labels: Labels) -> dict[str, int]:
        """Count the rows of each label, in the model's order."""
        found = np.bincount(self.label_ids, minlength=len(labels))
        return dict(zip(labels.names, map(int, found), strict=True))


def given_labels(
    labels: str | Sequence[str] | Mapping[str, str] | None, known: Labels
) -> Labels | None:
    """Return the label names that a user gave for the values of a file; None if there are none.

    Raises:
        ConfigError: a name is not one of the model's.
    """
    given = parse_labels(labels)
    if given is None:
        return None
    unknown = [name for name in given.names if name not in known.names]
    if unknown:
        raise ConfigError(
            f"{setting('labels')} names {quoted(given.names)}, and the model has "
            f"{', '.join(known.names)}. Unknown to it: {quoted(unknown)}. Name the values of the "
            "file by the model's labels."
        )
    return given


def read_rows(
    location: Location, part: str, asked: Asked, given: Labels | None, known: Labels
) -> Rows:
    """Read one part of the data.

    Args:
        location: place of the data.
        part: name of the part: ``train`` or ``test``; a single file serves as either.
        asked: how to read the part: columns and scale.
        given: label names that the user gave for the values; None if there are none.
        known: label names of the model.

    Raises:
        DataError: it cannot be read, or holds labels that the model does not know.
    """
    found = draft(location, part, asked)
    settle(found, given, 0, known=known)
    note_unknown_labels(found, known)
    raise_if_any([found.scan.problems])
    examples = finish(found)
    ids = np.array([known.label2id[name] for name in examples.labels.names])
    return Rows(examples, examples.texts, ids[examples.label_ids])


def note_unknown_labels(found: Draft, known: Labels) -> None:
    """Say once which labels the file has and the model has not; the rows are listed after it."""
    scan, unknown = found.scan, _unknown_labels(found)
    used = sorted(name for name, code in scan.spellings.items() if scan.tally[code])
    if unknown and (not found.asked.skip_bad_rows or len(unknown) == len(used)):
        scan.problems.add(
            f"column '{scan.columns.label}' holds the labels {quoted(used)}, and the model has "
            f"{', '.join(known.names)}. Choose another column with {setting('label', 'COL')}, or "
            f"say which values stand for its labels with {setting('labels')}: VALUE=NAME for each."
        )


def left_out_labels(found: Draft) -> list[Message]:
    """Say which labels the model has not, where their rows are left out."""
    scan, unknown = found.scan, _unknown_labels(found)
    if not unknown:
        return []
    told = with_rows((name, scan.tally[scan.spellings[name]]) for name in unknown)
    return [
        Message(
            f"rows with labels that the model does not know are left out: {told}. What values "
            f"stand for is said with {setting('labels')}: VALUE=NAME for each"
        )
    ]


def _unknown_labels(found: Draft) -> list[str]:
    if found.meanings is None or not found.meanings.of or found.asked.rating_scale is not None:
        return []
    return sorted(
        name
        for name, code in found.scan.spellings.items()
        if found.scan.tally[code]
        and isinstance(meaning := found.meanings.of[name], str)
        and meaning != NO_LABEL
    )
