"""Words and pairs of words of statements, counted; negations are words like any other.

The stop list is small on purpose: it holds no negation ("not", "no", "never") and no word of
content, as longer lists do ("bill", "system", "top", "serious", "empty").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

_NEGATIONS = """\
no not never nor none nothing nobody nowhere neither without cannot can't don't doesn't didn't
won't wouldn't isn't aren't wasn't weren't haven't hasn't hadn't couldn't shouldn't cant dont
doesnt didnt wont wouldnt isnt arent wasnt werent havent hasnt couldnt
"""
_STOP_WORDS = """\
a about after again all also always am an and any are as at be because been before being both
but by can could did do does doing done each even ever every few for from get gets getting go
goes going gone got had has have having he hello her here hers hey hi him his how i i'd i'll i'm
i've id if ill im in into is it it's its itself ive just know let like lot made make makes many
may maybe me might more most much must my myself need needs of off oh ok okay on one ones only
or other our ours out over own per please quite rather really said same say shall she should so
some still such than thank thanks that that's thats the their them then there there's theres
these they they're thing things this those through thus to too try trying u under until up upon
us use very via want wanted was we we're well were what what's whats when where whether which
while who whom whose why will with would yes yet you you'd you'll you're you've your youre yours
"""
NEGATIONS = frozenset(_NEGATIONS.split())
STOP_WORDS = frozenset(_STOP_WORDS.split())
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LEAST_LETTERS = 2


@dataclass(frozen=True)
class Terms:
    """Which statement holds which terms.

    Attributes:
        counts: 1 where a statement holds a term, ``(S, V)`` float64.
        names: V terms as they are written most often.
        stems: stems of each term's words.
    """

    counts: csr_matrix
    names: tuple[str, ...]
    stems: tuple[tuple[str, ...], ...]


def words_in(text: str) -> list[str]:
    """Return the words of a text, in small letters and in order; figures are no words."""
    return [word.replace("’", "'").lower() for word in _WORD.findall(text)]


def stem(word: str) -> str:
    """Take the ending of plurals off an English word.

    Source: D. Harman, How effective is suffixing? (1991), the S-stemmer, and "es" after a hiss.
    """
    word = word.removesuffix("'s")
    if len(word) > 3 and word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("shes", "ches", "sses", "xes", "zzes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
        return word[:-1]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("us", "ss")):
        return word[:-1]
    return word


def is_content(word: str) -> bool:
    """Whether a word may say what a statement is about."""
    return len(word) >= _LEAST_LETTERS and word not in STOP_WORDS


def terms_in(text: str) -> list[tuple[tuple[str, ...], str]]:
    """Return the terms of a text: their stems, and how they are written.

    A single word has content and is no negation; of a pair one word has to be, and the other may be
    a negation, so that "not good" is a term and "good" stays another one.
    """
    words = words_in(text)
    stems = [stem(word) for word in words]
    usable = [is_content(word) for word in words]
    bare = [word in NEGATIONS for word in words]
    found: list[tuple[tuple[str, ...], str]] = [
        ((stems[at],), words[at]) for at in range(len(words)) if usable[at] and not bare[at]
    ]
    pairs: list[tuple[tuple[str, ...], str]] = [
        ((stems[at], stems[at + 1]), f"{words[at]} {words[at + 1]}")
        for at in range(len(words) - 1)
        if usable[at] and usable[at + 1] and not (bare[at] and bare[at + 1])
    ]
    return found + pairs


def count_terms(texts: Sequence[str], least: int = 2, most: int = 50_000) -> Terms:
    """Count the terms of statements.

    Args:
        texts: S statements.
        least: number of statements that a term has to stand in.
        most: number of terms that are kept, the most frequent.
    """
    holders: Counter[tuple[str, ...]] = Counter()
    spellings: dict[tuple[str, ...], Counter[str]] = {}
    for text in texts:
        for key, written in dict(terms_in(text)).items():
            holders[key] += 1
            spellings.setdefault(key, Counter())[written] += 1
    kept = [key for key, held in holders.items() if held >= least]
    kept = sorted(kept, key=lambda key: (-holders[key], key))[:most]
    index = {key: at for at, key in enumerate(kept)}
    names = tuple(_first(spellings[key]) for key in kept)
    counts = _matrix((_known(text, index) for text in texts), len(texts), len(kept))
    return Terms(counts, names, tuple(kept))


def _first(spellings: Counter[str]) -> str:
    return min(spellings, key=lambda written: (-spellings[written], written))


def _known(text: str, index: dict[tuple[str, ...], int]) -> list[int]:
    return sorted({index[key] for key, _ in terms_in(text) if key in index})


def _matrix(rows: Iterable[list[int]], height: int, width: int) -> csr_matrix:
    ends = [0]
    columns: list[int] = []
    for row in rows:
        columns += row
        ends.append(len(columns))
    values: NDArray[np.float64] = np.ones(len(columns))
    return csr_matrix((values, columns, ends), shape=(height, width))
