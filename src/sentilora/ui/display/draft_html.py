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


def paint_marked(text: str, marks: Sequence[Marked], name: str) -> Markup:
    """Write a text with places that stand out.

    Args:
        text: the text.
        marks: the places, in order; none overlaps another.
        name: words on what it is, for people who do not see it.
    """
    parts, end = [], 0
    for mark in marks:
        parts.append(escape(text[end : mark.start]))
        parts.append(Markup("<mark>{}</mark>").format(text[mark.start : mark.end]))
        end = mark.end
    return _paragraph(name, [*parts, escape(text[end:])])


def _paragraph(name: str, parts: Iterable[Markup]) -> Markup:
    return Markup(
        '<p class="sl-text sl-draft" dir="auto" tabindex="0" role="region" aria-label="{}">{}</p>'
    ).format(name, Markup("").join(parts))
