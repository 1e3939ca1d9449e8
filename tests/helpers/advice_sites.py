"""Every place of the package where a message names a command or a setting, found in its code.

A place has a key: the file, the function, and what is named, such as
``columns:choose_columns --text``; the second of the same name in a function ends in ``#2``.
:func:`recorded` tells which places were passed while commands ran, and what each of them named as
the command line writes it.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import sentilora
from sentilora import message
from sentilora.cli.option_words import COMMAND_LINE, CommandLine

PACKAGE = Path(sentilora.__file__).parent
MAKERS = ("command", "setting", "typed")
# They define how settings are written, and name none.
DEFINING = ("message", "cli.option_words", "cli.command_table", "cli.setting_options")
# Commands of other programs, anywhere; and in the command line its own words, written out.
FOREIGN = re.compile(r"pip install|npm install|openssl |rm -r|python -m http")
WRITTEN_OUT = re.compile(r"(?<![\w-])--[a-z][a-z-]+|sentilora [a-z]+ |(?<=Add )--\w")

Position = tuple[int, int, int, int]


@dataclass(frozen=True)
class Site:
    """A place where a message names something.

    Attributes:
        key: file, function, and what is named.
        module: dotted name below the package.
        position: where the call stands; None for words that are written out.
        constant: name of the constant of the module that it stands in, if it does.
        node: what is written there.
    """

    key: str
    module: str
    position: Position | None
    constant: str | None
    node: ast.expr


@cache
def sites() -> dict[str, Site]:
    """Return all places by their keys."""
    found: dict[str, Site] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        module = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        if module in DEFINING or not (FOREIGN.search(text) or re.search(r"etting\(|nd\(|--", text)):
            continue
        counts: Counter[str] = Counter()
        finder = _Finder(module)
        finder.visit(ast.parse(text))
        for site in finder.found:
            counts[site.key] += 1
            number = counts[site.key]
            key = site.key if number == 1 else f"{site.key}#{number}"
            found[key] = Site(key, module, site.position, site.constant, site.node)
    return found


class _Finder(ast.NodeVisitor):
    """Goes through a module, and keeps the places in it."""

    def __init__(self, module: str) -> None:
        self.module = module
        self.found: list[Site] = []
        self._names: list[str] = []
        self._constant: str | None = None

    def _keep(self, named: str, node: ast.expr, position: Position | None) -> None:
        where = f"{self.module.rpartition('.')[2]}:{'.'.join(self._names)}"
        held = None if self._names else self._constant
        self.found.append(Site(f"{where} {named}", self.module, position, held, node))

    def _inside(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self._names.append(node.name)
        self.generic_visit(node)
        self._names.pop()

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = _inside  # noqa: N815 - of ast

    def visit_Assign(self, node: ast.Assign) -> None:
        self._constant = ast.unparse(node.targets[0])
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # it would describe a function
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if ast.unparse(node.func) in ("typer.Option", "typer.Argument"):
            return
        if (named := _named(node)) is not None:
            self._keep(named, node, _position(node))
        self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._written(node, node.values)
        for part in node.values:  # its constants were looked at together
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def visit_Constant(self, node: ast.Constant) -> None:
        self._written(node, [node])

    def _written(self, node: ast.expr, parts: Sequence[ast.expr]) -> None:
        text = "…".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
        found = FOREIGN.search(text)
        if found is None and self.module.startswith("cli."):
            found = WRITTEN_OUT.search(text)
        if found is not None and self._names:
            self._keep(f"“{found[0].strip()}”", node, None)


def _position(node: ast.expr) -> Position:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return node.lineno, node.end_lineno, node.col_offset, node.end_col_offset


def _named(call: ast.Call) -> str | None:
    """Return what a call names: a command, a setting, or None for other calls."""
    function = call.func
    is_maker = isinstance(function, ast.Name) and function.id in MAKERS
    is_front = isinstance(function, ast.Attribute) and ast.unparse(function.value) == "COMMAND_LINE"
    if not (is_maker or is_front) or not call.args:
        return None
    first = call.args[0]
    is_plain = isinstance(first, ast.Constant)
    name = ast.literal_eval(first).replace("_", "-") if is_plain else ast.unparse(first)
    is_setting = "setting" in (getattr(function, "id", ""), getattr(function, "attr", ""))
    return f"--{name}" if is_setting else f"sentilora {name}"


@contextmanager
def recorded() -> Iterator[list[tuple[str, str]]]:
    """Record the places that are passed, with what they name on the command line."""
    by_position: dict[tuple[str, Any], str] = {
        (f"sentilora.{site.module}", site.position): site.key
        for site in sites().values()
        if site.position is not None
    }
    passed: list[tuple[str, str]] = []

    def note(words: str) -> None:
        frame = sys._getframe(2)
        while frame.f_globals["__name__"] in ("sentilora.message", "sentilora.cli.option_words"):
            assert frame.f_back is not None
            frame = frame.f_back
        position = list(frame.f_code.co_positions())[frame.f_lasti // 2]
        key = by_position.get((frame.f_globals["__name__"], position))
        if key is not None:
            passed.append((key, words))

    mark, setting, command = message._mark, CommandLine.setting, CommandLine.command

    def marking(kind: str, name: str, *rest: Any) -> str:
        note(getattr(plain, kind)(name, *rest))
        return mark(kind, name, *rest)

    def naming(self: CommandLine, name: str, value: Any) -> str:
        words = setting(self, name, value)
        note(words)
        return words

    def typing(self: CommandLine, name: str, arguments: Any, options: Any) -> str:
        words = command(self, name, arguments, options)
        note(words)
        return words

    class Plain(CommandLine):
        """The command line, as it is while nothing is recorded."""

    Plain.setting, Plain.command = setting, command  # type: ignore[method-assign]
    plain = Plain()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(message, "_mark", marking)
        patch.setattr(CommandLine, "setting", naming)
        patch.setattr(CommandLine, "command", typing)
        yield passed


def words_of(site: Site, passed: list[tuple[str, str]], said: str) -> list[str]:
    """Return what a place named in what a command said; empty where it was not passed.

    Args:
        site: the place.
        passed: what :func:`recorded` found.
        said: what the command said, with one blank between words.
    """
    if site.position is None:
        return [said] if re.search(_pattern(site.node), said) else []
    if site.constant is None:
        return [words for key, words in passed if key == site.key and _plain(words) in said]
    held = vars(import_module(f"sentilora.{site.module}"))
    whole = message.Message(held[site.constant]).spelled(COMMAND_LINE)
    code = compile(ast.Expression(site.node), site.module, "eval")
    words = message.Message(eval(code, held)).spelled(COMMAND_LINE)
    return [words] if _plain(whole).rstrip(".") in said else []


def _pattern(node: ast.expr) -> str:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    pieces = [
        r"\s+".join(map(re.escape, re.split(r"\s+", str(part.value))))
        if isinstance(part, ast.Constant)
        else ".*?"
        for part in parts
    ]
    return "".join(pieces).strip(r"\s+")


def _plain(text: str) -> str:
    return " ".join(text.split())
