"""``export --to onnx``: one file that answers as the run does, on any shape."""

import json
import re
import shutil
import subprocess
import sys

import numpy as np
import onnxruntime
import pytest
import torch

import sentilora
from sentilora.errors import DeviceError, MissingExtraError, ModelError
from sentilora.exports.onnx_model import write_onnx
from sentilora.labels import Labels
from sentilora.model.classifier import create_model
from sentilora.model.model_settings import ModelSettings
from sentilora.model.probabilities import Calibration
from sentilora.model.tokens import TextRule
from tests.helpers.tiny_bases import ARCHITECTURES

WORDS = ["the food was great", "a sad , broken app !", "it was tuesday", "not " * 60 + "bad"]
LABELS = ("negative", "neutral", "positive")


@pytest.fixture(scope="session")
def onnx_export(tiny_run, tmp_path_factory):
    output = tmp_path_factory.mktemp("exports") / "tiny-onnx"
    return sentilora.export(tiny_run.path, to="onnx", output=output)


def answers(path, ids, mask, names):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(names, {"input_ids": ids.numpy(), "attention_mask": mask.numpy()})


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_architecture_answers_alike_on_other_shapes(tiny_bases, tmp_path, architecture):
    model = create_model(str(tiny_bases[architecture]), LABELS, use_peft=True, rank=2)
    network = model.merge_and_unload().eval()
    calibration = Calibration(1.7, 0.3)
    settings = ModelSettings(Labels(LABELS), "base", None, TextRule(24), calibration, "onnx")
    write_onnx(network, settings, tmp_path / "model.onnx")
    for rows, length in ((1, 3), (2, 8), (5, 23)):
        ids = torch.randint(5, 50, (rows, length))
        mask = torch.ones_like(ids)
        mask[0, 2:] = 0
        with torch.no_grad():
            expected = network(input_ids=ids, attention_mask=mask).logits.numpy()
        logits, probabilities = answers(
            tmp_path / "model.onnx", ids, mask, ["logits", "probabilities"]
        )
        np.testing.assert_allclose(logits, expected, rtol=0, atol=1e-5)
        np.testing.assert_allclose(
            probabilities, calibration.probabilities(expected), rtol=0, atol=1e-5
        )


def test_an_export_gives_the_run_s_predictions(onnx_export, tiny_run):
    run = sentilora.load(tiny_run.path, device="cpu")
    export = sentilora.load(onnx_export, device="cpu", engine="onnxruntime")
    assert export.engine.name == "onnxruntime"
    assert export.calibration == run.calibration
    for ours, theirs in zip(run.predict(WORDS), export.predict(WORDS), strict=True):
        assert ours.label == theirs.label
        assert ours.truncated == theirs.truncated
        assert ours.probabilities == pytest.approx(theirs.probabilities, abs=1e-5)
    assert export.score([]).logits.shape == (0, 2)


def test_the_file_says_what_it_answers(onnx_export, tiny_run):
    session = onnxruntime.InferenceSession(str(onnx_export / "model.onnx"))
    about = json.loads(session.get_modelmeta().custom_metadata_map["sentilora"])
    settings = sentilora.load(tiny_run.path, device="cpu").artifact.settings
    assert about["labels"] == ["negative", "positive"]
    assert about["calibration"]["temperature"] == settings.calibration.temperature
    assert about["text"]["max_tokens"] == settings.rule.max_tokens
    assert [one.shape for one in session.get_inputs()] == [["batch", "length"]] * 2
    parity = json.loads((onnx_export / "parity.json").read_text(encoding="utf-8"))
    assert parity["to"] == "onnx"
    assert parity["flipped_share"] == 0
    assert parity["max_logit_difference"] < 1e-4


@pytest.mark.process
def test_the_card_s_lines_work_without_torch_and_transformers(onnx_export, tiny_run):
    card = (onnx_export / "README.md").read_text(encoding="utf-8")
    assert "library_name: onnx" in card
    (code,) = [x for x in re.findall(r"```python\n(.*?)```", card, re.DOTALL) if "Session" in x]
    text = "the food was great"
    code = code.replace("Great movie, highly recommended!", text)
    code += "\nimport sys\nassert not {'torch', 'transformers'} & set(sys.modules)\n"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=onnx_export, capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout.replace("'", '"'))
    expected = sentilora.load(tiny_run.path, device="cpu").predict(text).probabilities
    assert found == pytest.approx(expected, abs=1e-5)


def test_what_an_onnx_export_cannot_do_is_said(onnx_export, tmp_path):
    with pytest.raises(DeviceError, match='precision="fp16": an export to onnx is computed on'):
        sentilora.load(onnx_export, precision="fp16")
    with pytest.raises(ModelError, match="is an export to onnx: it predicts, but holds no weights"):
        sentilora.export(onnx_export, to="merged", output=tmp_path / "again")
    assert not list(tmp_path.iterdir())


def test_without_onnx_runtime_the_extra_is_named(onnx_export, tiny_run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'sentilora\[onnx\]'"):
        sentilora.load(onnx_export, engine="onnxruntime")
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'sentilora\[onnx\]'"):
        sentilora.export(tiny_run.path, to="onnx", output=tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_a_damaged_file_is_noticed(onnx_export, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(onnx_export, copy)
    with (copy / "model.onnx").open("r+b") as file:
        file.write(b"\0" * 64)
    with pytest.raises(ModelError, match=r"model\.onnx was changed after it was saved"):
        sentilora.load(copy)
