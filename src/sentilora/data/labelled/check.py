"""What is wrong with a data set before it is trained on.

It reads each row once and loads no model. What takes longer (likely wrong labels, near copies,
junk) is found by ``quality/``, which hands in a function that looks at the parts that were read.
Not covered: labels that are wrong but consistent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from sentilora.data.labelled.draft import rare_labels, read_drafts, way_without
from sentilora.data.labelled.examples import Examples
from sentilora.data.labelled.quality_findings import Cleaned, QualityFindings
from sentilora.data.labelled.reader import finish, left_out_note
from sentilora.data.labelled.scan import Asked
from sentilora.data.labelled.stratification import MIN_PER_SIDE
from sentilora.data.problems import SHOWN_ROWS, Problems
from sentilora.data.same_text import hashes, numbered
from sentilora.errors import ModelError
from sentilora.labels import Labels
from sentilora.message import Message

QUANTILES = {"0%": 0.0, "5%": 0.05, "25%": 0.25, "50%": 0.5, "75%": 0.75, "95%": 0.95, "100%": 1.0}

Numbers = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Finding:
    """Rows that something was found in.

    Attributes:
        count: number of rows that something was found in.
        rows: the first of these rows, as sets of row numbers that belong together; across two
            parts, a pair of one row of each.
    """

    count: int
    rows: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class PartCheck:
    """What was found in one part.

    Attributes:
        source: name of the file.
        rows: number of rows in it; a header, blank lines and a line of totals are none.
        usable: number of rows that can be trained on.
        counts: number of usable rows of each label.
        lengths: quantiles of the lengths of usable texts, in characters.
        bad_rows: rows that cannot be used, by what is wrong with them.
        exact_duplicates: usable rows whose text stands in an earlier row.
        near_duplicates: usable rows whose text stands in an earlier row but for case and white
            space.
        conflicts: usable rows with the same text (but for case and white space) and other labels.
    """

    source: str
    rows: int
    usable: int
    counts: dict[str, int]
    lengths: dict[str, int]
    bad_rows: dict[str, Finding]
    exact_duplicates: Finding
    near_duplicates: Finding
    conflicts: Finding


@dataclass(frozen=True)
class Check:
    """What was found in a data set.

    Attributes:
        source: the data as the user named them.
        labels: label names in id order.
        parts: the parts by name: ``train``, and ``validation`` and ``test`` where there are such.
        shared: rows of the second part whose text stands in the first, by ``first/second``.
        problems: what would stop a training.
        notes: remarks on how the data were read.
        text_column: name of the column with the texts of ``train``.
        label_column: name of the column with its labels; empty where these are several columns.
        quality: what a deep check found in single rows; None when it was not asked for.
        cleaned: the file that was written without these rows; None when it was not asked for.
    """

    source: str
    labels: tuple[str, ...]
    parts: dict[str, PartCheck]
    shared: dict[str, Finding]
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    text_column: str = ""
    label_column: str = ""
    quality: QualityFindings | None = None
    cleaned: Cleaned | None = None

    @property
    def is_usable(self) -> bool:
        """Whether a training would start."""
        return not self.problems

    def to_dict(self) -> dict[str, Any]:
        """Return the whole as what JSON can hold."""
        whole = {"is_usable": self.is_usable, **asdict(self)}
        if self.quality is not None:
            whole["quality"]["counts"] = self.quality.counts
        return {key: value for key, value in whole.items() if value is not None}


def check_parts(
    data: Any,
    others: Mapping[str, Any],
    asked: Asked,
    labels: Labels | None,
    *,
    remarks: Callable[[list[str]], Sequence[str]] | None = None,
    look: Callable[[Mapping[str, Examples]], QualityFindings] | None = None,
) -> Check:
    """Read all parts of the data and report what is in them.

    Args:
        data: source of train, and of the other parts that it holds.
        others: sources of the other parts by name; None where none was given.
        asked: how to read all parts: columns, labels, bad rows.
        labels: the label names; decided by train when None.
        remarks: function that is given a sample of the train texts, and returns notes on them, such
            as what a base does not know; a :class:`ModelError` of it is a problem.
        look: function that is given the usable rows of each part, and finds more in them.

    Raises:
        DataError: the data cannot be opened, or it cannot be decided which column is what or how
            the labels are meant. Bad rows and rare labels are reported, not raised.
    """
    skip_bad_rows = asked.skip_bad_rows
    drafts = read_drafts(data, others, replace(asked, lists_bad_rows=True), labels)
    problems: list[str] = [
        Message(f"{one.scan.table.name}: {line}")
        for one in drafts.values()
        for line in one.scan.problems.row_lines()
        if not skip_bad_rows
    ]
    examples = {part: finish(one) for part, one in drafts.items()}
    checked = {
        part: _check_part(examples[part], one.scan.table.name, one.scan.problems)
        for part, one in drafts.items()
    }
    carved = 3 - len(drafts)
    counts, least = checked["train"].counts, MIN_PER_SIDE * (1 + carved)
    rare = rare_labels(counts, least, way_without(drafts["train"], counts, least))
    problems += [Message(line) for line in rare]
    told = set() if skip_bad_rows else {left_out_note(one.scan) for one in drafts.values()}
    notes = [note for part in examples.values() for note in part.notes if note not in told]
    if remarks is not None:
        try:
            notes += remarks(examples["train"].sample_texts())
        except ModelError as error:
            problems.append(error.message)
    return Check(
        source=drafts["train"].source,
        labels=examples["train"].labels.names,
        parts=checked,
        shared=_shared(examples),
        problems=tuple(problems),
        notes=tuple(dict.fromkeys(notes)),
        text_column=drafts["train"].scan.columns.text or "",
        label_column=drafts["train"].scan.columns.label or "",
        quality=None if look is None else look(examples),
    )


def _check_part(examples: Examples, source: str, problems: Problems) -> PartCheck:
    rows = examples.numbers("row")
    folded = numbered(examples.text_hashes())
    exact = numbered(
        hashes(text for batch in examples.batches("text") for text in batch.to_pylist())
    )
    exact_sets, near_sets = _sizes(exact), _sizes(_pairs(folded, exact)[0])
    label_sets = _sizes(_pairs(folded, examples.label_ids)[0])
    conflicting = label_sets > 1
    return PartCheck(
        source=source,
        rows=len(examples) + len(problems.rows),
        usable=len(examples),
        counts=examples.counts(),
        lengths=_lengths(examples),
        bad_rows={
            kind: Finding(count, tuple((row,) for row in shown))
            for kind, (count, shown) in problems.kinds.items()
        },
        exact_duplicates=Finding(len(rows) - len(exact_sets), _sets(exact, rows, exact_sets > 1)),
        near_duplicates=Finding(
            len(exact_sets) - len(near_sets), _sets(folded, rows, near_sets > 1)
        ),
        conflicts=Finding(int(conflicting[folded].sum()), _sets(folded, rows, conflicting)),
    )


def _shared(examples: Mapping[str, Examples]) -> dict[str, Finding]:
    keys = {part: one.text_hashes() for part, one in examples.items()}
    rows = {part: one.numbers("row") for part, one in examples.items()}
    shared = {}
    for first, second in combinations(examples, 2):
        places = np.flatnonzero(np.isin(keys[second], keys[first]))
        pairs = []
        for place in places[:SHOWN_ROWS]:
            twin = int(np.argmax(keys[first] == keys[second][place]))
            pairs.append((int(rows[first][twin]), int(rows[second][place])))
        shared[f"{first}/{second}"] = Finding(len(places), tuple(pairs))
    return shared


def _lengths(examples: Examples) -> dict[str, int]:
    import pyarrow.compute as pc

    lengths = np.concatenate(
        [np.asarray(pc.utf8_length(batch)) for batch in examples.batches("text")]
    )
    values = np.quantile(lengths, list(QUANTILES.values()), method="nearest")
    return {name: int(value) for name, value in zip(QUANTILES, values, strict=True)}


def _sizes(numbers: Numbers) -> Numbers:
    return np.asarray(np.bincount(numbers), np.int64)


def _pairs(first: Numbers, second: Numbers) -> tuple[Numbers, Numbers]:
    """Return the different pairs of two numberings, as two columns."""
    width = int(second.max()) + 1
    both = np.unique(first.astype(np.int64) * width + second)
    return both // width, both % width


def _sets(
    numbers: Numbers, rows: Numbers, wanted: npt.NDArray[np.bool_]
) -> tuple[tuple[int, ...], ...]:
    """Return the rows of the first wanted numbers, as they are met."""
    places = np.flatnonzero(wanted[numbers])
    first = dict.fromkeys(numbers[places].tolist())
    chosen = list(first)[:SHOWN_ROWS]
    found = [places[numbers[places] == number][:SHOWN_ROWS] for number in chosen]
    return tuple(tuple(int(row) for row in rows[group]) for group in found)
