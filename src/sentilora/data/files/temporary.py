"""Temporary Arrow files on disk, so that rows are mapped into memory and not held in it.

The folders live until the process that made them ends, as data sets refer to them by path. They
stand where Python puts temporary files: set ``TMPDIR`` when that disk is small or is memory.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sentilora.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

_folders: dict[Path, int] = {}


def new_folder() -> Path:
    """Make a folder that is removed when this process ends."""
    if not _folders:
        atexit.register(_remove_folders)
    folder = Path(tempfile.mkdtemp(prefix="sentilora-data-"))
    _folders[folder] = os.getpid()
    return folder


@contextmanager
def arrow_writer(path: Path, schema: pa.Schema) -> Iterator[Callable[[pa.RecordBatch], None]]:
    """Write record batches to an Arrow stream file.

    Raises:
        DataError: the disk is full or cannot be written.
    """
    import pyarrow as pa

    try:
        with (
            pa.OSFile(str(path), "wb") as sink,
            pa.ipc.new_stream(sink, schema) as writer,
        ):
            yield writer.write_batch
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


def _remove_folders() -> None:
    """Remove the folders of this process; a forked child leaves its parent's alone."""
    for folder, owner in _folders.items():
        if owner == os.getpid():
            shutil.rmtree(folder, ignore_errors=True)
