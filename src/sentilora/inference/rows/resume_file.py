"""Answers kept while a file is predicted, so that a stopped prediction can go on.

Beside the output lies a hidden file, ``.NAME.answers``: a line of JSON that says which texts were
put to which model, then a record for each text in the order of the source: its logits (``C``
float32, little-endian), whether it was cut, and whether the first stage of a cascade answered (a
byte each). It is written through to the disk after
each piece, goes when the output is complete, and stays whatever else ends the prediction.
Not covered: two processes that write the same output at the same time.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from sentilora.errors import ConfigError, DataError
from sentilora.files import sha256_of
from sentilora.inference.rows.score_cache import RememberingScorer
from sentilora.inference.scoring import Progress, Scored, record_type
from sentilora.inference.sentiment_model import SentimentModel
from sentilora.message import setting
from sentilora.model.artifact import MANIFEST

if TYPE_CHECKING:
    from sentilora.inference.rows.text_rows import TextRows

FORMAT = 3
HEAD_BYTES = 4096


class KeepingScorer:
    """Scores the texts of a source in order, and keeps on disk what it computes.

    Attributes:
        resumed: number of texts that were answered from what was kept before.
    """

    def __init__(self, model: SentimentModel, path: Path, about: dict[str, str]) -> None:
        self.resumed = 0
        self._scorer = RememberingScorer(model)
        self._path = path
        self._head = _head(about)
        self._record = record_type(len(model.labels))
        self._has_stages = model.first_stage is not None
        self._file: BinaryIO | None = None  # made when there is something to keep
        self._left = 0

    def go_on(self) -> None:
        """Answer the first texts from what is kept."""
        self._file = self._path.open("r+b")
        size = self._file.seek(0, os.SEEK_END) - len(self._head)
        self._left = size // self._record.itemsize
        # A record that was not written whole is computed again.
        self._file.truncate(len(self._head) + self._left * self._record.itemsize)
        self._file.seek(len(self._head))

    def score(self, texts: Sequence[str], progress: Progress | None = None) -> Scored:
        """Return uncalibrated ``(N, C)`` logits of the next texts, and the tokens computed now."""
        kept = self._read(min(self._left, len(texts)))
        scored = self._scorer.score(texts[len(kept) :], progress)
        records = scored.to_records()
        if len(records):
            self._write(records)
        both = np.concatenate([kept, records])
        return Scored.from_records(both, scored.tokens, has_stages=self._has_stages)

    def close(self) -> None:
        """Close the file; what is kept stays."""
        if self._file is not None:
            with suppress(OSError):  # of a full disk, which has been told already
                self._file.close()

    def _read(self, count: int) -> np.ndarray:
        data = b"" if self._file is None else self._file.read(count * self._record.itemsize)
        self._left -= count
        self.resumed += count
        return np.frombuffer(data, dtype=self._record)

    def _write(self, records: np.ndarray) -> None:
        """Append records: all that was kept before has been read, so the file stands at its end."""
        try:
            if self._file is None:
                self._file = self._path.open("w+b")
                self._file.write(self._head)
            self._file.write(records.tobytes())
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise DataError(
                f"{self._path} cannot be written: {error.strerror or error}."
            ) from error


@contextmanager
def keeping(
    model: SentimentModel, rows: TextRows, output: Path, *, resume: bool
) -> Iterator[KeepingScorer]:
    """Keep the answers to a source's texts beside ``output`` until it is complete.

    Args:
        model: model that answers.
        rows: rows whose texts will be scored, in order.
        output: path of the file that is being made.
        resume: whether to begin with the answers of an earlier prediction that was stopped, if
            there was one.

    Raises:
        ConfigError: answers to the same texts are kept and ``resume`` is not asked for; or it is,
            and they are answers to other texts, or of another model.
        DataError: answers cannot be kept there.
    """
    path = kept_path(output)
    about = _about(model, rows)
    scorer = KeepingScorer(model, path, about)
    before = _read_head(path)
    if before is not None:
        _check(path, [name for name in about if before.get(name) != about[name]], resume=resume)
        if resume:
            scorer.go_on()
    try:
        yield scorer
    finally:
        scorer.close()
    path.unlink(missing_ok=True)


def kept_path(output: Path) -> Path:
    """Return where answers are kept while ``output`` is made."""
    return output.with_name(f".{output.name}.answers")


def _about(model: SentimentModel, rows: TextRows) -> dict[str, str]:
    """Return what answers depend on, which the threshold is not a part of."""
    return {
        "input": " ".join(sha256_of(file) for file in rows.batches.files),
        "column": rows.column,
        "model": sha256_of(model.artifact.path / MANIFEST),
        "engine": model.engine.name,
        "precision": model.precision,
    }


def _head(about: dict[str, str]) -> bytes:
    return json.dumps({"format": FORMAT, **about}).encode("ascii") + b"\n"


def _read_head(path: Path) -> dict[str, Any] | None:
    """Return what answers were kept for; None when there are none that can be read."""
    try:
        with path.open("rb") as file:
            found = json.loads(file.readline(HEAD_BYTES))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found.get("format") == FORMAT else None


def _check(path: Path, changed: list[str], *, resume: bool) -> None:
    if resume and changed:
        raise ConfigError(
            f"The answers kept in {path} do not belong to this prediction: another "
            f"{', '.join(changed)}. Leave out {setting('resume')} to start over; they are "
            "replaced then."
        )
    if not resume and not changed:
        raise ConfigError(
            f"The same prediction was stopped before, and its answers are kept in {path}. Add "
            f"{setting('resume', True)} to go on with them, or delete that file to start over."
        )
