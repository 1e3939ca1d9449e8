"""What the default run leaves out, and that nothing slips in which belongs to the longer one."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.helpers.long_files import LONGEST

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]
MARKERS = {line.partition(":")[0] for line in SETTINGS["ini_options"]["markers"]}


def left_out(options):
    (expression,) = re.findall(r"-m ['\"]([^'\"]+)['\"]", options)
    return {word.removeprefix("not ") for word in expression.split(" and ")}


def recipe(path, target):
    text = (ROOT / path).read_text(encoding="utf-8")
    return re.search(rf"^{target}:.*\n((?:\t.*\n)+)", text, re.MULTILINE)[1]


def test_every_marker_is_off_by_default():
    assert left_out(SETTINGS["ini_options"]["addopts"]) == MARKERS


def test_all_is_what_this_machine_can():
    first, last = recipe("Makefile", "test-all").splitlines()
    assert left_out(first) == {"gpu", "network", "service", "browser", "alone"}
    assert last.endswith("-m alone")
    assert "SENTILORA_BROWSER=required" in recipe("Makefile", "test-browser")
    assert "SENTILORA_SERVICES=required" in recipe("Makefile", "test-services")
    assert "-m" not in recipe("Makefile", "test").replace("python -m pytest", "")


def test_continuous_integration_runs_everything():
    steps = re.findall(r"^make (\S+)", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    tested = ["test-all", "test-browser", "test-services"]
    assert steps == [".venv/.browser", "browser", "lint", *tested]


def test_workers_begin_with_the_longest_files():
    assert all((ROOT / "tests" / name).is_file() for name in LONGEST)
    assert len(set(LONGEST)) == len(LONGEST)
    for target in ("test", "test-all", "test-browser", "test-services"):
        assert "--dist loadfile --no-loadscope-reorder" in recipe("Makefile", target)


def test_python_is_not_started_by_tests_that_do_not_say_so():
    with pytest.raises(RuntimeError, match="starts Python: mark it process"):
        subprocess.run([sys.executable, "-c", "pass"], check=True)
    assert subprocess.run(["true"], check=True).returncode == 0


@pytest.mark.process
def test_python_is_started_by_tests_that_say_so():
    assert subprocess.run([sys.executable, "-c", "pass"], check=True).returncode == 0
