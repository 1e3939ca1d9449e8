"""Standard input: a line a text, or a JSON object a line.

Not covered: going on after a stop. What was read and not stored is lost with the program, as nobody
can read a pipe again; take a file for that.
"""

from __future__ import annotations

import queue
import secrets
import sys
import threading
from collections.abc import Iterator
from typing import Any, BinaryIO

from sentilora.monitoring.feedback_record import FeedbackRecord, RecordColumns
from sentilora.monitoring.sources.record_batch import MOST_RECORDS, RecordBatch, Refused
from sentilora.monitoring.sources.record_lines import Line, LineReader

_IDLE_S = 1.0
_LINGER_S = 0.05


class StandardInput:
    """A source: lines as they are written to the program.

    Args:
        name: name of the channel.
        form: ``jsonl``, ``csv`` or ``text``.
        columns: where the parts of a record stand.
        stream: what is read; standard input when None.
    """

    def __init__(
        self, name: str, form: str, columns: RecordColumns, stream: BinaryIO | None = None
    ) -> None:
        self.name = name
        self.place = "stdin"
        self._reader = LineReader(name, form, columns, secrets.token_hex(4))
        self._stream = stream
        # Bounded, so that who writes waits when texts come quicker than they are answered.
        self._lines: queue.Queue[Line | None] = queue.Queue(4 * MOST_RECORDS)

    def batches(self, position: Any, stop: threading.Event) -> Iterator[RecordBatch]:
        """Yield what comes until the input ends; a position means nothing here."""
        threading.Thread(target=self._read, args=(stop,), daemon=True).start()
        is_open = True
        while is_open and not stop.is_set():
            lines, is_open = self._take()
            read = list(self._reader.read(lines))
            if not is_open:
                read += self._reader.finish()
            yield RecordBatch(
                [one.found for one in read if isinstance(one.found, FeedbackRecord)],
                [one.found for one in read if isinstance(one.found, Refused)],
            )

    def _take(self) -> tuple[list[Line], bool]:
        """Wait for lines; return them, and whether more can come."""
        lines: list[Line] = []
        while len(lines) < MOST_RECORDS:
            try:
                line = self._lines.get(timeout=_LINGER_S if lines else _IDLE_S)
            except queue.Empty:
                break
            if line is None:
                return lines, False
            lines.append(line)
        return lines, True

    def _read(self, stop: threading.Event) -> None:
        stream = sys.stdin.buffer if self._stream is None else self._stream
        start = 0
        for content in stream:
            if stop.is_set():
                return
            self._lines.put(Line(content, start, start + len(content)))
            start += len(content)
        self._lines.put(None)
