"""What themes are called: a short sentence of theirs, and the words that set them apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from sentilora.insights.themes.terms import Terms, is_content, stem, terms_in, words_in

MOST_WORDS = 10
_WORDS_SHOWN = 6
_LEAST_WORDS = 3
_LEAST_HELD = 2
_LEAST_LETTERS = 4
_ENDING = re.compile(r"(?:ations?|ions?|ings?|ied|ies|ed|es|ers?|e|s|y)$")
_CANDIDATES = 60
_COVERAGE = 0.5
_LEAST_CONTENT = 2
_BREAK = re.compile(
    r"[.!?;:…]+(?:\s+|$)|[\n()\[\]{}\"“”]+\s*|,\s+|\s+[-–—]+\s+"
    r"|\s+(?=(?:but|because|although|however)\b)",
    re.I,
)
_FIRST = re.compile(
    r"^(?:(?:and|but|because|although|however|then|also|or|which|hi|hello)\b\W*)+", re.I
)
_LAST = re.compile(
    r"(?:[\s,]+(?:and|or|but|with|of|to|for|from|the|a|an|at|by|during|than|because|if|my|our|your|their|as))+$",
    re.I,
)
_PRIVATE = re.compile(
    r"\d{4,}|\d[\d .-]{6,}|@|https?:|www\.|[#*_=<>|~^\\]|\.(?:com|org|net)\b", re.I
)
_TOO_LOUD = 0.6


@dataclass(frozen=True)
class Telling:
    """The terms that set a theme apart.

    Attributes:
        words: at most six, as they are written, most telling first.
        stems: their stems, in the same order.
        strength: of every stem that tells something, by stem, positive; they sum to 1.
    """

    words: tuple[str, ...]
    stems: tuple[tuple[str, ...], ...]
    strength: dict[tuple[str, ...], float]


def find_telling(
    terms: Terms, theme_of: NDArray[np.int64], weights: NDArray[np.float64], count: int
) -> list[Telling]:
    """Find the terms of each theme that other statements hold less often.

    The strength of a term in a theme is ``p log(p / q)`` with ``p`` the share of the theme's
    statements that hold it and ``q`` that of all statements: what the term adds to the divergence
    of the theme from the rest. That is class-based TF-IDF (M. Grootendorst, BERTopic, 2022) with
    statements in the place of occurrences, so that one talkative statement counts once.

    Args:
        terms: of S statements.
        theme_of: index of each statement's theme, ``(S,)``; -1 for none.
        weights: voice of each statement, ``(S,)``.
        count: number of themes.
    """
    held, sizes, everywhere = _held(terms.counts, theme_of, weights, count)
    total = float(weights.sum())
    found = []
    for theme in range(count):
        row = held.getrow(theme)
        at, inside = row.indices, row.data
        share = inside / max(sizes[theme], 1e-9)
        strength = share * np.log(np.maximum(share * total / everywhere[at], 1e-9))
        usable = (inside >= min(_LEAST_HELD, sizes[theme])) & (strength > 0)
        order = sorted(
            np.flatnonzero(usable), key=lambda one: (-strength[one], terms.stems[at[one]])
        )
        sum_of = float(strength[usable].sum()) or 1.0
        strengths = {terms.stems[at[one]]: float(strength[one]) / sum_of for one in order[:200]}
        shown = _varied([int(at[one]) for one in order], terms)
        found.append(
            Telling(
                tuple(terms.names[one] for one in shown),
                tuple(terms.stems[one] for one in shown),
                strengths,
            )
        )
    return found


def _held(
    counts: csr_matrix, theme_of: NDArray[np.int64], weights: NDArray[np.float64], count: int
) -> tuple[csr_matrix, NDArray[np.float64], NDArray[np.float64]]:
    """Return weights of statements by theme and term, by theme, and by term."""
    told = np.flatnonzero(theme_of >= 0)
    of = csr_matrix((weights[told], (theme_of[told], told)), shape=(count, len(theme_of)))
    sizes: NDArray[np.float64] = np.zeros(count)
    np.add.at(sizes, theme_of[told], weights[told])
    return (of @ counts).tocsr(), sizes, np.asarray(counts.T @ weights)


def _varied(order: Sequence[int], terms: Terms) -> list[int]:
    """Keep terms that say something beside the stronger ones: no other form or part of them."""
    kept: list[int] = []
    seen: list[tuple[str, ...]] = []
    for at in order:
        stems = terms.stems[at]
        if any(_is_within(stems, other) or _is_within(other, stems) for other in seen):
            continue
        kept.append(at)
        seen.append(stems)
        if len(kept) == _WORDS_SHOWN:
            break
    return kept


def _is_within(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return all(any(_is_form(one, other) for other in others) for one in some)


def _is_form(one: str, other: str) -> bool:
    """Whether two words look like forms of one: verify, verified, verifying."""
    return one == other or _root(one) == _root(other)


def _root(word: str) -> str:
    for _ in range(2):
        cut = _ENDING.sub("", word)
        word = cut if len(cut) >= _LEAST_LETTERS else word
    return word[:-1] if word[-2:-1] == word[-1:] else word


def name_theme(
    members: NDArray[np.int64],
    likeness: NDArray[np.float32],
    words: Sequence[str],
    telling: Telling,
    taken: set[str],
) -> str:
    """Find the statement that speaks for a theme, and shorten it.

    A statement is the more fit the nearer it is to the centre, and the more of the telling terms
    its shortened form holds. A form with a single word of content comes after all others.

    Args:
        members: indices of the statements that may speak for it, at least one.
        likeness: cosine of each of them to the centre.
        words: all statements.
        telling: what sets the theme apart.
        taken: names of other themes in small letters; the new one is added.
    """
    near = np.argsort(-likeness, kind="stable")[:_CANDIDATES]
    best: tuple[bool, float, str] | None = None
    for at in near:
        for piece in short_forms(words[int(members[at])]):
            tells = sum(is_content(word) for word in words_in(piece)) >= _LEAST_CONTENT
            worth = float(likeness[at]) + _COVERAGE * _coverage(piece, telling)
            if piece.lower() not in taken and (best is None or (tells, worth) > best[:2]):
                best = (tells, worth, piece)
    name = best[2] if best else _fallback(words[int(members[near[0]])], telling, taken)
    taken.add(name.lower())
    return name


def _coverage(piece: str, telling: Telling) -> float:
    held = {stems for stems, _ in terms_in(piece)}
    strongest = sum(sorted(telling.strength.values(), reverse=True)[:_WORDS_SHOWN]) or 1.0
    return min(1.0, sum(telling.strength.get(stems, 0.0) for stems in held) / strongest)


def short_forms(text: str) -> list[str]:
    """Return the clauses of a statement, and runs of them, that may stand for it.

    None holds more than :data:`MOST_WORDS` words, what may be a number of a person, or only words
    without content. A statement that has no such clause is cut after its tenth word.
    """
    pieces = [piece.strip() for piece in _BREAK.split(text)]
    pieces = [_tidy(piece) for piece in [" ".join(text.split()), *pieces] if piece]
    found = [piece for piece in dict.fromkeys(pieces) if _is_short_form(piece)]
    if not found:
        longest = max(pieces, key=lambda piece: len(piece.split()), default="")
        cut = _tidy(_cut(longest))
        found = [f"{cut} …"] if _is_short_form(cut) else []
    return found


def _is_short_form(piece: str) -> bool:
    words = words_in(piece)
    return (
        len(words) >= _LEAST_WORDS
        and len(piece.split()) <= MOST_WORDS
        and any(is_content(word) for word in words)
        and not _PRIVATE.search(piece)
    )


def _cut(piece: str) -> str:
    words = piece.split()[:MOST_WORDS]
    while len(words) > _LEAST_WORDS and not is_content("".join(words_in(words[-1])) or "a"):
        words.pop()
    return " ".join(words)


def _tidy(piece: str) -> str:
    """Return a clause as a sentence: no joining word first, a capital, no mark behind but "?"."""
    piece = _FIRST.sub("", " ".join(piece.split())).strip(" \t,;:-–—'\"“”‘’*")
    piece = _LAST.sub("", piece.rstrip(".!…, "))
    letters = [letter for letter in piece if letter.isalpha()]
    if letters and sum(letter.isupper() for letter in letters) > _TOO_LOUD * len(letters):
        piece = piece.lower()
    return piece[:1].upper() + piece[1:]


def _fallback(text: str, telling: Telling, taken: set[str]) -> str:
    """Return a name where no statement has a short form: the words, else the start of the text."""
    name = ", ".join(telling.words[:3]) or _cut(_PRIVATE.sub("…", " ".join(text.split()))) or "…"
    name = name[:1].upper() + name[1:]
    number = 2
    while name.lower() in taken:
        name = f"{name.rstrip('0123456789() ')} ({number})"
        number += 1
    return name


def key_of(telling: Telling, taken: set[str]) -> str:
    """Make the key of a theme of its telling words, in the order of the alphabet.

    So it stays when the words change places from one report to the next.

    Args:
        telling: what sets the theme apart.
        taken: keys of other themes; the new one is added.
    """
    singles = list(dict.fromkeys(stem(word) for stems in telling.stems for word in stems))
    for many in range(2, len(singles) + 1):
        key = "-".join(sorted(_letters(word) for word in singles[:many]))
        if key not in taken:
            break
    else:
        first = "-".join(sorted(_letters(word) for word in singles[:2])) or "theme"
        key, number = first, 2
        while key in taken:
            key, number = f"{first}-{number}", number + 1
    taken.add(key)
    return key


def _letters(word: str) -> str:
    return "".join(letter for letter in word if letter.isalnum())
