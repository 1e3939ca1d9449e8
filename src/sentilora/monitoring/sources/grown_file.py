"""A file that grows: what is in it, and what is written to its end from then on.

A file that is moved away and made anew, or emptied and written again (the two ways in which logs
are rotated), is read to its end and then from its beginning. Which file it was and how far it was
read is its position; when the program was down meanwhile, the file that was moved away is found in
its folder. Only whole lines are read: half of one is waited for.

Not covered: what was written to a file that was emptied before it was read.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from sentilora.monitoring.feedback_record import FeedbackRecord, RecordColumns
from sentilora.monitoring.sources.record_batch import (
    MOST_LINE_BYTES,
    MOST_RECORDS,
    RecordBatch,
    Refused,
)
from sentilora.monitoring.sources.record_lines import Line, LineReader

_LOOKED_S = 0.2
_LEFT_S = 2.0  # who writes to a file that was moved away goes over to the new one meanwhile
_IDLE_S = 1.0
_BLOCK_BYTES = 1 << 18


@dataclass(frozen=True)
class Place:
    """How far which file was read.

    Attributes:
        inode: number of the file in its file system.
        token: what ids of its records without one begin with.
        offset: place of the first byte that was not read.
        header: names of its columns, in a CSV file.
    """

    inode: int
    token: str
    offset: int = 0
    header: tuple[str, ...] | None = None


class GrownFile:
    """A source: a file, from its beginning or a position on, and what comes to it.

    Args:
        path: path of the file; it need not be there yet.
        name: name of the channel.
        form: ``jsonl``, ``csv`` or ``text``.
        columns: where the parts of a record stand.
        follows: whether to wait for more at the end.
    """

    def __init__(
        self,
        path: Path,
        name: str,
        form: str,
        columns: RecordColumns,
        *,
        follows: bool = True,
    ) -> None:
        self.path = path
        self.name = name
        self.place = str(path)
        self.form = form
        self.columns = columns
        self.follows = follows

    def batches(self, position: Any, stop: threading.Event) -> Iterator[RecordBatch]:
        """Yield what is in the file from a position on, and what comes."""
        place = _place(position)
        for moved in [] if place is None else self._moved_away(place):
            with moved.open("rb") as file:
                inode = os.fstat(file.fileno()).st_ino
                if place is None or place.inode != inode:
                    place = Place(inode, secrets.token_hex(4))
                place = yield from self._rest(file, place, stop, is_left=True)
        while not stop.is_set():
            try:
                file = self.path.open("rb")
            except FileNotFoundError:
                if not self.follows:
                    return
                yield RecordBatch()
                stop.wait(_IDLE_S)
                continue
            with file:
                status = os.fstat(file.fileno())
                is_same = place is not None and status.st_ino == place.inode
                if place is None or not is_same or status.st_size < place.offset:
                    place = Place(status.st_ino, secrets.token_hex(4))
                place = yield from self._rest(file, place, stop, is_left=not self.follows)
            if not self.follows:
                return

    def _rest(
        self, file: BinaryIO, place: Place, stop: threading.Event, *, is_left: bool
    ) -> Generator[RecordBatch, None, Place]:
        """Yield what an open file holds, until nothing more can come to it."""
        reader = LineReader(self.name, self.form, self.columns, place.token, place.header)
        at, idle_s, left_s = place.offset, 0.0, 0.0
        while not stop.is_set():
            lines, at = _lines(file, at, is_last=is_left)
            is_over = not lines and (is_left or left_s >= _LEFT_S or _size(file) < at)
            read = list(reader.finish() if is_over else reader.read(lines))
            header = None if reader.header is None else tuple(reader.header)
            size = -(-len(read) // -(-len(read) // MOST_RECORDS)) if read else 1  # all about alike
            for start in range(0, len(read), size):
                part = read[start : start + size]
                place = replace(place, offset=part[-1].end, header=header)
                yield RecordBatch(
                    [one.found for one in part if isinstance(one.found, FeedbackRecord)],
                    [one.found for one in part if isinstance(one.found, Refused)],
                    asdict(place),
                )
            if lines:
                idle_s = left_s = 0.0
                continue
            if is_over:
                break
            if idle_s >= _IDLE_S:
                yield RecordBatch()
                idle_s = 0.0
            stop.wait(_LOOKED_S)
            idle_s += _LOOKED_S
            left_s = left_s + _LOOKED_S if self._was_replaced(file) else 0.0
        return place

    def _was_replaced(self, file: BinaryIO) -> bool:
        """Whether another file stands under the name now."""
        try:
            return self.path.stat().st_ino != os.fstat(file.fileno()).st_ino
        except FileNotFoundError:
            return False  # moved away, and not made anew yet

    def _moved_away(self, place: Place) -> list[Path]:
        """Return the file of a position where it lies now, and those that were moved after it."""
        found = []
        for other in self.path.parent.glob(f"{self.path.stem}*"):
            with suppress(OSError):
                found.append((other.stat(), other))
        own = next((one for one, _ in found if one.st_ino == place.inode), None)
        is_moved = all(other != self.path for one, other in found if one.st_ino == place.inode)
        if own is None or own.st_size < place.offset or not is_moved:
            return []
        # What is packed by now was packed before: it is older than what was not read yet.
        later = sorted(
            (one.st_mtime_ns, other)
            for one, other in found
            if one.st_ino == place.inode
            or (other.name.startswith(self.path.name) and one.st_mtime_ns > own.st_mtime_ns)
        )
        return [
            other
            for _, other in later
            if other != self.path and other.suffix not in (".gz", ".xz", ".zst", ".bz2")
        ]


def _lines(file: BinaryIO, at: int, *, is_last: bool) -> tuple[list[Line], int]:
    """Read the whole lines that begin at a place; return them, and the place after them.

    What is longer than a text can be is passed over to its end, and its beginning returned.
    """
    file.seek(at)
    block = file.read(_BLOCK_BYTES)
    end = block.rfind(b"\n") + 1
    while block and not end and len(block) <= MOST_LINE_BYTES:
        more = file.read(_BLOCK_BYTES)
        if not more:
            break
        block += more
        end = block.rfind(b"\n") + 1
    if block and not end:
        after = at + len(block)
        while more := file.read(_BLOCK_BYTES):
            found = more.find(b"\n") + 1
            after += found or len(more)
            if found:
                return [Line(block, at, after)], after
        return ([Line(block, at, after)], after) if is_last else ([], at)
    lines, start = [], 0
    while start < end:
        stop = block.find(b"\n", start, end) + 1
        lines.append(Line(block[start:stop], at + start, at + stop))
        start = stop
    return lines, at + end


def _size(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_size


def _place(position: Any) -> Place | None:
    if position is None:
        return None
    header = position["header"]
    return Place(**{**position, "header": None if header is None else tuple(header)})
