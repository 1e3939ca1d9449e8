"""The disk that a run is written to: whether it has room, and what to say when it has none left."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sentilora.errors import RunError
from sentilora.message import setting

# Of an OSError: the disk is full or may not be written, which the user can mend.
_DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES)


def check_space(folder: Path, needed_bytes: int) -> None:
    """Fail now rather than in an hour when the disk has no room.

    Raises:
        RunError: less than ``needed_bytes`` are free, or the folder cannot be written.
    """
    existing = folder.expanduser().resolve()
    while not existing.exists():
        existing = existing.parent
    free = shutil.disk_usage(existing).free
    if free < needed_bytes:
        raise RunError(
            f"{existing} has {free / 1e6:.0f} MB free, and this run needs about "
            f"{needed_bytes / 1e6:.0f} MB. Make room, or choose another disk with "
            f"{setting('output', 'DIR')}."
        )
    if not os.access(existing, os.W_OK):
        raise RunError(
            f"{existing} cannot be written to. Choose another folder with "
            f"{setting('output', 'DIR')}."
        )


@contextmanager
def disk_errors(folder: Path, resume: str, *others: type[Exception]) -> Iterator[None]:
    """Explain an error of the disk to the user; any other error goes on as it is.

    Args:
        folder: the folder that is written to.
        resume: the command that goes on with the work.
        others: classes of errors without a number that come from writing.

    Raises:
        RunError: the disk is full or may not be written.
    """
    kinds: tuple[type[Exception], ...] = (OSError, *others)
    try:
        yield
    except kinds as error:
        if isinstance(error, OSError) and error.errno not in _DISK_ERRORS:
            raise
        reason = getattr(error, "strerror", None) or error
        raise RunError(
            f"{folder} cannot be written any more: {reason}. Make room and go on with: {resume}"
        ) from error
