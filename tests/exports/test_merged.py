"""``export --to merged``: a plain transformers folder that answers as the run does."""

import json
import re
import sys
import textwrap

import numpy as np
import pytest

import sentilora
from sentilora.errors import ConfigError, ModelError, RunError
from sentilora.exports.parity import LONG_TEXTS, parity_texts
from sentilora.model.probabilities import softmax
from tests.helpers import warm_python
from tests.helpers.embedded_base import TEXTS, minilm_cache, minilm_run, needs_minilm, plainly

WORDS = ["the food was great", "a sad , broken app !", "it was tuesday", "not " * 60 + "bad"]


@pytest.fixture(scope="session")
def merged(tiny_run, tmp_path_factory):
    """One export of the tiny run, for all that only read it."""
    output = tmp_path_factory.mktemp("exports") / "tiny"
    return sentilora.export(tiny_run.path, to="merged", output=output)


def test_an_export_holds_plain_files_and_a_manifest_of_them(merged):
    names = {file.name for file in merged.iterdir()}
    assert names == {
        "README.md",
        "config.json",
        "labels.json",
        "manifest.json",
        "model.safetensors",
        "parity.json",
        "sentilora.json",
        "tokenizer.json",
        "tokenizer_config.json",
    }
    manifest = json.loads((merged / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["files"]) == names - {"manifest.json"}
    assert not list(merged.parent.glob("*.partial"))
    assert len({file.stat().st_mode for file in merged.iterdir()}) == 1


def test_sentilora_gives_the_same_predictions(merged, tiny_run):
    run, export = (sentilora.load(path, device="cpu") for path in (tiny_run.path, merged))
    assert export.artifact.settings.kind == "model"
    assert export.calibration == run.calibration
    for ours, theirs in zip(run.predict(WORDS), export.predict(WORDS), strict=True):
        assert ours.label == theirs.label
        assert ours.truncated == theirs.truncated
        assert ours.probabilities == pytest.approx(theirs.probabilities, abs=1e-5)
    assert export.predict(WORDS)[-1].truncated  # head and tail travel with the export


def test_plain_transformers_loads_it_with_label_names(merged, tiny_run):
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    model = AutoModelForSequenceClassification.from_pretrained(merged).eval()
    tokenizer = AutoTokenizer.from_pretrained(merged)
    assert model.config.id2label == {0: "negative", 1: "positive"}
    assert model.config.label2id == {"negative": 0, "positive": 1}
    inputs = tokenizer(WORDS[:3], padding=True, return_tensors="pt")
    expected = sentilora.load(tiny_run.path, device="cpu").score(WORDS[:3]).logits
    np.testing.assert_allclose(model(**inputs).logits.detach().numpy(), expected, atol=1e-5)


def test_the_tokenizer_cuts_at_the_run_s_limit_and_keeps_the_head(merged, tiny_run):
    from transformers import AutoTokenizer

    limit = tiny_run.config.text.max_tokens
    tokenizer = AutoTokenizer.from_pretrained(merged)
    assert tokenizer.model_max_length == limit
    ids = tokenizer(WORDS[-1], truncation=True)["input_ids"]
    assert len(ids) == limit
    assert tokenizer.decode(ids, skip_special_tokens=True) == " ".join(["not"] * (limit - 2))


def test_parity_is_written_with_what_was_compared(merged):
    parity = json.loads((merged / "parity.json").read_text(encoding="utf-8"))
    assert parity["source"] == "tiny"
    assert parity["run"]["method"] == "lora"
    assert parity["texts"] == 300 + LONG_TEXTS
    assert 0 <= parity["max_logit_difference"] <= 1e-4 == parity["tolerance"]
    assert parity["flipped_share"] == 0.0
    assert parity["proof"]["max_logit_difference"] <= 1e-5


def test_the_card_is_the_run_s_and_tells_how_to_use_the_export(merged, tiny_run):
    card = (merged / "README.md").read_text(encoding="utf-8")
    assert "library_name: transformers" in card
    assert "library_name: peft" in (tiny_run.path / "README.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^## Use it$", card, re.MULTILINE)) == 1
    assert 'pipeline("text-classification", ".", truncation=True' in card
    assert "Of a text over 32 tokens this keeps the start only." in card
    assert "AutoPeft" not in card
    assert "config.toml" not in card
    assert "## Results" in card


def test_an_export_is_measured_like_its_run(merged, tiny_run, tiny_data):
    found = sentilora.evaluate(merged, tiny_data, resamples=100)
    assert found.metrics == pytest.approx(tiny_run.report["metrics"], abs=1e-6)
    assert found.data["run"]["name"] == "tiny"
    assert found.data["run"]["base"] == tiny_run.report["run"]["base"]
    assert found.data["run"]["method"] == "lora"


def test_an_existing_folder_is_left_alone(tiny_run, tmp_path):
    (tmp_path / "my export").mkdir()
    with pytest.raises(ModelError, match=r"exists already\. .* output=\"DIR\", .* rm -r '.*/my"):
        sentilora.export(tiny_run.path, output=tmp_path / "my export")
    assert not list((tmp_path / "my export").iterdir())


@pytest.mark.parametrize("target", ["tflite", "Onnx", "Merged", ""])
def test_an_unknown_target_is_an_error_that_lists_what_there_is(target, tiny_run):
    with pytest.raises(ConfigError, match=f"no export to '{target}'. There is: merged, onnx"):
        sentilora.export(tiny_run.path, to=target)


def test_a_run_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"no run or model at .*nowhere.*sentilora runs"):
        sentilora.export(tmp_path / "nowhere", output=tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_an_output_inside_a_file_is_an_error(tiny_run, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ModelError, match=r'cannot be written: .*output="DIR"'):
        sentilora.export(tiny_run.path, output=tmp_path / "file" / "out")


def test_a_disk_without_room_is_told_before_anything_is_written(tiny_run, tmp_path, monkeypatch):
    monkeypatch.setattr("sentilora.exports.export._SLACK_BYTES", 10**18)
    with pytest.raises(RunError, match=r"MB free, .* needs about"):
        sentilora.export(tiny_run.path, output=tmp_path / "out")
    assert not list(tmp_path.iterdir())


@pytest.mark.process
def test_a_failed_write_leaves_nothing_behind(tiny_run, tmp_path):
    code = textwrap.dedent("""
        import resource, sys, sentilora
        from sentilora.errors import ModelError
        sentilora.export  # imports before the limit
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        try:
            sentilora.export(sys.argv[1], output=sys.argv[2])
        except ModelError as error:
            print(error)
    """)
    done = warm_python.run(
        [sys.executable, "-c", code, str(tiny_run.path), str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "cannot be written" in done.stdout, done.stderr
    assert not list(tmp_path.iterdir())


def test_a_merge_that_changes_answers_is_not_kept(tiny_run, tmp_path, monkeypatch):
    from sentilora.exports import export as export_module

    def shifted(artifact, *, merge=True):
        import torch

        model, tokenizer = load(artifact, merge=merge)
        if merge:
            with torch.no_grad():
                model.classifier.bias += torch.tensor([0.01, 0.0])
        return model, tokenizer

    load = export_module.load_classifier
    monkeypatch.setattr(export_module, "load_classifier", shifted)
    with pytest.raises(ModelError, match=r"does not answer as the run does.*0\.01"):
        sentilora.export(tiny_run.path, output=tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_parity_looks_at_texts_over_the_limit_too():
    texts = parity_texts()
    assert len(texts) == 300 + LONG_TEXTS
    assert min(len(text.split()) for text in texts[-LONG_TEXTS:]) > 256


WITH_TRANSFORMERS = """
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline

texts = json.load(sys.stdin)
folder = sys.argv[1]
classify = pipeline("text-classification", folder, truncation=True, top_k=None)
model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
tokenizer = AutoTokenizer.from_pretrained(folder)
with torch.no_grad():
    logits = model(**tokenizer(texts, padding=True, return_tensors="pt")).logits
answers = [{one["label"]: one["score"] for one in answer} for answer in classify(texts)]
long = classify("good " * 500, top_k=None)
print(json.dumps({
    "names": [model.config.id2label[i] for i in range(model.config.num_labels)],
    "probabilities": logits.softmax(-1).tolist(),
    "pipeline": answers,
    "long": len(long),
}))
"""


@pytest.mark.process
@needs_minilm
def test_a_plain_pipeline_gives_label_names_and_the_same_probabilities(tmp_path_factory):
    run = minilm_run(tmp_path_factory)
    folder = sentilora.export(run.path, output=tmp_path_factory.mktemp("export") / "minilm")
    # An empty cache: the export needs no base.
    environment = minilm_cache(tmp_path_factory)
    environment = {**environment, "HF_HOME": str(tmp_path_factory.mktemp("empty"))}
    found = plainly(WITH_TRANSFORMERS, environment, folder)
    model = sentilora.load(run.path, device="cpu")
    expected = softmax(model.score(TEXTS).logits)  # uncalibrated
    assert found["names"] == ["negative", "neutral", "positive"]
    np.testing.assert_allclose(found["probabilities"], expected, rtol=0, atol=1e-5)
    for answer, row in zip(found["pipeline"], expected, strict=True):
        assert answer == pytest.approx(dict(zip(found["names"], row, strict=True)), abs=1e-5)
    assert found["long"] == 3
