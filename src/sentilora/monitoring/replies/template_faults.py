"""What a template of a reply may not do, found in its syntax tree before it is used.

What it may do is listed, and all else is refused: a template that cannot loop, call, compute or
assign has work and length that are bounded by its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from jinja2 import nodes

from sentilora.monitoring.replies.reply_templates import FILTERS, SEGMENTS

_MOST_DEPTH = 40
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Const,
    nodes.List,
    nodes.Tuple,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Concat,
    nodes.Keyword,
)
_WORDS = {
    "For": "a loop",
    "Call": "a call",
    "CallBlock": "a call",
    "Assign": "'set'",
    "AssignBlock": "'set'",
    "Include": "'include'",
    "Import": "'import'",
    "FromImport": "'import'",
    "Extends": "'extends'",
    "Block": "'block'",
    "Macro": "'macro'",
    "With": "'with'",
    "FilterBlock": "'filter'",
    "Test": "'is'",
}


def faults_of(
    tree: nodes.Node, fields: Collection[str], segments: Collection[str]
) -> Iterator[tuple[int, str]]:
    """Yield lines with what a template may not do there."""
    left = [(tree, 0)]
    while left:
        node, depth = left.pop()
        if depth > _MOST_DEPTH:
            yield node.lineno, "too deeply nested"
            return
        what = _fault(node, fields, segments)
        if what is not None:
            yield node.lineno, what
        elif not isinstance(node, nodes.Getattr | nodes.Getitem):
            children = [(child, depth + 1) for child in node.iter_child_nodes()]
            left += reversed(children)


def _fault(node: nodes.Node, fields: Collection[str], segments: Collection[str]) -> str | None:
    """Say what is wrong with one part of a template, by itself."""
    if isinstance(node, nodes.Name):
        if node.name in fields:
            return None
        return f"unknown field {node.name!r}; known: {', '.join(sorted(fields))}"
    if isinstance(node, nodes.Getattr | nodes.Getitem):
        return _part_fault(node, segments)
    if isinstance(node, nodes.Filter):
        if node.name not in FILTERS:
            return f"unknown filter {node.name!r}; known: {', '.join(FILTERS)}"
        return None if node.node is not None else "a filter of nothing"
    if isinstance(node, _ALLOWED):
        return None
    kind = type(node).__name__
    what = _WORDS.get(kind, "this")
    return f"{what} is not allowed; expected fields, 'if', and the filters {', '.join(FILTERS)}"


def _part_fault(node: nodes.Getattr | nodes.Getitem, segments: Collection[str]) -> str | None:
    part: Any = node.attr if isinstance(node, nodes.Getattr) else None
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        part = node.arg.value
    owner = node.node.name if isinstance(node.node, nodes.Name) else None
    if owner != SEGMENTS or not isinstance(part, str):
        return f"{part!r} reaches into a value; only {SEGMENTS} have parts"
    if part not in segments:
        known = ", ".join(sorted(segments)) or "none"
        return f"unknown segment {part!r}; those that are named under 'segments': {known}"
    return None
