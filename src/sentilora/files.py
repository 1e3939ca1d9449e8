"""Files on disk: written whole or not at all, and told apart by their hash.

A file is written beside its place under a hidden name, ``.NAME.1a2b3c4d.tmp``, and moved there when
it is complete. So a reader finds the old file or the new one, never half of one; a killed process
leaves only the hidden file behind, which is removed when its place is written again. Who writes a
hidden file holds a lock on it, so that a living one is left alone.

Not covered: that the file survives a loss of power. Only :func:`write_json` waits for the disk.
"""

from __future__ import annotations

import glob
import hashlib
import io
import json
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from sentilora.errors import ConfigError, DataError

_BUFFER_BYTES = 1 << 20
_SHOWN_CHARACTERS = 80  # of a path that is none


def path_of(value: object) -> Path:
    """Return what a user gave as a path, with ``~`` written out; whether it exists is not asked.

    Raises:
        ConfigError: it can be no path: it is no string, a name is too long, links lead in a circle,
            or it holds a character that no path has.
    """
    if not isinstance(value, str | os.PathLike):
        kind, shown = type(value).__name__, " ".join(ascii(value).split())[:_SHOWN_CHARACTERS]
        raise ConfigError(
            f"{kind} {shown} is no path. Expected the path of a file or a folder, as a string or a "
            "pathlib.Path."
        )
    try:
        path = Path(value).expanduser()
        path.stat()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return path
    except (OSError, RuntimeError, ValueError) as error:
        text = str(value)
        short = text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(
            f"{short!r} cannot be a path: {reason}. Expected the path of a file or a folder."
        ) from error
    return path


def folder_of(value: str | Path) -> Path:
    """Return what a user gave as a folder, by a path that ends in its name.

    Raises:
        ConfigError: it can be no path.
    """
    path = path_of(value)
    return path if path.name not in ("", "..") else path.resolve()


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a temporary file beside ``path`` that takes its place when the block ends well.

    Raises:
        OSError: the file cannot be written; ``path`` is as it was.
    """
    with _replacing(path, partial(io.FileIO, mode="xb")) as stream:
        yield stream


@contextmanager
def replacing_output(path: Path) -> Iterator[BinaryIO]:
    """Do as :func:`replacing` for a file that a user has named.

    Raises:
        DataError: the file cannot be written; ``path`` is as it was.
    """
    if path.is_dir():
        raise DataError(f"{path} is a folder. Give the name of a file to write.")
    if not path.parent.is_dir():
        raise DataError(f"{path} cannot be written: there is no folder {path.parent}. Make it.")
    remove_partial(path)
    with _replacing(path, partial(_Output, path)) as stream:
        yield stream


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file, whole or not at all; text is written in UTF-8.

    Raises:
        OSError: the file cannot be written; ``path`` is as it was.
    """
    with replacing(path) as stream:
        stream.write(content.encode("utf-8") if isinstance(content, str) else content)


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file for good: it is on the disk when this returns.

    Raises:
        OSError: the file cannot be written; ``path`` is as it was.
    """
    with replacing(path) as stream:
        stream.write(json.dumps(value, indent=2, ensure_ascii=False).encode("utf-8") + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


def remove_partial(path: Path) -> None:
    """Remove the temporary files that killed processes left beside ``path``."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.{'[0-9a-f]' * 8}.tmp"):
        with suppress(OSError), left.open("rb") as file:
            if lock(file.fileno()):
                left.unlink(missing_ok=True)


def lock(descriptor: int) -> bool:
    """Lock an open file or folder until it is closed; False when another process holds it.

    Where there are no such locks (Windows), it is False: an open file cannot be removed there
    anyway, and what a killed process left has to be removed by hand.
    """
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def sha256_of(path: Path) -> str:
    """Return the hex sha256 of a file, read in chunks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _replacing(path: Path, open_new: Callable[[Path], io.FileIO]) -> Iterator[BinaryIO]:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    raw = open_new(temporary)
    lock(raw.fileno())
    try:
        with io.BufferedWriter(raw, _BUFFER_BYTES) as stream:
            yield stream
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


class _Output(io.FileIO):
    """A new file whose failed writes name the file that the user asked for."""

    def __init__(self, path: Path, temporary: Path) -> None:
        try:
            super().__init__(temporary, "xb")
        except OSError as error:
            raise _unwritable(path, error) from error
        self._path = path

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            raise _unwritable(self._path, error) from error


def _unwritable(path: Path, error: OSError) -> DataError:
    return DataError(f"{path} cannot be written: {error.strerror or error}.")
