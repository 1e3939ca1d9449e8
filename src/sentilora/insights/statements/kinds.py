"""What a statement is: a complaint, a wish, a question, praise, or a remark.

Wishes and questions are told by plain English patterns, whatever their mood; the rest by the mood.
A wish in the form of a question ("Could you add a dark mode?") is a wish, and what should have been
and was not is a complaint. Not covered: irony, and other languages beyond their question marks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sentilora.insights.statements.statements import KINDS

SURE = 1 / 3  # of signed, from which a statement is praise or a complaint

# What people ask for to be done.
_DO = (
    "add|allow|bring|build|change|consider|enable|fix|give|improve|include|increase|introduce|let"
    "|lower|make|offer|provide|put|reduce|remove|restore|return|sort|stop|support|train|update"
)
_THING = "option|feature|button|setting|mode|choice|filter|search|support|update|instruction"
_NICE = "nice|great|good|better|cool|helpful|useful|handy|perfect|awesome|lovely|ideal"
_MENDED = "able|added|allowed|an?\\s+option|possible|improved|updated|more|better|easier|cheaper"
_WISHES = (
    rf"\b(?:please|pls|plz)\s+(?:\w+\s+)?(?:{_DO})\b",
    r"\b(?:would|could|might|it'd|that'd)\s+(?:also\s+|really\s+)?(?:be|help)\b.{0,40}?"
    r"\b(?:if|to\s+(?:have|see|be\s+able)|when)\b",
    rf"\bwould\s+be\s+(?:\w+\s+)?(?:{_NICE})\b",
    r"\b(?:i|we)\s+(?:really\s+|just\s+|only\s+|do\s+)?wish\b(?!\s+(?:i|we)\s+(?:had|hadn|never|knew"
    r"|could\s+have|would\s+have|didn)|\s+(?:you|them|everyone|him|her)\s+(?:all|well|luck|good))",
    r"^\W*(?:wish|hope|hoping)\s+(?:you|they|there|it|this|for|to\s+see|the)\b",
    r"\b(?:i|we)\s+hope\s+(?:you|they|that|the|it|this|there|for|to\s+see)\b",
    r"\b(?:should|ought\s+to|needs?\s+to|must)\s+(?:really\s+|definitely\s+|also\s+)?"
    rf"(?:{_DO}|be\s+(?:{_MENDED})|have\s+(?:an?|more|the|some|better)|invest|work\s+on)\b",
    r"\b(?:needs?|could\s+(?:use|do\s+with)|lacks?|missing)\s+(?:an?\s+|some\s+|more\s+|better\s+)"
    rf"(?:\w+\s+){{0,3}}(?:{_THING})s?\b",
    r"\b(?:needs|could\s+use|could\s+do\s+with)\s+(?:an?|some|more|better)\s+\w+",
    r"\b(?:i|we)(?:'d|\s+would)\s+(?:really\s+|also\s+|just\s+)?"
    r"(?:like|love|prefer|appreciate|welcome|suggest)\s+(?:to\s+(?:see|have|be\s+able)|if|an?|more"
    r"|some|the\s+(?:option|ability)|it\s+if|that|adding|having)\b",
    rf"\b(?:can|could|would|will)\s+(?:you|we|they)\s+(?:please\s+|maybe\s+|also\s+)?(?:{_DO})\b",
    r"\bif\s+only\b|\bfeature\s+request\b|\bbring\s+back\b|\b(?:my|one|a|only)\s+suggestions?\b",
    rf"^\W*(?:{_DO})\s+(?:us|me|an?|the|more|some|it|in|back|your|this|better|option|support)\b",
)
_WISH = re.compile("|".join(_WISHES), re.IGNORECASE | re.DOTALL)
_PAST = re.compile(
    r"\b(?:should|could|would|might|must)(?:n't|\s+not)?\s+(?:at\s+least\s+)?have\s+"
    r"(?:been|\w+ed|come|known|had|made|got|gone|told|given|taken|sent|kept|let)\b",
    re.IGNORECASE,
)
_MARKED = re.compile(r"\?[\s\"'\u201d\u2019)!?\u2026]*\Z|\uff1f\s*\Z")
_ASKED = re.compile(
    r"\W*(?:(?:so|and|but|also|hi|hello|hey|ok|okay)\b\W*)*(?:"
    r"(?:who|what|when|where|why|how|which)(?:'s|'re|\s+(?:is|are|was|were|do|does|did|can|could"
    r"|will|would|should|has|have|long|much|many|come))\b"
    r"|(?:is|are|was|does|do|did|can|could|will|would|has|have|should)\s+(?:there|i|we|you|it|this"
    r"|that|they|anyone|anybody|someone|somebody|the)\s+\w+"
    r"|what\s+happens\b"
    r"|(?:anyone|anybody|someone)\s+(?:else|know|knows|have|has|here)\b)",
    re.IGNORECASE,
)
_ANSWERED = re.compile(
    r"[.!](?:\s|\Z)|\b(?:what|how|when|which)\s+(?:is|are|was)\s+(?:good|great)\b"
)


def find_kinds(statements: Sequence[str], signed: NDArray[np.floating]) -> NDArray[np.int8]:
    """Return the kind of each statement, an index into :data:`KINDS`, ``(S,)`` int8.

    Args:
        statements: S statements.
        signed: their mood in [-1, 1], ``(S,)``.
    """
    found = [
        KINDS.index(kind_of(statement, float(mood)))
        for statement, mood in zip(statements, signed, strict=True)
    ]
    return np.array(found, np.int8)


def kind_of(statement: str, signed: float) -> str:
    """Return the kind of one statement, one of :data:`KINDS`."""
    if _WISH.search(statement) and not _PAST.search(statement):
        return "wish"
    if _MARKED.search(statement):
        return "question"
    if _ASKED.match(statement) and not _ANSWERED.search(statement):
        return "question"
    if abs(signed) < SURE:
        return "remark"
    return "praise" if signed > 0 else "complaint"
