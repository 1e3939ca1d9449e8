"""Temporary files on disk, so that rows are mapped into memory and not held in it.

Folders of :func:`new_folder` live until the process that made them ends, as data sets refer to them
by path; a :class:`ScratchFolder` lives as long as whoever holds it. They stand where Python puts
temporary files: set ``TMPDIR`` when that disk is small or is memory. What a killed process left
there is removed when the next one makes its first folder; who uses a folder holds a lock on it.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sentilora.errors import DataError
from sentilora.files import lock

if TYPE_CHECKING:
    import pyarrow as pa

PREFIX = "sentilora-data-"
_YOUNG_SECONDS = 60  # a folder that was made just now may not be locked yet

_roots: dict[tuple[int, str], Path] = {}  # by process and place
_made: list[tuple[Path, int]] = []  # with the process that made it
_holders: weakref.WeakKeyDictionary[object, list[ScratchFolder]] = weakref.WeakKeyDictionary()
_Kept = TypeVar("_Kept")


class ScratchFolder:
    """A folder that is removed when nobody holds this object any more, or the process ends.

    Attributes:
        path: path of the folder.
        remove: function that removes it now.

    Raises:
        DataError: there is no folder for temporary files that can be written.
    """

    def __init__(self) -> None:
        self.path, descriptor = _make()
        self.remove = weakref.finalize(self, _remove, self.path, descriptor, os.getpid())

    def __reduce__(self) -> tuple[Any, ...]:
        """Be None in another process, which shall not take the files away."""
        return type(None), ()

    def serve(self, reader: _Kept) -> _Kept:
        """Live as long as the object that reads files of this folder; return that object."""
        _holders.setdefault(reader, []).append(self)
        return reader


def new_folder() -> Path:
    """Make a folder that is removed when this process ends.

    All of a process lie in one, whose lock takes the only file that stays open for them.

    Raises:
        DataError: there is no folder for temporary files that can be written.
    """
    try:
        key = (os.getpid(), tempfile.gettempdir())
        if key not in _roots or not _roots[key].is_dir():
            if not _made:
                atexit.register(_remove_roots)
            _roots[key], _ = _make()
            _made.append((_roots[key], os.getpid()))
        return Path(tempfile.mkdtemp(dir=_roots[key]))
    except OSError as error:
        raise _no_place(error) from error


def remove_abandoned() -> None:
    """Remove the folders that killed processes left, which no living process has locked."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime < _YOUNG_SECONDS:
                continue
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                if lock(descriptor):
                    shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(descriptor)


_sweep_once = cache(remove_abandoned)


@contextmanager
def arrow_writer(path: Path, schema: pa.Schema) -> Iterator[Callable[[pa.RecordBatch], None]]:
    """Write record batches to an Arrow stream file.

    Raises:
        DataError: the disk is full or cannot be written.
    """
    import pyarrow as pa

    with (
        told_when_full(path),
        pa.OSFile(str(path), "wb") as sink,
        pa.ipc.new_stream(sink, schema) as writer,
    ):
        yield writer.write_batch


@contextmanager
def told_when_full(path: Path) -> Iterator[None]:
    """Say of failures to write a temporary file what can be done about them.

    Raises:
        DataError: the disk is full or cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise DataError(
            f"The temporary file {path} cannot be written: {error.strerror or error}. "
            f"Set TMPDIR to a folder with more room."
        ) from error


def read_batches(path: Path) -> Iterator[pa.RecordBatch]:
    """Iterate the record batches of such a file, mapped into memory."""
    import pyarrow as pa

    with pa.memory_map(str(path)) as source, pa.ipc.open_stream(source) as reader:
        yield from reader


def _make() -> tuple[Path, int | None]:
    """Make a folder and lock it; return the descriptor that holds the lock as well."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    except OSError as error:
        raise _no_place(error) from error
    descriptor = None
    with suppress(OSError):  # Windows opens no folders
        descriptor = os.open(folder, os.O_RDONLY)
        lock(descriptor)
    _sweep_once()
    return folder, descriptor


def _no_place(error: OSError) -> DataError:
    return DataError(
        f"There is no folder for temporary files: {error.strerror or error}. "
        f"Set TMPDIR to a folder that can be written."
    )


def _remove(folder: Path, descriptor: int | None, owner: int) -> None:
    """Remove a folder of this process; a forked child leaves its parent's alone."""
    if owner == os.getpid():
        shutil.rmtree(folder, ignore_errors=True)
    if descriptor is not None:
        with suppress(OSError):
            os.close(descriptor)


def _remove_roots() -> None:
    for folder, owner in _made:
        _remove(folder, None, owner)
