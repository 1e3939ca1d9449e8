"""Folders with a web page: one exported from the tiny run, others around random networks."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import sentilora
from sentilora.export.browserfiles import write_page
from sentilora.export.onnxfile import write_onnx
from sentilora.inference.engines import open_engine
from sentilora.labels import Labels
from sentilora.model.artifact import (
    BROWSER_FILE,
    new_artifact,
    open_artifact,
    save_texts,
    seal_artifact,
    write_manifest,
)
from sentilora.model.probabilities import Calibration
from sentilora.model.settings import Settings
from sentilora.model.tokens import TextEncoder, TextRule
from tests.conftest import tiny_config


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
