"""What looks like personal data in texts: e-mail addresses, telephone and card numbers.

A card number has 13 to 19 digits, begins as cards do, and fulfils Luhn's check (ISO/IEC 7812-1); a
telephone number has 8 to 15 digits (ITU-T E.164), and a plus, a leading zero or groups in front of
it that dates, prices and plain numbers do not have.

Not covered: names, postal addresses, and numbers of identity cards, contracts and accounts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

EMAIL, PHONE, CARD = "e-mail address", "telephone number", "card number"

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})*\.[^\W\d_]{2,24}\b")
_CARD = re.compile(r"(?<![\w.,-])[2-6]\d{3}(?:[ -]?\d){9,15}(?![\w-]|[.,]\d)")
_PHONE = re.compile(
    r"(?<![\w.,:/@#$€£-])"
    r"(?:(?:\+|00)[1-9]\d{0,2}[ ./-]?(?:\(0\)[ ]?)?|\(0?\d{2,5}\)[ /-]?|0\d{1,5}[ ./-]|"
    r"(?:1[ .-])?(?=\d{3}[ .-]\d{3}[ .-]\d{4}\b)|0(?=\d{9,10}\b))"
    r"\d(?:[ ./-]?\d){0,40}(?![\w%€£$-]|[.,:/]\d)"  # in one way alone: tried in linear time
)
_DATE = re.compile(r"0?\d{1,2}[ ./-]0?\d{1,2}[ ./-](?:19|20)?\d{2}|0?\d{1,2}[ ./-](?:19|20)\d{2}")
_HIDDEN = "•"


@dataclass(frozen=True)
class Personal:
    """A stretch of a text that looks like personal data.

    Attributes:
        kind: what it looks like: :data:`EMAIL`, :data:`PHONE` or :data:`CARD`.
        start: place of its first character.
        end: place behind its last character.
    """

    kind: str
    start: int
    end: int


def find_personal(text: str) -> list[Personal]:
    """Return the stretches of a text that look like personal data, in order."""
    found: list[Personal] = []
    for kind, start, end in (*_emails(text), *_cards(text), *_phones(text)):
        if all(end <= one.start or start >= one.end for one in found):
            found.append(Personal(kind, start, end))
    return sorted(found, key=lambda one: one.start)


def masked(text: str) -> str:
    """Return the text with its personal data made unreadable: two letters, or two digits, stay."""
    for one in reversed(find_personal(text)):
        text = text[: one.start] + _mask(text[one.start : one.end], one.kind) + text[one.end :]
    return text


def _mask(value: str, kind: str) -> str:
    if kind == EMAIL:
        name, _, host = value.partition("@")
        return f"{name[0]}{_HIDDEN * 3}@{host[0]}{_HIDDEN * 3}"
    digits = sum(letter.isdigit() for letter in value)
    seen = 0
    hidden = []
    for letter in value:
        seen += letter.isdigit()
        hidden.append(_HIDDEN if letter.isdigit() and seen <= digits - 2 else letter)
    return "".join(hidden)


def _emails(text: str) -> Iterator[tuple[str, int, int]]:
    if "@" in text:
        for match in _EMAIL.finditer(text):
            yield EMAIL, *match.span()


def _cards(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _CARD.finditer(text):
        digits = [int(digit) for digit in match.group() if digit.isdigit()]
        if 13 <= len(digits) <= 19 and _fulfils_luhn(digits):
            yield CARD, *match.span()


def _phones(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _PHONE.finditer(text):
        digits = sum(letter.isdigit() for letter in match.group())
        if 8 <= digits <= 15 and _DATE.fullmatch(match.group()) is None:
            yield PHONE, *match.span()


def _fulfils_luhn(digits: list[int]) -> bool:
    """Tell whether the last digit is the one that Luhn's check asks for."""
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
