"""The page on shells does what it shows, in bash."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.docs_pages import DOCS, write_reviews
from tests.helpers.embedded_base import needs_minilm
from tests.helpers.warm_command import warm_command

PAGE = DOCS / "shell.md"
BLOCK = re.compile(r"^```(bash|console)\n(.*?)^```", re.DOTALL | re.MULTILINE)
SCORE = re.compile(r"\b[01]\.\d{4}\b")
TOLERANCE = 2e-4  # of a score: CPUs sum up in different orders


def commands(block: str) -> Iterator[tuple[str, str]]:
    """Split what a terminal shows into commands and what each of them prints."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown


def run(script: str, folder: Path, command: Path) -> subprocess.CompletedProcess:
    places = [str(command.parent), str(Path(sys.executable).parent), os.environ["PATH"]]
    environment = {**os.environ, "PATH": os.pathsep.join(places), "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=400,
    )


def is_shown(found: str, shown: str) -> bool:
    """Compare what a command prints with what the page shows; an ellipsis stands for anything."""
    pattern = ".*".join(re.escape(part) for part in SCORE.sub("0.0000", shown).split("…"))
    return re.fullmatch(pattern, SCORE.sub("0.0000", found), re.DOTALL) is not None and all(
        abs(float(one) - float(other)) <= TOLERANCE
        for one, other in zip(SCORE.findall(found), SCORE.findall(shown), strict=False)
    )


@pytest.mark.process
@needs_minilm
def test_the_shell_page_runs_from_top_to_bottom(tmp_path, tmp_path_factory):
    with warm_command(tmp_path_factory.mktemp("command")) as command:
        go_through(tmp_path, command)


def go_through(tmp_path, sentilora):
    """Run the blocks of the page in their order, and compare."""
    pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    write_reviews(tmp_path / "labelled.csv", "test", 40)
    shown_commands = 0
    for block in re.finditer(BLOCK, PAGE.read_text(encoding="utf-8")):
        if block[1] == "bash":
            done = run(f"set -eo pipefail\n{block[2]}", tmp_path, sentilora)
            assert done.returncode == 0, f"{block[2]}\n{done.stdout}"
            continue
        for command, shown in commands(block[2]):
            found = run(command, tmp_path, sentilora).stdout
            assert is_shown(found, shown), f"$ {command}\n{found}\n--- the page shows\n{shown}"
            shown_commands += 1
    assert shown_commands > 15
    assert {path.name for path in (tmp_path / "scored").iterdir()} == {
        "monday.csv",
        "tuesday evening.csv",
    }
    assert [path.name for path in (tmp_path / "inbox").iterdir()] == ["holes.csv"]


@pytest.mark.parametrize(
    ("found", "shown", "expected"),
    [
        ("a\t0.9772\tb\n", "a\t0.9773\tb\n", True),
        ("a\t0.9772\tb\n", "a\t0.9872\tb\n", False),
        ("a\nrows 3 in 2 s\n", "a\n…\n", True),
        ("a\n", "b\n", False),
        ("a\nb\n", "a\n", False),
    ],
)
def test_what_is_shown_is_compared(found, shown, expected):
    assert is_shown(found, shown) is expected
