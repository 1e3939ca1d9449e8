"""A file of texts to a table of answers, to look through, filter and take home."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentilora.data.files.formats import ending_of
from sentilora.data.files.tables import Batches, open_table, write_batches
from sentilora.events import Listener
from sentilora.files import sha256_of
from sentilora.inference.rows.answers import FileSummary
from sentilora.inference.rows.predict_file import predict_file
from sentilora.inference.rows.text_rows import TextRows, open_rows
from sentilora.inference.sentiment_model import SentimentModel
from sentilora.model.artifact import MANIFEST
from sentilora.ui.uploads import Upload

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 512  # computed at a time; between two pieces other sessions get their turn
SHOWN = 1000  # rows of a table on the page


@dataclass(frozen=True)
class ScoredFile:
    """A file with its answers.

    Attributes:
        upload: the file that was uploaded.
        column: name of the column with the texts.
        path: path of a parquet file with all columns and the answers.
        label, score: names of the columns with the answers.
        summary: summary of the prediction.
    """

    upload: Upload
    column: str
    path: Path
    label: str
    score: str
    summary: FileSummary

    def read(self) -> pa.Table:
        """Read the whole table."""
        import pyarrow.parquet as pq

        return pq.read_table(self.path)

    @property
    def download_name(self) -> str:
        """Name of the file to take home: the one that came, with ``-predicted``."""
        ending = ending_of(Path(self.upload.name))
        return f"{self.upload.name[: -len(ending)]}-predicted{ending}"

    def download(self) -> bytes:
        """Return the table in the format that the file came in."""
        target = self.path.with_name(f"download{ending_of(Path(self.upload.name))}")
        if not target.is_file():
            table = self.read()
            with write_batches(target, table.schema) as writer:
                for batch in table.to_batches():
                    writer.write(batch)
        return target.read_bytes()


def score_file(
    model: SentimentModel,
    upload: Upload,
    column: str,
    *,
    skip_bad_rows: bool = False,
    threshold: float | None = None,
    listener: Listener | None = None,
) -> ScoredFile:
    """Answer every row of a file; what was computed before a stop is not computed again.

    Raises:
        DataError: it cannot be read, or has rows without a text.
    """
    checked = open_rows(upload.path, text=column, skip_bad_rows=skip_bad_rows, name=upload.name)
    rows = TextRows(Batches(open_table(upload.path, upload.name), ROWS), checked.column)
    asked = f"{sha256_of(model.artifact.path / MANIFEST)} {column} {skip_bad_rows} {threshold}"
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
    return ScoredFile(upload, column, path, names[0], names[1], summary)


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

    chosen = pc.is_in(table[scored.label], value_set=_strings(labels))
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


def preview(upload: Upload, rows: int = 5) -> dict[str, list[Any]]:
    """Return the first rows of a file, as columns."""
    batch = next(iter(Batches(open_table(upload.path, upload.name), rows)), None)
    return {} if batch is None else dict(batch.to_pydict())


def _names_of(path: Path) -> list[str]:
    import pyarrow.parquet as pq

    return list(pq.read_schema(path).names)


def _strings(values: Sequence[str]) -> pa.Array:
    import pyarrow as pa

    return pa.array(values, type=pa.string())


def _string() -> pa.DataType:
    import pyarrow as pa

    return pa.string()
