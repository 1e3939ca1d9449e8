"""Which encoding a file of text has: as the user said, by its mark, or UTF-8."""

from __future__ import annotations

import codecs
from pathlib import Path

from sentilora.data.files.streams import UTF8, open_bytes, refuse_binary

_HEAD_BYTES = 4096
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def find_encoding(path: Path, name: str, wanted: str | None) -> tuple[str, tuple[str, ...]]:
    """Return the encoding to read a file with, and remarks for the user on it.

    Args:
        path: path of the file, packed or not.
        name: name that the user knows it by.
        wanted: encoding that the user named, if they did.

    Raises:
        DataError: the file cannot be opened, is empty, or is not text.
    """
    with open_bytes(path, name, is_checked=False) as stream:
        head = stream.peek(_HEAD_BYTES)[:_HEAD_BYTES]
    if wanted is not None:
        encoding = codecs.lookup(wanted).name
        return (UTF8 if encoding == "utf-8" else encoding), ()
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, ()
    refuse_binary(head, name)
    return UTF8, ()
