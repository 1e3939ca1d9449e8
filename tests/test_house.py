"""The house: a file is a noun that a newcomer would search for, and no room is overfull."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MOST_LINES = 300
MOST_FILES = 14

# Nouns of the field that end like a participle.
NOUNS = {
    "masking",
    "monitoring",
    "padding",
    "pretraining",
    "routing",
    "scoring",
    "serving",
    "training",
    "wording",
}


def files_in(folder: str) -> list[Path]:
    """Return all files in a folder of the repository but what Python left there."""
    return [
        path
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]


@pytest.fixture(scope="module")
def package_files() -> list[Path]:
    paths = files_in("src/sentilora")
    assert len(paths) > 200
    return paths


def test_no_file_name_stands_twice_in_the_package(package_files):
    stems = Counter(path.stem for path in package_files if path.suffix == ".py")
    names = Counter(path.name for path in package_files)
    twice = {name for counts in (stems, names) for name, count in counts.items() if count > 1}
    assert twice <= {"__init__", "__init__.py"}


def test_a_folder_and_a_module_beside_it_do_not_share_a_name(package_files):
    folders = {path.parent for path in package_files}
    assert not [path for path in package_files if path.with_suffix("") in folders]


def test_no_name_is_a_participle(package_files):
    names = {path.stem for path in package_files} | {path.parent.name for path in package_files}
    assert {name for name in names if name.endswith("ing")} <= NOUNS


@pytest.mark.parametrize("folder", ["src/sentilora", "benchmarks"])
def test_no_folder_shows_more_files_than_a_glance_takes_in(folder):
    counts = Counter(path.parent for path in files_in(folder) if path.suffix != ".json")
    assert {str(path.relative_to(ROOT)): n for path, n in counts.items() if n > MOST_FILES} == {}


def test_files_stay_short(package_files):
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in package_files
        if path.suffix == ".py"
    }
    assert {name: count for name, count in lengths.items() if count > MOST_LINES} == {}
