"""Which encodings some bytes likely have: those in which they are letters of one language.

Each encoding is tried with each language that is written in it. A character beyond ASCII counts by
how frequent it is in the language, and by where it stands: a letter among letters of its own
script, small letters before no capital, quotes at the edge of words. The sum of the logarithms,
with the odds of the encoding itself, says which one is likeliest (a naive Bayes classifier). What
reads the bytes as the same text is one answer.

Not covered: UTF-8 and UTF-16, which are told by their form.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from sentilora.data.files.text_form.alphabets import ALPHABETS, ODDS, Alphabet

SURE = 5.0  # logarithm of odds over the next one, from which on an answer is sure
LIKELY = 3.0  # the same, from which on it is read and told, if it is the usual one
_NEAR = 7.0  # the same, within which another answer is worth a look
_MOST = 3  # answers
_BYTES = 1 << 14  # that are looked at
_PLAUSIBLE = -7.0  # mean logarithm of a character's share, below which there is no language
_RARE, _STRANGE, _WRONG = math.log(2e-3), math.log(1e-5), math.log(1e-7)
_LONE = math.log(0.1)
_SIGNS = frozenset("’‘“”„‚«»‹›–—…·•¡¿°€£§©®™½¼¾´\xa0\xad№²³×")
_WIDE_SIGNS = frozenset("。、，！？「」『』（）・：；～\u3000《》…—“”ー")
_OPENING, _CLOSING = frozenset("“„«‹‘¡¿‚「『"), frozenset("”»›…™®°’")
_EDGE, _SMALL, _CAPITAL = "edge", "small", "capital"  # of ASCII
_HIGH, _HIGH_SMALL = "high", "high small"

Context = tuple[str, str, str]  # a character, what stands before it, what stands behind it


@dataclass(frozen=True)
class Likely:
    """An encoding that bytes may have.

    Attributes:
        encoding: its name in Python.
        margin: logarithm of its odds against the likeliest other answer, in nats; negative where
            that one is likelier.
    """

    encoding: str
    margin: float


def likely_encodings(sample: bytes) -> list[Likely]:
    """Return the encodings that bytes likely have, the likeliest first; none if none fits.

    Args:
        sample: lines of a file that are not all ASCII.
    """
    if len(sample) > _BYTES:
        sample = sample[:_BYTES].rpartition(b"\n")[0] or sample[:_BYTES]
    by_text: dict[str, tuple[float, str]] = {}
    for encoding in ODDS:
        text = _decoded(sample, encoding)
        if text is None:
            continue
        score = _score(text, encoding)
        if score is not None and (text not in by_text or score > by_text[text][0]):
            by_text[text] = (score, encoding)
    ranked = sorted(by_text.values(), reverse=True)
    if not ranked:
        return []
    best = ranked[0][0]
    near = [one for one in ranked[:_MOST] if best - one[0] < _NEAR]
    after = ranked[1][0] if len(ranked) > 1 else -math.inf
    return [
        Likely(encoding, score - (after if score == best else best)) for score, encoding in near
    ]


def _decoded(sample: bytes, encoding: str) -> str | None:
    try:
        return sample.decode(encoding)
    except UnicodeDecodeError as error:
        # A sample may end within a character.
        if len(sample) - error.start > 4 or not error.start:
            return None
        return _decoded(sample[: error.start], encoding)


def _score(text: str, encoding: str) -> float | None:
    """Return the logarithm of the odds of a text in its likeliest language; None without one."""
    counts = Counter(_contexts(text))
    total = counts.total()
    best = max(
        sum(count * _share(context, alphabet) for context, count in counts.items())
        for alphabet in ALPHABETS
        if encoding in alphabet.encodings
    )
    if not total or best / total < _PLAUSIBLE * (2 if _is_wide(encoding) else 1):
        return None
    return best + ODDS[encoding]


def _is_wide(encoding: str) -> bool:
    return encoding in ("cp932", "euc_jp", "gb18030", "big5", "cp949")


def _contexts(text: str) -> Iterator[Context]:
    kinds = [_kind(character) for character in text]
    for place, character in enumerate(text):
        if character > "\x7f":
            before = kinds[place - 1] if place else _EDGE
            after = kinds[place + 1] if place + 1 < len(kinds) else _EDGE
            yield character, before, after


def _kind(character: str) -> str:
    if not character.isalpha():
        return _EDGE
    if character <= "\x7f":
        return _SMALL if character.islower() else _CAPITAL
    return _HIGH_SMALL if character.islower() else _HIGH


def _share(context: Context, alphabet: Alphabet) -> float:
    """Return the logarithm of the share that a character in its place has in a language."""
    character, before, after = context
    shares = _shares(alphabet)
    found = shares.get(character)
    if found is None:
        return _other(character, before, after, alphabet)
    if alphabet.is_latin:
        if before == after == _EDGE:
            found += _LONE  # few words are one letter
        is_odd = character.isupper() and before in (_SMALL, _HIGH_SMALL)
    else:
        is_odd = before in (_SMALL, _CAPITAL) or after in (_SMALL, _CAPITAL)
        is_odd = is_odd or (character.isupper() and before == _HIGH_SMALL)
    return found + (_RARE if is_odd else 0)


def _other(character: str, before: str, after: str, alphabet: Alphabet) -> float:
    """Return it for what is no frequent letter of the language."""
    if alphabet.others and character in _WIDE_SIGNS:
        return math.log(0.02)
    if any(first <= character <= last for first, last in alphabet.others):
        return math.log(0.4 / 4000)
    if character in _SIGNS:
        return _sign(character, before, after)
    if not character.isalpha():
        return _WRONG if not character.isprintable() or character >= "\u2190" else _STRANGE
    if alphabet.is_latin and character in _western():
        return _RARE if before != _SMALL or character.islower() else _STRANGE
    return _STRANGE


def _sign(character: str, before: str, after: str) -> float:
    is_within = before != _EDGE and after != _EDGE
    if is_within:
        return math.log(0.02) if character in "’–·\xad" else _STRANGE
    if before != _EDGE and character in _OPENING:
        return _STRANGE
    if after != _EDGE and character in _CLOSING and character != "’":
        return _STRANGE
    return math.log(0.03)


@cache
def _shares(alphabet: Alphabet) -> Mapping[str, float]:
    """Return the logarithms of the shares of letters, which fall with their rank (Zipf)."""
    start = 2 if alphabet.is_latin else 8
    weights = {letter: 1 / (rank + start) for rank, letter in enumerate(alphabet.letters)}
    total = sum(weights.values()) / (0.5 if alphabet.others else 0.9)
    return {letter: math.log(weight / total) for letter, weight in weights.items()}


@cache
def _western() -> frozenset[str]:
    """Return the letters of Western languages, which stand in texts of others by their names."""
    return frozenset("".join(one.letters for one in ALPHABETS if "mac_roman" in one.encodings))
