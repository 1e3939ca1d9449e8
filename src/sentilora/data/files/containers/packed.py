"""Packed files and archives, unpacked to a temporary folder, but not without limit."""

from __future__ import annotations

import bz2
import gzip
import lzma
import shlex
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

from sentilora.data.files.formats import ENDINGS
from sentilora.data.files.temporary import ScratchFolder, told_when_full
from sentilora.errors import DataError

MOST_BYTES = 16 << 30  # of what is unpacked
MOST_TIMES = 250  # as large as what is packed; text is seldom 20 times as large
_SMALL_BYTES = 256 << 20  # harmless, however well it was packed
_MOST_MEMBERS = 10_000
_BLOCK_BYTES = 1 << 20
_UNPACK = "Unpack it, and give the files that are needed."


def unpacked(path: Path, name: str, packing: str) -> tuple[Path, ScratchFolder]:
    """Unpack a file to a temporary folder; return its path there, and what keeps the folder.

    Args:
        path: path of the file.
        name: name that the user knows it by.
        packing: ``.gz``, ``.bz2``, ``.xz`` or ``.zst``.

    Raises:
        DataError: it is not packed as its name says, is cut off, or is larger than the limit.
    """
    folder = ScratchFolder()
    target = folder.path / path.name[: -len(packing)]
    with _told(name, packing), _opened(path, packing) as source, _written(target) as file:
        _copy(source, file, path.stat().st_size, name)
    return target, folder


def extracted(path: Path, name: str) -> ScratchFolder:
    """Extract the files of a zip archive that can be read as tables.

    Raises:
        DataError: it is no zip archive, damaged, protected by a password, or larger than the limit.
    """
    folder = ScratchFolder()
    with _told(name, ".zip"), zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if _is_table(member.filename)]
        check_members(archive, name)
        packed = path.stat().st_size
        for member in members:
            target = folder.path.joinpath(*_inside(member.filename))
            with archive.open(member) as source, _written(target) as file:
                _copy(source, file, packed, name)
    return folder


def unpack_command(path: Path) -> str:
    """Return the command that unpacks a zip archive to a folder of its name."""
    return f"python -m zipfile -e {shlex.quote(str(path))} {shlex.quote(path.stem)}"


def check_members(archive: zipfile.ZipFile, name: str, most_bytes: int | None = None) -> None:
    """Refuse an archive by what its directory says of it.

    Raises:
        DataError: it is protected by a password, has too many files, or is larger than the limit.
    """
    members = archive.infolist()
    if any(member.flag_bits & 1 for member in members):
        raise DataError(
            f"{name} is protected by a password. Unpack it with the password, and give the file."
        )
    if len(members) > _MOST_MEMBERS:
        raise DataError(
            f"{name} holds {len(members):,} files; {_MOST_MEMBERS:,} are the most. {_UNPACK}"
        )
    size = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    _refuse_large(size, packed, name, most_bytes)


def _copy(source: IO[bytes] | Any, target: IO[bytes], packed: int, name: str) -> None:
    size = 0
    while block := source.read(_BLOCK_BYTES):
        size += len(block)
        _refuse_large(size, packed, name)
        with told_when_full(Path(target.name)):
            target.write(block)


@contextmanager
def _written(target: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file to write to; what fails is not the fault of what is unpacked."""
    with told_when_full(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        file = target.open("wb")
    try:
        yield file
    finally:
        with told_when_full(target):
            file.close()


def _refuse_large(size: int, packed: int, name: str, most_bytes: int | None = None) -> None:
    most = MOST_BYTES if most_bytes is None else most_bytes
    if size > most:
        raise DataError(
            f"{name} holds more than {most / (1 << 30):g} GiB when it is unpacked. "
            "Unpack it yourself, and give a smaller file, or a .parquet file."
        )
    if size > _SMALL_BYTES and size > MOST_TIMES * max(packed, 1):
        raise DataError(
            f"{name} is more than {MOST_TIMES} times as large when it is unpacked, as files are "
            f"that were made to fill a disk. Unpack it yourself if you trust it."
        )


def _is_table(member: str) -> bool:
    parts = PurePosixPath(member.replace("\\", "/")).parts
    if not parts or member.endswith("/") or "__MACOSX" in parts:
        return False
    return not parts[-1].startswith(".") and parts[-1].lower().endswith(ENDINGS)


def _inside(member: str) -> list[str]:
    """Return the parts of a member's path that stay inside the folder."""
    parts = PurePosixPath(member.replace("\\", "/")).parts
    return [part.replace(":", "_") for part in parts if part not in ("..", "/", ".")]


@contextmanager
def _opened(path: Path, packing: str) -> Iterator[Any]:
    if packing == ".zst":
        import pyarrow as pa

        with pa.input_stream(str(path), compression="zstd") as stream:
            yield stream
        return
    openers: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
    with openers[packing](path, "rb") as stream:
        yield stream


@contextmanager
def _told(name: str, packing: str) -> Iterator[None]:
    """Say of a damaged file what it should be."""
    try:
        yield
    except (EOFError, OSError, zlib.error, lzma.LZMAError, zipfile.BadZipFile) as error:
        raise DataError(
            f"{name} is not a whole {packing} file: {error}. Pack or fetch it again."
        ) from error
    except NotImplementedError as error:
        raise DataError(f"{name} cannot be unpacked: {error}. Unpack it yourself.") from error
