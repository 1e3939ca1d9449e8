"""Words as people write them in settings, found in texts.

``deliver*`` stands for deliver, delivery and delivered; a blank stands for any space between two
words; capital letters do not matter. A pattern is a regular expression.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import field_validator

from sentilora.section import Section

MOST_CHARACTERS = 5_000  # of a text that are looked at
_MOST_MARKS = 50


def check_patterns(patterns: Sequence[str]) -> Sequence[str]:
    """Return patterns that can be used.

    Raises:
        ValueError: one is no regular expression, or finds something in every text.
    """
    for pattern in patterns:
        try:
            found = re.compile(pattern).search("")
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
        if found is not None:
            raise ValueError(f"{pattern!r} finds something in every text")
    return patterns


def check_words(words: Sequence[str]) -> Sequence[str]:
    """Return words that can be used.

    Raises:
        ValueError: one has no letter and no digit.
    """
    for word in words:
        if not any(sign.isalnum() for sign in word):
            raise ValueError(f"{word!r} has no letter and no digit")
    return words


class WordSettings(Section):
    """Words to look for.

    Attributes:
        words: words and phrases; ``*`` stands for any further letters.
        patterns: regular expressions.
    """

    words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()

    _words = field_validator("words")(check_words)
    _patterns = field_validator("patterns")(check_patterns)


@dataclass(frozen=True)
class Mark:
    """A place in a text.

    Attributes:
        start, end: where it stands, in characters.
        words: what stands there.
    """

    start: int
    end: int
    words: str


class WordList:
    """Finds words and patterns in texts.

    Args:
        words: words and phrases.
        patterns: regular expressions.
    """

    def __init__(self, words: Sequence[str], patterns: Sequence[str] = ()) -> None:
        # Longer ones first: of those that begin at one place, the first one is found.
        parts = [_expression(word) for word in sorted(words, key=len, reverse=True)]
        joined = rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)"
        self._expressions = [re.compile(joined, re.IGNORECASE)] if parts else []
        self._expressions += [re.compile(pattern, re.IGNORECASE) for pattern in patterns]

    def is_in(self, text: str) -> bool:
        """Whether something of it stands in a text."""
        start = text[:MOST_CHARACTERS]
        return any(one.search(start) is not None for one in self._expressions)

    def marks(self, text: str) -> list[Mark]:
        """Return where something of it stands in a text, in order; what overlaps is one place."""
        spans = sorted(
            found.span() for one in self._expressions for found in one.finditer(text) if found[0]
        )
        joined: list[tuple[int, int]] = []
        for start, end in spans:
            if joined and start < joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        return [Mark(start, end, text[start:end]) for start, end in joined]


def promises_in(reply: str, never: WordList, text: str | None) -> list[Mark]:
    """Return what a reply must not promise.

    Lines that quote the customer (``> …``) promise nothing, if they stand in the text.

    Args:
        reply: the reply.
        never: what must not be promised.
        text: what the customer wrote; None where it is not known, and no line quotes.
    """
    known = " ".join((text or "").split())
    quotes, start = [], 0
    for line in reply.splitlines(keepends=True):
        quote = line.lstrip()
        said = " ".join(quote.removeprefix(">").split()).removesuffix("…").strip()
        if quote.startswith(">") and said and said in known:
            quotes.append((start, start + len(line)))
        start += len(line)
    marks = [
        mark
        for mark in never.marks(reply)
        if not any(start <= mark.start and mark.end <= end for start, end in quotes)
    ]
    return marks[:_MOST_MARKS]


def joined_list(lists: Mapping[str, WordSettings] | Mapping[str, Any]) -> WordList:
    """Return one list of those of all languages."""
    told = [WordSettings.model_validate(one) for one in lists.values()]
    return WordList(
        [word for one in told for word in one.words],
        [pattern for one in told for pattern in one.patterns],
    )


def _expression(word: str) -> str:
    parts = (r"\w*".join(map(re.escape, part.split("*"))) for part in word.split())
    return r"\s+".join(parts)
