"""Folders with a web page, and a plain web server for them."""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from sentilora.exports.browser_page import write_page
from sentilora.exports.onnx_model import write_onnx
from sentilora.inference.engines.engine import open_engine
from sentilora.labels import Labels
from sentilora.model.artifact import (
    BROWSER_FILE,
    new_artifact,
    open_artifact,
    save_texts,
    seal_artifact,
)
from sentilora.model.model_settings import ModelSettings
from sentilora.model.probabilities import Calibration
from sentilora.model.tokens import TextEncoder, TextRule
from tests.helpers.tiny_bases import tiny_config


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
    settings = ModelSettings(Labels(labels), "base", None, rule, calibration, "browser")
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
