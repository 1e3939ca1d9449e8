"""Text that was encoded as UTF-8 twice: ``schön`` that came out as ``schÃ¶n``.

Somebody read UTF-8 as Windows-1252 or Latin-1 and saved what they saw. It is proper UTF-8, so that
nothing is refused; it is told, with a way to mend it.

Not covered: other encodings in the middle, such as Mac Roman, and text encoded three times.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from pathlib import Path

from sentilora.data.files.formats import PACKINGS
from sentilora.message import Message

TWICE = re.compile(rb"\xc3[\x82\x83\xa2\xb0][\xc2\xc5\xc6\xcb\xe2]")  # what begins like it
# It begins where a word does: a long word in which nothing is found is then gone through once.
_WORD = re.compile(r"(?<![^\s,;\"])[^\s,;\"]*[\u00c2\u00c3\u00e2\u00f0][^\x00-\x7f][^\s,;\"]*")
_TOLD = "it was encoded as UTF-8 twice"
_EACH = "Mend each text first, in Python: ftfy.fix_encoding(text), after pip install ftfy"
# The files are given as arguments, so that it may stand in double quotes whatever they are called.
_MEND = (
    "import ftfy, pathlib, sys; a, b = map(pathlib.Path, sys.argv[1:]); b.write_bytes(b''.join("
    "ftfy.fix_encoding(x.decode()).encode() for x in a.read_bytes().splitlines(True)))"
)
_FEWEST = 2  # words; one alone may be about encodings
_NO_WINDOWS = (0x81, 0x8D, 0x8F, 0x90, 0x9D)  # bytes without a character in Windows-1252
_BYTE_OF = {bytes([byte]).decode("cp1252"): byte for byte in range(256) if byte not in _NO_WINDOWS}


def mended(text: str) -> str | None:
    """Return what a text was before it was encoded once more; None where it was not."""
    places = [_BYTE_OF.get(character, ord(character)) for character in text]
    if text.isascii() or max(places) > 255:
        return None
    try:
        before = bytes(places).decode("utf-8")
    except UnicodeDecodeError:
        return None
    return before if before != text else None


def twice_encoded(text: str) -> tuple[str, str] | None:
    """Return the first word that was encoded twice and what it was; None for fewer than two."""
    found = [(word, before) for word in _WORD.findall(text) if (before := mended(word)) is not None]
    return found[0] if len(found) >= _FEWEST else None


def texts_note(texts: Iterable[str], notes: Iterable[str]) -> list[Message]:
    """Say that texts of any format were encoded twice, where no note on their file says it."""
    found = None if any(_TOLD in note for note in notes) else twice_encoded("\n".join(texts))
    if found is None:
        return []
    return [Message(f"the texts hold words such as {_said(*found)}. {_EACH}")]


def _said(word: str, before: str) -> str:
    return f"'{word}', which stands for '{before}': {_TOLD}, and is read as it is"


def twice_note(name: str, word: str, before: str) -> Message:
    """Say that a file was encoded twice, and how it is mended."""
    path = Path(name)
    said = f"{name} holds words such as {_said(word, before)}."
    if path.suffix.lower() in ("", ".zip", *PACKINGS):  # no file that can be opened as text
        return Message(f"{said} {_EACH}")
    names = shlex.join([name, f"{path.stem}-mended{path.suffix}"])
    how = f'Mend it first: pip install ftfy, and python -c "{_MEND}" {names}'
    return Message(f"{said} {how}")
