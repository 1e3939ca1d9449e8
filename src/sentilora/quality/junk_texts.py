"""Rows that say nothing: signs or links alone, keys hit at random, one thing again and again.

What a keyboard mash is, is told by neighbouring keys (``asdfgh``) and by words without vowels, of
Latin letters alone; emoji and emoticons are no junk, as they tell a mood. A sentence that many
different texts share word for word (a signature, a form's wording) is boilerplate, and a text of
nothing else junk.

Not covered: advertisements, and sensible sentences about nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from sentilora.data.same_text import fold, hash_of

BOILERPLATE_TEXTS = 10  # different texts that share a sentence
BOILERPLATE_SHARE = 0.005  # of all texts
_BOILERPLATE_WORDS = 8  # fewer are said by many in the same words
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_ENDS = re.compile(r"(?<=[.!?…])\s+|\n+")
_WORD = re.compile(r"[^\W\d_]+")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "wxcvbn")
_NEIGHBOURS = {pair for row in _ROWS for a, b in pairwise(row) for pair in (a + b, b + a)}
_MASH_LETTERS = 6
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{7}")
_VOWELS = frozenset("aeiouy")
_EMOTICON = re.compile(
    r"[:;=][-'^]?[])([{}/\\|*@]"  # upright
    r"|[])([{}/\\|*@][-'^]?[:;=]"  # the other way round
    r"|\^[_.-]?\^|[->~*][_.]+[-<~*]"  # eyes, as in East Asia
)
_REPEATED = re.compile(r"(.{1,20}?)\1{9,}", re.DOTALL)


def junk_reason(text: str) -> str | None:
    """Say why a text says nothing; None if it may say something."""
    without = _LINK.sub(" ", text).strip()
    if not _says(without):
        return "punctuation alone" if without == text.strip() else "links alone"
    if _is_mash(without):
        return "looks like keys hit at random"
    repeated = _REPEATED.match(f"{without} ")
    if repeated is not None and len(repeated.group()) >= 0.9 * len(without) and len(without) >= 20:
        return f"“{repeated.group(1).strip() or ' '}” again and again"
    return None


def _says(text: str) -> bool:
    """Tell whether there is a letter, a digit, a picture or an emoticon in a text."""
    kinds = map(unicodedata.category, text)
    return any(kind[0] in "LN" or kind == "So" for kind in kinds) or bool(_EMOTICON.search(text))


def _is_mash(text: str) -> bool:
    """Tell whether all words are keys hit at random; at least one has six letters."""
    words = [word.lower() for word in _WORD.findall(text)]
    letters = sum(map(len, words))
    long = [word for word in words if len(word) >= _MASH_LETTERS]
    if not long or sum(map(len, long)) < 0.7 * letters:
        return False
    return all(word.isascii() and _is_mash_word(word) for word in long)


def _is_mash_word(word: str) -> bool:
    pairs = [word[place : place + 2] for place in range(len(word) - 1)]
    different = [pair for pair in pairs if pair[0] != pair[1]]
    if len(different) < 3:  # a long "hmmmm" or "aaaaah"
        return False
    if sum(pair in _NEIGHBOURS for pair in different) >= 0.75 * len(different):
        return True
    return _CONSONANTS.search(word) is not None or not _VOWELS & set(word)


def boilerplate(texts: Sequence[str]) -> dict[int, str]:
    """Find texts of nothing but sentences that many others share.

    Args:
        texts: different texts; copies of whole texts are another finding.

    Returns:
        By the place of each such text, its first shared sentence.
    """
    least = max(BOILERPLATE_TEXTS, int(BOILERPLATE_SHARE * len(texts)))
    counts: Counter[int] = Counter()
    keys: list[list[int]] = []
    for text in texts:
        sentences = [fold(part) for part in _ENDS.split(text) if part.strip()]
        own = [hash_of(one) if len(one.split()) >= _BOILERPLATE_WORDS else 0 for one in sentences]
        keys.append(own)
        counts.update(set(own) - {0})
    shared = {key for key, count in counts.items() if count >= least}
    found = {}
    for place, own in enumerate(keys):
        if own and shared.issuperset(own):
            found[place] = next(part.strip() for part in _ENDS.split(texts[place]) if part.strip())
    return found
