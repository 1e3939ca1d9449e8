"""Texts and their drafted replies as HTML; all that comes from outside is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from markupsafe import Markup, escape


class Marked(Protocol):
    """A place in a text."""

    @property
    def start(self) -> int:
        """Where it begins, in characters."""

    @property
    def end(self) -> int:
        """Where it ends."""


def paint_message(text: str, name: str) -> Markup:
    """Write a text as it is; a long one scrolls by itself.

    Args:
        text: the text.
        name: words on what it is, for people who do not see it.
    """
    return _paragraph(name, [escape(text)])


def paint_marked(text: str, places: Iterable[tuple[int, int]], name: str) -> Markup:
    """Write a text with places that stand out.

    Args:
        text: the text.
        places: where each begins and ends, in order; none overlaps another.
        name: words on what it is, for people who do not see it.
    """
    parts, end = [], 0
    for start, stop in places:
        parts.append(escape(text[end:start]))
        parts.append(Markup("<mark>{}</mark>").format(text[start:stop]))
        end = stop
    return _paragraph(name, [*parts, escape(text[end:])])


def marked_lines(text: str, marks: Sequence[Marked]) -> tuple[str, list[tuple[int, int]]]:
    """Return only the lines in which something is marked, and where in them.

    Args:
        text: the text.
        marks: places, in order; none overlaps another.
    """
    kept, places, start = "", [], 0
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        held = [mark for mark in marks if start <= mark.start < end]
        for mark in held:
            first = len(kept) + mark.start - start
            places.append((first, min(first + mark.end - mark.start, len(kept) + len(line))))
        if held:
            kept += line
        start = end
    return kept, places


def _paragraph(name: str, parts: Iterable[Markup]) -> Markup:
    return Markup(
        '<p class="sl-text sl-draft" dir="auto" tabindex="0" role="region" aria-label="{}">{}</p>'
    ).format(name, Markup("").join(parts))
