"""The adapter that ships: there, whole, small, documented, and useful without any training."""

import json
import re
import sys
from importlib import resources

import numpy as np
import pytest
from safetensors import safe_open

import sentilora
from benchmarks.general.package import LIMIT_BYTES
from benchmarks.general.sets import SETS
from sentilora import samples
from sentilora.labels import TERNARY, Labels
from sentilora.model.adapter_file import ADAPTER_WEIGHTS
from sentilora.model.artifact import open_artifact
from sentilora.model.bases.known_bases import BASES
from sentilora.model.warm_start import create_started_model, open_start
from tests.helpers import warm_python
from tests.helpers.embedded_base import needs_minilm

FOLDER = samples.general()
GOOD = ["Great movie, highly recommended!", "I love it, it works perfectly and the staff is kind."]
BAD = ["What a waste of money, it broke after two days.", "Terrible service, never again."]


def test_it_is_part_of_the_package_with_every_file_of_its_manifest():
    folder = resources.files("sentilora.samples") / "general"
    files = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    assert {ADAPTER_WEIGHTS, "adapter_config.json", "labels.json", "README.md"} <= files.keys()
    for name, facts in files.items():
        assert len((folder / name).read_bytes()) == facts["bytes"]


def test_it_is_an_adapter_for_the_embedded_base_with_three_labels():
    settings = open_artifact("general").settings
    assert settings.labels.names == TERNARY
    assert (settings.kind, settings.base) == ("adapter", BASES["minilm"].hub_id)
    assert settings.revision == BASES["minilm"].revision
    assert 0.3 < settings.calibration.temperature < 3


def test_all_its_files_take_at_most_three_megabytes_in_half_precision():
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) <= LIMIT_BYTES
    with safe_open(FOLDER / ADAPTER_WEIGHTS, "pt") as weights:
        names = list(weights.keys())
        assert {weights.get_slice(name).get_dtype() for name in names} == {"F16"}
        assert all(np.isfinite(weights.get_tensor(name).float().numpy()).all() for name in names)


def test_nothing_in_it_names_a_folder_of_the_machine_it_was_made_on():
    for file in FOLDER.iterdir():
        if file.suffix in (".json", ".md") and file.name != "tokenizer.json":
            text = file.read_text(encoding="utf-8")
            assert not re.search(r"[\s\"'`(](?:/|~/|[A-Z]:\\)\w", text), file.name


def test_its_card_names_every_set_with_its_terms():
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    learned, refused = card.split("\nNot used:\n")
    for one in SETS.values():
        part = refused if one.refused else learned
        assert one.title in part
        assert one.terms in part


@pytest.fixture(scope="module")
def model():
    return sentilora.load("general", device="cpu")


@needs_minilm
def test_it_answers_at_once(model):
    answers = model.predict([*GOOD, *BAD])
    assert [answer.label for answer in answers] == ["positive"] * 2 + ["negative"] * 2
    assert all(answer.signed > 0.5 for answer in answers[:2])
    assert all(answer.signed < -0.5 for answer in answers[2:])


@needs_minilm
@pytest.mark.slow
def test_it_is_better_than_a_word_list_on_texts_that_it_has_not_seen(model):
    report = sentilora.evaluate(model, "sample", baselines=["vader"], resamples=100)
    assert report.metrics["macro_recall"] > report.baselines["vader"]["macro_recall"] + 0.05


@needs_minilm
@pytest.mark.process
def test_the_command_line_knows_it_without_a_hub():
    done = warm_python.run(
        [sys.executable, "-m", "sentilora", "predict", "general", GOOD[0], "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["label"] == "positive"


@needs_minilm
def test_a_training_can_start_from_it(model):
    import torch

    start = open_start("general")
    assert start.name == "general"
    labels = Labels(("negative", "positive"))
    network = create_started_model(start, labels).eval()
    texts = [*GOOD, *BAD]
    rows = [windows[0] for windows in model.encoder.encode(texts).windows]
    with torch.inference_mode():
        logits = network(**model.encoder.pad(rows)).logits.numpy()
    np.testing.assert_allclose(logits, model.score(texts).logits[:, [0, 2]], rtol=0, atol=1e-4)
