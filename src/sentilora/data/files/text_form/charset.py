"""Which encoding a file of text has: as the user said, by its mark, or by its bytes.

UTF-8 is what most files are, and the whole file is looked at before that is said. Text that is not
UTF-8 is read as Windows-1252 (of which Latin-1 is a part) when its letters stand where letters of
Western European languages do, and no other encoding is nearly as likely; the note shows a word of
it. Anything else is refused, with the likely encodings and how they read the same words. A file
that is UTF-8 but for some rows is one whose rows are broken.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

from sentilora.data.files.streams import UTF8, open_bytes, refuse_binary
from sentilora.data.files.text_form.alphabets import WESTERN
from sentilora.data.files.text_form.likely_encodings import LIKELY, SURE, Likely, likely_encodings
from sentilora.data.files.text_form.mojibake import TWICE, twice_encoded, twice_note
from sentilora.data.problems import shortened
from sentilora.errors import DataError
from sentilora.message import Message, setting

_HEAD_BYTES = 4096
_BLOCK_BYTES = 1 << 20
_FEW_BYTES = 3  # that nothing can be found out from
_SAMPLE_BYTES = 1 << 16  # of lines that are not ASCII
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UTF8_CHARACTER = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_LETTERS = frozenset("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüýŒœ")
_BETWEEN_LETTERS = frozenset("’‘´·-–—…\xa0\xad®™ªº°")
_WORD = re.compile(r"[^\W\d_]+")
_SHOWN = 40
_ASIDE = 0.1  # share of the NUL bytes of UTF-16, at most, that stand in the other half
# Letters that no Western European language has both of; other encodings put theirs there.
_APART = (("õû", "öü"), ("ìøù", "íý"), ("õ", "û"))
_SHIFTED = {b"\x1b$B": "iso2022_jp", b"\x1b$@": "iso2022_jp", b"\x1b$)C": "iso2022_kr"}


@dataclass(frozen=True)
class _Bytes:
    """Bytes of a file that is not UTF-8 as a whole.

    Attributes:
        sample: some lines that are not ASCII.
        good: number of characters that are right in UTF-8, ASCII left out.
        bad: number of bytes beside them that are not ASCII.
    """

    sample: bytes
    good: int
    bad: int


def find_encoding(path: Path, name: str, wanted: str | None) -> tuple[str, tuple[str, ...]]:
    """Return the encoding to read a file with, and remarks for the user on it.

    Args:
        path: path of the file, packed or not.
        name: name that the user knows it by.
        wanted: encoding that the user named, if they did.

    Raises:
        DataError: the file cannot be opened, is empty, is not text, or has an encoding that cannot
            be told for sure.
    """
    with open_bytes(path, name, is_checked=False) as stream:
        head = stream.peek(_HEAD_BYTES)[:_HEAD_BYTES]
        marked = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None)
        if wanted is not None:
            return _named(wanted, marked or _without_mark(head)), ()
        if marked is not None:
            return marked, ()
        if (wide := _without_mark(head)) is not None:
            note = f"{name} is read as UTF-16 (without a mark, {setting('encoding', wide)})"
            return wide, (Message(note),)
        refuse_binary(head, name)
        if (notes := _utf8_notes(stream, name)) is not None:
            return UTF8, notes
    with open_bytes(path, name, is_checked=False) as stream:
        return _other_than_utf8(_count(stream), name)


def unicode_encoding(head: bytes) -> str | None:
    """Return the UTF-16 or UTF-32 that bytes begin in, with a mark or without one."""
    marked = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None)
    return marked or _without_mark(head)


def western_word(sample: bytes) -> str | None:
    """Return a word that shows that bytes are Windows-1252; None where that is not sure."""
    try:
        text = sample.decode(WESTERN)
    except UnicodeDecodeError:
        return None
    high = [place for place, character in enumerate(text) if character > "\x7f"]
    if not high or not all(_is_western(text, place) for place in high):
        return None
    held = {text[place] for place in high}
    if any(held & set(first) and held & set(second) for first, second in _APART):
        return None
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    if sum(map(_is_foreign, words)) > len(words) / 5:
        return None
    return max(words, key=len)[:_SHOWN] if words else _word_at(text, high[0])


def _named(wanted: str, marked: str | None) -> str:
    """Return the encoding that the user named, passing over a mark where there is one.

    UTF-16 is completed by the order of its bytes, where no mark says it.
    """
    encoding = codecs.lookup(wanted).name
    if encoding == "utf-8":
        return UTF8
    if encoding == "utf-16" and marked in ("utf-16-le", "utf-16-be"):
        return marked
    is_marked = marked is not None and encoding.startswith(marked)
    return str(marked) if is_marked else encoding


def _without_mark(head: bytes) -> str | None:
    """Recognise UTF-16 by its NUL bytes, which all stand at even or all at odd places.

    A few stand at the others, as characters such as an emoji have one in their other half.
    """
    nuls = [place % 2 for place, byte in enumerate(head) if not byte]
    odd = sum(nuls)
    if len(nuls) < max(4, len(head) / 20) or min(odd, len(nuls) - odd) > len(nuls) * _ASIDE:
        return None
    encoding = "utf-16-be" if odd * 2 < len(nuls) else "utf-16-le"
    try:
        head[: len(head) // 2 * 2].decode(
            encoding, "strict" if len(head) < _HEAD_BYTES else "ignore"
        )
    except UnicodeDecodeError:
        return None
    return encoding


def _blocks(stream: BufferedReader[Any]) -> Iterator[bytes]:
    while block := stream.read(_BLOCK_BYTES):
        yield block


def _utf8_notes(stream: BufferedReader[Any], name: str) -> tuple[str, ...] | None:
    """Return remarks on a file that is UTF-8; None where it is not."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    doubtful = b""  # the first block that looks as if it was encoded twice
    try:
        for block in _blocks(stream):
            decoder.decode(block)
            if not doubtful and b"\xc3" in block and TWICE.search(block):
                doubtful = block
            for escape, encoding in _SHIFTED.items():
                if escape in block:
                    raise DataError(
                        f"{name} is written in ASCII with escapes, as mail is in East Asia. Read "
                        f"it with {setting('encoding', encoding)}; if it is none, with "
                        f"{setting('encoding', 'utf-8')}."
                    )
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    found = twice_encoded(doubtful.decode("utf-8", "replace")) if doubtful else None
    return () if found is None else (twice_note(name, *found),)


def _count(stream: BufferedReader[Any]) -> _Bytes:
    sample, size, good, bad = [], 0, 0, 0
    for line in stream:
        if line.isascii():
            continue
        characters = _UTF8_CHARACTER.findall(line)
        high = sum(byte > 127 for byte in line)
        good += len(characters)
        bad += high - sum(map(len, characters))
        if size < _SAMPLE_BYTES:
            sample.append(line[:_SAMPLE_BYTES])
            size += len(line)
    return _Bytes(b"".join(sample), good, bad)


def _other_than_utf8(found: _Bytes, name: str) -> tuple[str, tuple[str, ...]]:
    # Valid characters of UTF-8 stand by chance in East Asian encodings, and hardly in Western ones.
    word = western_word(found.sample) if found.good * 10 <= found.bad else None
    if found.good >= found.bad or (found.bad < _FEW_BYTES and word is None):
        return UTF8, ()  # its broken rows are named when they are met
    likely = likely_encodings(found.sample)
    if word is not None and (not likely or _is_western_rather(found.sample, likely[0])):
        note = (
            f"{name} is not UTF-8 and is read as Windows-1252 ({setting('encoding', WESTERN)}), "
            f"with words such as '{word}'; if they look wrong, name its encoding"
        )
        return WESTERN, (Message(note),)
    if not likely:
        raise DataError(
            f"{name} is not UTF-8 text, and its encoding cannot be found out. Name it with "
            f"{setting('encoding')}, or save the file as UTF-8. With "
            f"{setting('encoding', 'utf-8')} the rows that are not UTF-8 are named."
        )
    names = [one.encoding for one in likely]
    shown = _same_words(found.sample, names[:1] if likely[0].margin >= SURE else names)
    ways = " or, ".join(
        f"with {setting('encoding', encoding)} if words of it are right as '{words}'"
        for encoding, words in shown.items()
    )
    raise DataError(
        f"{name} is not UTF-8 text, and its encoding is not sure. Read it {ways}; else name "
        f"another encoding. With {setting('encoding', 'utf-8')} the rows that are not UTF-8 are "
        "named."
    )


def _is_western_rather(sample: bytes, likely: Likely) -> bool:
    """Tell whether the likeliest reading of bytes is that of Windows-1252."""
    is_same = sample.decode(WESTERN) == sample.decode(likely.encoding, "replace")
    return is_same and likely.margin >= LIKELY


def _same_words(sample: bytes, encodings: list[str]) -> dict[str, str]:
    """Return how encodings read the beginning of a line that they read differently."""
    lines = [line for line in sample.splitlines() if not line.isascii()]
    read = [[line.decode(encoding, "replace") for encoding in encodings] for line in lines]
    chosen = next((texts for texts in read if len(set(texts)) == len(texts)), read[0])
    places = [next(at for at, c in enumerate(text) if c > "\x7f") for text in chosen]
    return {
        encoding: _words_at(text, min(places))
        for encoding, text in zip(encodings, chosen, strict=True)
    }


def _is_western(text: str, place: int) -> bool:
    """Tell whether a character stands where Western European languages have it."""
    character = text[place]
    if character in _LETTERS:
        return True
    if character.isalpha() and character not in _BETWEEN_LETTERS:
        return False
    sides = text[max(0, place - 1) : place] + text[place + 1 : place + 2]
    is_within = len(sides) == 2 and all(side.isalpha() for side in sides)
    return not is_within or character in _BETWEEN_LETTERS


def _is_foreign(word: str) -> bool:
    """Tell whether most letters of a word are none of ASCII, as in other scripts."""
    return len(word) > 2 and sum(letter > "\x7f" for letter in word) * 2 > len(word)


def _word_at(text: str, place: int) -> str:
    start = _start_of_word(text, place)
    found = re.match(r'[^\s,;"]+', text[start:])
    return found[0] if found else text[place]


def _words_at(text: str, place: int) -> str:
    return shortened(text[_start_of_word(text, place) :].strip().strip('"'))


def _start_of_word(text: str, place: int) -> int:
    while place and not text[place - 1].isspace() and text[place - 1] not in ',;"':
        place -= 1
    return place
