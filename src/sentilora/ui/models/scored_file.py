"""A file of texts to a table of answers, to look through, filter and take home."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sentilora.data.files.formats import WRITABLE, ending_of
from sentilora.data.files.tables import Batches, open_table, write_batches
from sentilora.events import Listener
from sentilora.files import sha256_of
from sentilora.inference.rows.answers import FileSummary
from sentilora.inference.rows.predict_file import predict_file
from sentilora.inference.rows.text_rows import TextRows, open_rows
from sentilora.inference.sentiment_model import SentimentModel
from sentilora.model.artifact import MANIFEST
from sentilora.ui.data_choices import DataChoices
from sentilora.ui.settings import NOT_SURE
from sentilora.ui.uploads import Upload

if TYPE_CHECKING:
    import pyarrow as pa

Asked = tuple[
    DataChoices, str, float
]  # a file and how to read it, the model, and when it is unsure

ROWS = 512  # computed at a time; between two pieces other sessions get their turn
SHOWN = 1000  # rows of a table on the page


@dataclass(frozen=True)
class ScoredFile:
    """A file with its answers.

    Attributes:
        choices: the file that was uploaded, and how it was read.
        column: name of the column with the texts.
        model: name of the model that answered, for people.
        threshold: score below which an answer counts as none, in ``[0, 1]``.
        at: time of the day when it was done, such as ``16:35``.
        path: path of a parquet file with all columns and the answers.
        label, score: names of the columns with the answers.
        abstained: name of the column that says where the model is not sure.
        summary: summary of the prediction.
    """

    choices: DataChoices
    column: str
    model: str
    threshold: float
    at: str
    path: Path
    label: str
    score: str
    abstained: str
    summary: FileSummary

    @property
    def asked(self) -> Asked:
        """What it is the answer to."""
        return self.choices, self.model, self.threshold

    @property
    def upload(self) -> Upload:
        """The file that was uploaded."""
        return self.choices.upload

    def read(self) -> pa.Table:
        """Read the whole table."""
        import pyarrow.parquet as pq

        return pq.read_table(self.path)

    def shown_labels(self, table: pa.Table) -> pa.Array:
        """Return the label of each row, or that the model is not sure; null without a text."""
        return shown_labels(table, self.label, self.abstained)

    def counts(self, table: pa.Table) -> dict[str, int]:
        """Count the rows of each label, and those of which the model is not sure, in this order."""
        import pyarrow.compute as pc

        tally = pc.value_counts(self.shown_labels(table)).to_pylist()
        found = {one["values"]: one["counts"] for one in tally}
        counts = {name: int(found.get(name, 0)) for name in self.summary.label_counts}
        return counts | ({NOT_SURE: int(found[NOT_SURE])} if NOT_SURE in found else {})

    @property
    def download_name(self) -> str:
        """Name of the file to take home: the one that came, with ``-predicted``."""
        stem = self.upload.name[: -len(ending_of(Path(self.upload.name)))]
        return f"{stem}-predicted{self._ending}"

    @property
    def _ending(self) -> str:
        ending = ending_of(Path(self.upload.name))
        return ending if ending in WRITABLE else ".csv"

    def download(self) -> bytes:
        """Return the table in the format that the file came in, or as CSV."""
        target = self.path.with_name(f"download{self._ending}")
        if not target.is_file():
            table = self.read()
            with write_batches(target, table.schema) as writer:
                for batch in table.to_batches():
                    writer.write(batch)
        return target.read_bytes()


def score_file(
    model: SentimentModel,
    name: str,
    choices: DataChoices,
    threshold: float,
    *,
    listener: Listener | None = None,
) -> ScoredFile:
    """Answer every row of a file; what was computed before a stop is not computed again.

    Args:
        model: model that answers.
        name: its name for people.
        choices: the file and how to read it.
        threshold: score below which an answer counts as none, in ``[0, 1]``.
        listener: listener to the events of the prediction.

    Raises:
        DataError: it cannot be read, or has rows without a text.
    """
    upload, skip_bad_rows = choices.upload, choices.skip_bad_rows
    reading = choices.reading
    checked = open_rows(
        upload.path,
        text=choices.text,
        skip_bad_rows=skip_bad_rows,
        name=upload.name,
        reading=reading,
    )
    rows = TextRows(Batches(open_table(upload.path, upload.name, reading), ROWS), checked.column)
    seal = sha256_of(model.artifact.path / MANIFEST)
    asked = f"{seal} {checked.column} {skip_bad_rows} {threshold} {reading}"
    folder = upload.path.parent / hashlib.sha256(asked.encode()).hexdigest()[:16]
    folder.mkdir(exist_ok=True)
    path = folder / "scored.parquet"
    summary = predict_file(
        model,
        rows,
        path,
        skip_bad_rows=skip_bad_rows,
        threshold=threshold,
        resume=True,
        listener=listener,
    )
    names = _names_of(path)[len(rows.batches.schema.names) :]
    return ScoredFile(
        choices=choices,
        column=checked.column,
        model=name,
        threshold=threshold,
        at=time.strftime("%H:%M"),
        path=path,
        label=names[0],
        score=names[1],
        abstained=names[-1 if model.first_stage is None else -2],  # then what stage answered
        summary=summary,
    )


def shown_labels(table: pa.Table, label: str, abstained: str) -> pa.ChunkedArray:
    """Return the label of each row, or that the model is not sure; null where it has no answer."""
    import pyarrow.compute as pc

    return pc.if_else(table[abstained], NOT_SURE, table[label])


def choose_rows(
    table: pa.Table,
    scored: ScoredFile,
    *,
    labels: Sequence[str],
    words: str = "",
    scores: tuple[float, float] = (0.0, 1.0),
) -> pa.Table:
    """Return the rows with one of the labels, a score in a range, and words in the text."""
    import pyarrow.compute as pc

    chosen = pc.is_in(scored.shown_labels(table), value_set=_strings(labels))
    low, high = scores
    within = pc.and_(
        pc.greater_equal(table[scored.score], low), pc.less_equal(table[scored.score], high)
    )
    chosen = pc.and_(chosen, pc.fill_null(within, False))
    if words.strip():
        texts = pc.cast(table[scored.column], _string())
        found = pc.match_substring(texts, words.strip(), ignore_case=True)
        chosen = pc.and_(chosen, pc.fill_null(found, False))
    return table.filter(chosen)


def _names_of(path: Path) -> list[str]:
    import pyarrow.parquet as pq

    return list(pq.read_schema(path).names)


def _strings(values: Sequence[str]) -> pa.Array:
    import pyarrow as pa

    return pa.array(values, type=pa.string())


def _string() -> pa.DataType:
    import pyarrow as pa

    return pa.string()
