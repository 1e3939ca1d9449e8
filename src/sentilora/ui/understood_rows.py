"""How a file is understood, before anything is done with it: its first rows, counts and problems.

It is asked of the rooms below, which a training or a measurement asks alike; so what is shown here
is what they will do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sentilora.data.files.read_options import Reading
from sentilora.data.files.streams import text_problem
from sentilora.data.files.tables import open_table
from sentilora.data.labelled.check import Check
from sentilora.data.labelled.reader import read_examples
from sentilora.data.problems import Problems, shortened
from sentilora.errors import DataError
from sentilora.evaluation.reports import wording
from sentilora.inference.rows.text_rows import open_rows, refuse
from sentilora.labels import parse_labels
from sentilora.quality.quality_check import check
from sentilora.ui.data_choices import DataChoices
from sentilora.ui.display.error_messages import page_text
from sentilora.ui.uploads import Upload

SHOWN = 6  # first rows
LONGEST = 300  # characters of a text


@dataclass(frozen=True)
class Understood:
    """What a file comes to.

    Attributes:
        rows: the first rows, by the names of the columns to show.
        counts: number of usable rows of each label, in label order; empty where no labels are read.
        usable: number of rows that can be used.
        left_out: number of rows that cannot be used.
        skips: whether these are to be left out; else they are a problem.
        problems: what keeps the work from being done, in words of the page.
        notes: remarks on how the file was read, and on what was found in it, in words of the page.
    """

    rows: list[dict[str, Any]]
    counts: dict[str, int]
    usable: int
    left_out: int
    skips: bool
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_usable(self) -> bool:
        """Whether the work can begin."""
        return not self.problems

    @property
    def told(self) -> str:
        """The counts in one line."""
        parts = [f"{wording.count(rows)} {name}" for name, rows in self.counts.items()]
        parts = parts or [f"{wording.count(self.usable)} text{'s' * (self.usable != 1)}"]
        rest = "left out" if self.skips or not self.left_out else "cannot be used"
        return ", ".join([*parts, f"{wording.count(self.left_out)} {rest}"])


def first_rows(
    upload: Upload, reading: Reading, columns: Sequence[str], *, most: int = SHOWN
) -> list[dict[str, Any]]:
    """Return the first rows of a file as they stand in it."""
    table = open_table(upload.path, upload.name, reading)
    chunk = next(iter(table.chunks(columns, Problems(upload.name), rows=most)), None)
    if chunk is None:
        return []
    cells = [[_shown(value) for value in chunk.columns[name][:most]] for name in columns]
    return [dict(zip(columns, row, strict=True)) for row in zip(*cells, strict=True)]


def understand_labels(choices: DataChoices) -> Understood:
    """Read a labelled file as it is asked to be read.

    Raises:
        DataError, ConfigError: it cannot be read, or its labels cannot be decided on.
    """
    asked = choices.columns_and_labels()
    form: dict[str, Any] = choices.reading.given
    skip = choices.skip_bad_rows
    found = check(choices.upload.path, **asked, skip_bad_rows=skip, **form)
    (part,) = found.parts.values()
    examples = read_examples(
        choices.upload.path,
        **{**asked, "labels": parse_labels(choices.labels)},
        skip_bad_rows=True,
        reading=choices.reading,
    )
    head = examples.select(range(min(SHOWN, len(examples))))
    rows = [
        {"Row": row, "Text": _shown(text), "Label": examples.labels.names[label_id]}
        for row, text, label_id in zip(
            head.numbers("row").tolist(), head.texts, head.label_ids.tolist(), strict=True
        )
    ]
    names = choices.upload.names
    rows += [
        {"Row": one.row, "Text": None, "Label": f"left out: {page_text(one.problem, names)}"}
        for one in examples.skipped[:SHOWN]
    ]
    rows.sort(key=lambda row: int(row["Row"]))
    return Understood(
        rows=rows[:SHOWN],
        counts=dict(part.counts),
        usable=part.usable,
        left_out=len(examples.skipped),
        skips=choices.skip_bad_rows,
        problems=tuple(page_text(problem, names) for problem in found.problems),
        notes=tuple(page_text(note, names) for note in [*found.notes, *_findings(found)]),
    )


def understand_texts(choices: DataChoices) -> Understood:
    """Read a file of texts as it is asked to be read.

    Raises:
        DataError: it cannot be read, has no such column, or rows without a text that are not to be
            left out.
    """
    upload = choices.upload
    rows = open_rows(
        upload.path,
        text=choices.text,
        skip_bad_rows=True,
        name=upload.name,
        reading=choices.reading,
    )
    problems = Problems(upload.name)
    problems.where = rows.batches.where
    above = 0  # rows of the batches before
    left_out = 0
    shown: list[dict[str, Any]] = []
    for batch in rows.batches:
        texts = rows.texts_of(batch)
        for row, text in enumerate(texts, start=above + 1):
            if (kind := text_problem(text)) is not None:
                left_out += 1
                problems.add_row(row, kind)
        above += len(texts)
        if not shown:
            head = batch.slice(0, SHOWN).to_pylist()
            shown = [
                {"Row": row, "Text": _shown(text)}
                | {name: _shown(cell) for name, cell in cells.items() if name != rows.column}
                for row, (text, cells) in enumerate(zip(texts[:SHOWN], head, strict=True), 1)
            ]
    told: tuple[str, ...] = ()
    if not choices.skip_bad_rows:
        try:
            refuse(problems)
        except DataError as error:
            told = (page_text(error.message, upload.names),)
    notes = tuple(page_text(note, upload.names) for note in rows.batches.notes)
    return Understood(
        rows=shown,
        counts={},
        usable=rows.batches.row_count - left_out,
        left_out=left_out,
        skips=choices.skip_bad_rows,
        problems=told,
        notes=notes,
    )


def _findings(found: Check) -> list[str]:
    """Say what stops nothing, but may be a mistake."""
    notes = []
    for one in found.parts.values():
        twice = one.exact_duplicates.count + one.near_duplicates.count
        if twice:
            notes.append(f"{wording.count(twice)} texts stand in an earlier row as well")
        if one.conflicts.count:
            rows = ", ".join(str(row) for row in one.conflicts.rows[0])
            notes.append(
                f"{wording.count(one.conflicts.count)} rows have the text of another row and "
                f"another label, such as the rows {rows}"
            )
    return notes


def _shown(value: Any) -> str | None:
    return None if value is None else shortened(str(value), LONGEST)
