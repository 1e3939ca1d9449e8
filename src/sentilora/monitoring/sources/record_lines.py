"""Lines of a file or of standard input, made records: JSON Lines, CSV, or a text a line."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sentilora.monitoring.feedback_record import (
    FeedbackRecord,
    RecordColumns,
    RecordProblem,
    read_record,
)
from sentilora.monitoring.sources.record_batch import MOST_LINE_BYTES, Refused

FORMATS = ("jsonl", "csv", "text")
SHOWN = 200
_MOST_LINES = 1000  # of one record in a CSV file


@dataclass(frozen=True)
class Line:
    """A whole line.

    Attributes:
        content: what it holds, with its end; the beginning of it where it is too long for a text.
        start: place of its first byte in the file.
        end: place of the first byte after it.
    """

    content: bytes
    start: int
    end: int


@dataclass(frozen=True)
class ReadLine:
    """What came of a line, or of the lines of one record.

    Attributes:
        found: the record, or why it is none.
        end: place of the first byte after it.
    """

    found: FeedbackRecord | Refused
    end: int


class LineReader:
    """Makes records of lines, one line or more each.

    Args:
        name: name of the channel.
        form: one of :data:`FORMATS`.
        columns: where the parts of a record stand.
        token: what ids of records without one begin with.
        header: names of the columns of a CSV file; its first line when None.
        clock: what time it is.
    """

    def __init__(
        self,
        name: str,
        form: str,
        columns: RecordColumns,
        token: str,
        header: Sequence[str] | None = None,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self.name = name
        self.form = form
        self.columns = columns
        self.token = token
        self.header = None if header is None else list(header)
        self._clock = clock
        self._held: list[Line] = []

    def read(self, lines: Sequence[Line]) -> Iterator[ReadLine]:
        """Yield what comes of each record that is whole."""
        for line in lines:
            if self.form == "csv":
                yield from self._add(line)
            elif line.content.strip():
                yield ReadLine(self._one(line, line.content), line.end)

    def _add(self, line: Line) -> Iterator[ReadLine]:
        """Take a line of a CSV file; a field in quotes may hold several."""
        self._held.append(line)
        content = b"".join(one.content for one in self._held)
        is_open = content.count(b'"') % 2 == 1
        if is_open and len(content) <= MOST_LINE_BYTES and len(self._held) <= _MOST_LINES:
            return
        if is_open:
            yield from self._give_up()
            return
        first, self._held = self._held[0], []
        if not content.strip():
            return
        if self.header is None:
            self.header = _fields(content.decode("utf-8-sig", "replace"))
        else:
            yield ReadLine(self._one(first, content), line.end)

    def _give_up(self) -> Iterator[ReadLine]:
        """Refuse a line whose quote never closes, and read those behind it each by itself."""
        (first, *others), self._held = self._held, []
        reason = "a quote opens here and does not close"
        yield ReadLine(self._refusal(first, first.content, reason), first.end)
        for other in others:
            yield from self._add(other)

    def finish(self) -> Iterator[ReadLine]:
        """Yield what is left when nothing more can come: a record that was never ended."""
        while self._held:
            yield from self._give_up()

    def _one(self, line: Line, content: bytes) -> FeedbackRecord | Refused:
        if len(content) > MOST_LINE_BYTES:
            return self._refusal(line, content, f"over {MOST_LINE_BYTES:,} bytes")
        try:
            return read_record(
                self._parsed(content),
                source=self.name,
                position=f"{self.token}-{line.start}",
                now=self._clock(),
                columns=self.columns,
            )
        except RecordProblem as problem:
            return self._refusal(line, content, str(problem))

    def _parsed(self, content: bytes) -> Any:
        if self.form != "csv":
            return read_content(content, self.form)
        text = _decoded(content)
        assert self.header is not None
        values = _fields(text)
        if len(values) != len(self.header):
            raise RecordProblem(f"{len(values)} fields; the header has {len(self.header)}")
        return dict(zip(self.header, values, strict=True))

    def _refusal(self, line: Line, content: bytes, reason: str) -> Refused:
        shown = content[: 4 * SHOWN].decode("utf-8", "replace").strip()[:SHOWN]
        return Refused(self.name, f"byte {line.start:,}", reason, shown)


def read_content(content: bytes, form: str) -> Any:
    """Return the fields of a record that stands alone.

    Args:
        content: what came.
        form: ``jsonl``, for a JSON object, or ``text``.

    Raises:
        RecordProblem: it is not UTF-8, or no JSON.
    """
    text = _decoded(content)
    if form == "text":
        return {"text": text.strip()}
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RecordProblem(f"it is no JSON: {error}") from error


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecordProblem(f"it is not UTF-8: {error.reason}") from error


def _fields(text: str) -> list[str]:
    try:
        return next(csv.reader([text], strict=False), [])
    except csv.Error as error:
        raise RecordProblem(f"it is no line of a CSV file: {error}") from error
