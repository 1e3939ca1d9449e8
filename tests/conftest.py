"""Tiny bases, one tiny finished run and one browser, for everyone."""

from __future__ import annotations

import os

# No test may reach a hub; set before transformers is imported anywhere.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # tests may share their cores with others
if "PYTEST_XDIST_WORKER" in os.environ:  # each worker has a core
    os.environ.setdefault("OMP_NUM_THREADS", "1")

import gc
import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest

from sentilora.runs import clean_process
from tests.helpers import python_starts, warm_python
from tests.helpers.chromium import unless_required
from tests.helpers.clean_process import run_here, run_in_new_process
from tests.helpers.long_files import LONGEST
from tests.helpers.texts import make_texts, write_csv
from tests.helpers.tiny_bases import ARCHITECTURES, save_tiny_base
from tests.helpers.tiny_settings import TINY_SETTINGS


def pytest_collection_modifyitems(items):
    """Begin with the longest files, when all tests run."""
    place = {Path(__file__).parent / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(place)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Let only tests of these two kinds start Python: the others have to be quick."""
    is_free = any(item.get_closest_marker(name) for name in ("process", "browser"))
    python_starts.forbid(None if is_free else item.nodeid)
    try:
        return (yield)
    finally:
        python_starts.forbid(None)


@pytest.fixture(scope="session", autouse=True)
def _proof_in_this_process():
    """Prove without a new process, which would take most of the time of a tiny training."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clean_process, "_run", run_here)
        yield


@pytest.fixture(autouse=True)
def _proof_in_a_clean_process(request, monkeypatch):
    """Start a new process for each proof, as everywhere but in tests, if the test is of those."""
    if request.node.get_closest_marker("process"):
        monkeypatch.setattr(clean_process, "_run", run_in_new_process)


@pytest.fixture
def warm_processes(monkeypatch):
    """Fork the Python that the package itself starts, instead of having it import torch again."""
    monkeypatch.setattr(subprocess, "Popen", warm_python.Popen)


@pytest.fixture(scope="session")
def tiny_bases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of two-layer encoders, by architecture."""
    folder = tmp_path_factory.mktemp("bases")
    made = {name: save_tiny_base(folder / name, name) for name in ARCHITECTURES}
    gc.freeze()  # each training collects garbage, and would look at all that was imported
    return made


@pytest.fixture(scope="session")
def tiny_base(tiny_bases: dict[str, Path]) -> Path:
    """Return the folder of a two-layer BERT."""
    return tiny_bases["bert"]


@pytest.fixture(scope="session")
def tiny_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with ``train.csv`` (160 rows) and ``test.csv`` (60 rows), two classes."""
    folder = tmp_path_factory.mktemp("data")
    rows = make_texts(220)
    write_csv(folder / "train.csv", rows[:160])
    write_csv(folder / "test.csv", rows[160:])
    return folder


@pytest.fixture(scope="session")
def tiny_run(tiny_base: Path, tiny_data: Path, tmp_path_factory: pytest.TempPathFactory):
    """Return one finished run, for every test that needs a run folder; do not change it."""
    import sentilora

    return sentilora.train(
        tiny_data,
        config={
            **TINY_SETTINGS,
            "base": str(tiny_base),
            "output": str(tmp_path_factory.mktemp("runs")),
            "name": "tiny",
        },
    )


@pytest.fixture(scope="session")
def chromium():
    """Start Chromium, which Debian brings; Playwright allows one for a whole run."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        unless_required("there is no Chromium: apt-get install chromium")
    if importlib.util.find_spec("playwright") is None:
        unless_required("Playwright is not installed: make test-browser")
    from playwright.sync_api import sync_playwright

    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()
