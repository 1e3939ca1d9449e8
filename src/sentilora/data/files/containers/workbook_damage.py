"""What to say of workbooks that the libraries cannot read; only their calls stand inside."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from sentilora.errors import DataError


def damage_told(name: str, ending: str) -> AbstractContextManager[None]:
    """Say of a workbook that its library cannot read to the end that it is damaged."""
    whole = f"{name} is not a whole {ending} workbook"
    way = "Open it in a spreadsheet, and save it again as .xlsx, or as .csv."
    return told(name, whole, way)


@contextmanager
def told(name: str, what: str, way: str) -> Iterator[None]:
    """Say of what a library cannot read what it is, and what to do; nothing of ours is inside."""
    try:
        yield
    except _faults() as error:
        if type(error).__name__ == "PasswordError":
            raise DataError(protected(name)) from error
        raise DataError(f"{what}: {error}. {way}") from error


def protected(name: str) -> str:
    """Say that a workbook is protected, and what to do."""
    return (
        f"{name} is protected by a password. Open it in a spreadsheet, and save it without "
        "the password, or as .csv."
    )


def _faults() -> tuple[type[Exception], ...]:
    """Return what the libraries raise for damaged files: whatever their parsers come upon."""
    from python_calamine import CalamineError

    lookups = (AttributeError, KeyError, IndexError, TypeError, ValueError)
    archives = (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)
    return (*lookups, *archives, SyntaxError, CalamineError)
