"""Folders with a web page, around the tiny run and random networks; a browser to open them in."""

from __future__ import annotations

import json
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import sentilora
from sentilora.errors import ConfigError
from sentilora.exports.browser_page import check_runtime, write_page
from sentilora.exports.onnx_model import write_onnx
from sentilora.inference.engines.engine import open_engine
from sentilora.labels import Labels
from sentilora.model.artifact import (
    BROWSER_FILE,
    new_artifact,
    open_artifact,
    save_texts,
    seal_artifact,
    write_manifest,
)
from sentilora.model.model_info import Settings
from sentilora.model.probabilities import Calibration
from sentilora.model.tokens import TextEncoder, TextRule
from tests.chromium import unless_required
from tests.conftest import tiny_config

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


def make_page(
    folder: Path,
    tokenizer,
    rule: TextRule,
    labels: tuple[str, ...],
    *,
    calibration: Calibration,
    runtime: Path | None = None,
) -> Path:
    """Write a page around a random network; nothing is compared or proved."""
    import torch
    from transformers import AutoModelForSequenceClassification

    config = tiny_config("bert")
    config.update({"vocab_size": len(tokenizer), "num_labels": len(labels)})
    config.update({"initializer_range": 0.5})  # answers that differ from text to text
    torch.manual_seed(3)
    network = AutoModelForSequenceClassification.from_config(config).eval()
    settings = Settings(Labels(labels), "base", None, rule, calibration, "browser")
    partial = new_artifact(folder)
    (partial / BROWSER_FILE).parent.mkdir()
    write_onnx(network, settings, partial / BROWSER_FILE)
    network.config.save_pretrained(partial)
    save_texts(tokenizer, settings, partial)
    engine, tokenizer = open_engine(open_artifact(partial, is_sealed=False))
    write_page(
        partial,
        folder.name,
        BROWSER_FILE,
        settings=settings,
        engine=engine,
        encoder=TextEncoder(tokenizer, rule),
        runtime=runtime,
    )
    return seal_artifact(partial)


@pytest.fixture(scope="session")
def libraries():
    try:
        check_runtime(LIBRARIES)
    except ConfigError as error:
        unless_required(f"{error} Or: make test-browser")
    return LIBRARIES


class Folder:
    """A folder behind a plain static web server, as ``python -m http.server`` is."""

    def __init__(self, path):
        self.path = path
        self.requests = requests = []

        class Handler(SimpleHTTPRequestHandler):
            def log_message(self, *_):
                requests.append(self.path)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=path))
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


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
