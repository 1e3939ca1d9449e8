"""The docstring of each room is a map of it; what it and other docstrings name is there."""

import ast
import re
from pathlib import Path

import pytest

import sentilora

PACKAGE = Path(sentilora.__file__).parent
CLONE = PACKAGE.parents[1]
ROOMS = sorted(p for p in PACKAGE.rglob("__init__.py") if p.parent != PACKAGE)


def name_of(room: Path) -> str:
    return str(room.parent.relative_to(PACKAGE))


def map_of(room: Path) -> str:
    return ast.get_docstring(ast.parse(room.read_text(encoding="utf-8"))) or ""


def defined_in(folder: Path) -> set[str]:
    """Return the names of all functions in a folder, rooms within it included."""
    trees = (ast.parse(file.read_text(encoding="utf-8")) for file in folder.rglob("*.py"))
    return {
        node.name
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_there_are_rooms():
    assert len(ROOMS) > 10


@pytest.mark.parametrize("room", ROOMS, ids=name_of)
def test_a_map_names_files_and_functions_that_are_there(room):
    text = map_of(room)
    places = (room.parent, room.parent.parent, PACKAGE, CLONE)
    files = re.findall(r"(?<![\w.])(?:\.\./)?[\w/]+\.py\b", text)
    assert [f for f in files if not any((place / f).is_file() for place in places)] == []
    folders = re.findall(r"``([\w/]+)/``", text)
    assert [f for f in folders if not any((place / f).is_dir() for place in places)] == []
    functions = set(re.findall(r"``(\w+)\(\)``", text))
    assert functions - defined_in(room.parent) == set()


def test_files_that_the_package_speaks_of_are_there():
    known = {file.name for file in PACKAGE.rglob("*.py")}
    named = {
        (str(file.relative_to(PACKAGE)), name)
        for file in PACKAGE.rglob("*.py")
        for name in re.findall(r"\b(\w+\.py)\b", file.read_text(encoding="utf-8"))
    }
    assert {(file, name) for file, name in named if name not in known} == set()
