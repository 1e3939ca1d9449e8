"""Folders with a web page, around the tiny run and random networks; a browser to open them in."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import sentilora
from sentilora.errors import ConfigError
from sentilora.exports.browser_page import check_runtime
from sentilora.model.artifact import (
    write_manifest,
)
from tests.helpers.chromium import unless_required
from tests.helpers.web_page import Folder

LIBRARIES = Path(__file__).parents[2] / "node_modules"


@pytest.fixture(scope="session")
def page_run(tiny_run, tmp_path_factory) -> Path:
    """Return the tiny run with its words as a vocabulary of word pieces, which a page can read."""
    run = shutil.copytree(tiny_run.path, tmp_path_factory.mktemp("page-runs") / "tiny")
    file = run / "model" / "tokenizer.json"
    tokenizer = json.loads(file.read_text(encoding="utf-8"))
    tokenizer["model"] |= {
        "type": "WordPiece",
        "continuing_subword_prefix": "##",
        "max_input_chars_per_word": 100,
    }
    file.write_text(json.dumps(tokenizer), encoding="utf-8")
    write_manifest(run / "model")
    return run


@pytest.fixture(scope="session")
def page_export(page_run, tmp_path_factory) -> Path:
    """Return an export to browser whose page loads its libraries from the CDN."""
    output = tmp_path_factory.mktemp("exports") / "tiny-browser"
    return sentilora.export(page_run, to="browser", output=output)


@pytest.fixture(scope="session")
def libraries():
    try:
        check_runtime(LIBRARIES)
    except ConfigError as error:
        unless_required(f"{error} Or: make test-browser")
    return LIBRARIES


@pytest.fixture
def serve():
    """Serve a folder until the test is over."""
    running = []

    def start(path):
        running.append(Folder(path))
        return running[-1]

    yield start
    for folder in running:
        folder.close()
