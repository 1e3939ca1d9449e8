"""Where the statements of a text stand: its sentences, parted further where "but" turns the mood.

Made for reviews and messages: a line end ends a sentence, as does a stop without a space
("phone.Battery"); a small letter after a stop does not keep two sentences together, as many people
write no capitals. Abbreviations, initials, numbers, web addresses and dots within a word do not end
one. A sentence of more than :data:`MOST_WORDS` words, as of who writes no stops, is parted at
commas and spaces.

It has all of the hard cases of its test, which it was made with: how often it is right on texts of
others is not measured.

Nothing is lost: between statements stand only white space, commas, dashes and marks of lists.
Not covered: sentences of languages that write no spaces, beyond their full stops.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

Span = tuple[int, int]

MOST_CHARACTERS = 20_000  # of a text that are read; what comes behind is a book, not feedback
MOST_WORDS = 80
CLAUSE_WORDS = 3  # at least, on each side of "but"

# Marks of the end, what may close behind them, and faces, which belong to what they follow.
_FACE = r"[:;=8xX]['-]?[)(DPpoO3/\\|*]+|<3|[\u2600-\u27bf\U0001f000-\U0001faff\ufe0f\u200d]+"
_END = re.compile(
    rf"(?<![.!?\u2026])(?P<mark>[.!?\u2026]++)(?P<close>[\"'\u201d\u2019\u00bb)\]*_]*)"
    rf"(?:(?P<gap>\s+(?:{_FACE})\s*|\s*[\u2600-\u27bf\U0001f000-\U0001faff\ufe0f\u200d]+\s*|\s+)"
    r"|(?<=[a-z0-9)!?][.!?])(?=[A-Z](?:[a-z']|\s))|(?<=[!?])(?=[A-Z]))"
    r"|(?P<line>(?<!\s)\s*(?:[\r\n\u2028\u0085]+|<br\s*/?>)(?:\s|<br\s*/?>)*)|(?P<wide>[\u3002\uff01\uff1f]+\s*)"
)
_SHORT = frozenset(
    (
        *("adj", "al", "appt", "apt", "approx", "asst", "ave", "avg", "blvd", "capt", "cf", "co"),
        *("col", "corp", "dept", "dr", "e.g", "ed", "eg", "esp", "est", "ext", "fig", "fl", "ft"),
        *("gen", "gov", "hon", "hr", "hrs", "i.e", "ie", "in", "inc", "incl", "jr", "kg", "lb"),
        *("lbs", "lt", "ltd", "max", "min", "mins", "misc", "mr", "mrs", "ms", "mt", "oz", "p"),
        *("pp", "prof", "pt", "qty", "rd", "rep", "rev", "sec", "secs", "sen", "sgt", "sr", "st"),
        *("temp", "tel", "vol", "vs", "yr", "yrs", "jan", "feb", "mar", "apr", "jun", "jul"),
        *("aug", "sep", "sept", "oct", "nov", "dec", "ca", "bros", "op", "ph.d", "a.k.a"),
    )
)
# Abbreviations that are words as well: they end a sentence unless a small letter or digit follows.
_SHORT_OR_WORD = frozenset(
    (
        *("in", "co", "al", "col", "ed", "est", "fig", "gen", "hon", "max", "min", "op", "p"),
        *("rep", "rev", "sec", "mar", "jan", "jun", "dec", "sept", "hrs", "lbs", "mins", "secs"),
        *("yrs", "oz", "kg", "inc", "ltd", "corp", "jr", "sr", "ave", "blvd", "rd", "apt", "ft"),
        *("lb", "temp"),
    )
)
_BEFORE_DIGITS = frozenset(("no", "nr", "p", "pp", "vol", "fig", "ch", "art", "sec", "nos", "item"))
_AFTER = frozenset(("etc", "a.m", "p.m"))
_COUNTRIES = frozenset(("u.s", "u.k", "e.u", "u.s.a"))
_STARTS = re.compile(r"(?:the|it|i|we|they|he|she|this|that|my|our|there|but|so|no|you)\b", re.I)
_WORD_BEFORE = re.compile(r"[\w.'@/:\u2019-]*\Z")
_TRIM = " \t\r\n\v\f\u00a0\u2028\u0085,;\u2013\u2014"
_BULLET = re.compile(r"\s*(?:[-*\u2022\u25cf\u25e6\u2023\u00b7+>]+\s+|\(?\d{1,2}[.)]\s+)")
_LIST_NUMBER = re.compile(r"\(?\d{1,2}\Z")
_HAS_WORD = re.compile(r"[^\W_]")
_WORD = re.compile(r"\S+")

# "But" and its like, unless it belongs to a phrase that turns nothing.
_TURN = re.compile(
    r"(?P<cut>(?<!\s)(?:\s*(?:[,;:]|\s[-\u2013\u2014]{1,2}(?=\s))\s*|\s+))"
    r"(?:and\s+)?(?P<word>but|however|although|though|whereas|yet|except(?:\s+that)?|nevertheless"
    r"|nonetheless|unfortunately|sadly)\b(?!\s+(?:also|rather|not\s+least|then\s+again))",
    re.IGNORECASE,
)
_ALONE = frozenset(("but", "however", "although", "though", "whereas"))  # that need no comma
_NO_TURN_BEFORE = re.compile(
    r"\b(?:nothing|anything|everything|all|none|no\s?one|nobody|everyone|anyone|cannot|can't|last"
    r"|even|as|not\s+only\b.*|not\s+just\b.*|not\s+yet|never)\Z",
    re.IGNORECASE | re.DOTALL,
)
_CONCESSION = re.compile(r"(?:although|though|even\s+though|while|whilst|despite)\b", re.IGNORECASE)
_COMMA = re.compile(r"\s*,\s+")


def split(text: str) -> list[Span]:
    """Return the ``(start, end)`` of each statement, in order; of a text without words, one."""
    text = text[:MOST_CHARACTERS]
    spans = [
        clause
        for sentence in _sentences(text)
        for part in _clauses(text, *sentence)
        for clause in _short_enough(text, *part)
    ]
    start = len(text) - len(text.lstrip())
    return spans or [(start, start + len(text.strip()))]


def split_all(
    texts: Iterable[str],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return index of the text, start and end of all statements, each ``(S,)`` int64."""
    found = [
        (index, *span)
        for index, text in enumerate(texts)
        for span in split(text)
        if span[0] < span[1]
    ]
    columns = np.array(found, np.int64).reshape(-1, 3).T
    return columns[0], columns[1], columns[2]


def _sentences(text: str) -> Iterator[Span]:
    """Yield sentences; a piece without a letter or digit stays with the one before it."""
    waiting: Span | None = None
    start = 0
    for end, following in [*_ends(text), (len(text), len(text))]:
        first, last = _trimmed(text, start, end)
        start = following
        if first >= last:
            continue
        is_wordless = waiting is not None and not (
            _HAS_WORD.search(text, first, last) and _HAS_WORD.search(text, *waiting)
        )
        if waiting is not None and is_wordless:
            waiting = waiting[0], last
            continue
        if waiting is not None:
            yield waiting
        waiting = first, last
    if waiting is not None:
        yield waiting


def _ends(text: str) -> Iterator[Span]:
    """Yield where sentences end, and where the next one begins."""
    for found in _END.finditer(text):
        if found["line"] is not None:
            yield found.start(), found.end()
        elif found["wide"] is not None or _is_end(text, found):
            stop = found.end("close") if found["mark"] else found.end()
            gap = found["gap"] or ""
            face = gap.rstrip() if gap.strip() else ""
            yield stop + len(face), found.end()


def _is_end(text: str, found: re.Match[str]) -> bool:
    """Tell whether a mark ends a sentence: of a stop, that depends on the words around it."""
    mark, behind = found["mark"], text[found.end() : found.end() + 1]
    gap = found["gap"] or ""
    if gap.strip():  # a face
        return True
    is_small = behind.islower()
    if mark[-1] in "!?":
        return not (is_small and found["close"])  # "Why?" he asked
    if len(mark) > 1 or mark == "\u2026":
        return not is_small
    before = _WORD_BEFORE.search(text, max(0, found.start() - 40), found.start())
    word = before[0] if before else ""
    folded = word.casefold().strip("'")
    if not gap:
        return not ("@" in word or "/" in word or "www" in folded or folded in _SHORT)
    return _ends_after(folded, word, text, found, behind)


def _ends_after(folded: str, word: str, text: str, found: re.Match[str], behind: str) -> bool:
    """Tell whether a stop with a space behind it ends a sentence, by the word before it."""
    if behind.isdigit() and folded in _BEFORE_DIGITS:
        return False
    if folded in _COUNTRIES:
        return _STARTS.match(text, found.end()) is not None
    if folded in _AFTER:
        return behind.isupper()
    if folded in _SHORT_OR_WORD:
        return not (behind.islower() or behind.isdigit())
    if folded in _SHORT:
        return False
    if len(word) == 1 and word.isupper() and word != "I":  # J. K. Rowling
        return not behind.isupper()
    ahead = text[: found.start() - len(word)].rstrip(" \t")[-1:]
    if _LIST_NUMBER.fullmatch(word) and ahead in ("", *"\n\r.!?:"):  # 1. The room
        return False
    return not (behind.islower() and "." in word)


def _clauses(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield a sentence, or its parts before and after what turns it."""
    while (cut := _turn(text, start, end)) is not None:
        yield _trimmed(text, start, cut[0])
        start, end = _trimmed(text, cut[1], end)
    yield start, end


def _turn(text: str, start: int, end: int) -> Span | None:
    """Return where the first part ends and where the second one begins."""
    if _CONCESSION.match(text, start, end):
        for comma in _COMMA.finditer(text, start, end):
            if _is_long(text, start, comma.start()) and _is_long(text, comma.end(), end):
                return comma.start(), comma.end()
    for found in _TURN.finditer(text, start, end):
        is_apart = found["cut"].strip() != ""
        if not is_apart and found["word"].casefold() not in _ALONE:
            continue
        if _NO_TURN_BEFORE.search(text[start : found.start()]):
            continue
        if _is_long(text, start, found.start()) and _is_long(text, found.end("word"), end):
            return found.start(), found.end("cut")
    return None


def _is_long(text: str, start: int, end: int) -> bool:
    return sum(_HAS_WORD.search(word) is not None for word in text[start:end].split()) >= (
        CLAUSE_WORDS
    )


def _short_enough(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield a clause in pieces of at most :data:`MOST_WORDS` words, parted at commas if it can."""
    words = list(_WORD.finditer(text, start, end))
    while len(words) > MOST_WORDS:
        commas = [place for place in range(20, MOST_WORDS) if words[place][0][-1] in ",;:)"]
        cut = commas[-1] + 1 if commas else MOST_WORDS // 2
        yield _trimmed(text, words[0].start(), words[cut - 1].end())
        words = words[cut:]
    if words:
        yield _trimmed(text, words[0].start(), end)


def _trimmed(text: str, start: int, end: int) -> Span:
    """Leave out white space, commas, dashes and marks of lists at both ends."""
    if (bullet := _BULLET.match(text, start, end)) and bullet.end() < end:
        start = bullet.end()
    while start < end and text[start] in _TRIM:
        start += 1
    while end > start and text[end - 1] in _TRIM:
        end -= 1
    return start, end
