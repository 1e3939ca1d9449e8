"""``export --to openvino``: a model for OpenVINO that answers as the run does, on any shape."""

import json
import re
import shutil
import subprocess
import sys

import numpy as np
import openvino
import pytest
import torch

import sentilora
from sentilora.errors import DeviceError, MissingExtraError, ModelError
from sentilora.exports.openvino_model import write_openvino
from sentilora.labels import Labels
from sentilora.model.classifier import create_model
from sentilora.model.model_settings import ModelSettings
from sentilora.model.probabilities import Calibration
from sentilora.model.tokens import TextRule
from tests.helpers.tiny_bases import ARCHITECTURES

WORDS = ["the food was great", "a sad , broken app !", "it was tuesday", "not " * 60 + "bad"]
LABELS = ("negative", "neutral", "positive")
FP32 = {"INFERENCE_PRECISION_HINT": "f32"}


pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def openvino_export(tiny_run, tmp_path_factory):
    output = tmp_path_factory.mktemp("exports") / "tiny-openvino"
    return sentilora.export(tiny_run.path, to="openvino", output=output)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_architecture_answers_alike_on_other_shapes(tiny_bases, tmp_path, architecture):
    model = create_model(str(tiny_bases[architecture]), LABELS, use_peft=True, rank=2)
    network = model.merge_and_unload().eval()
    calibration = Calibration(1.7, 0.3)
    settings = ModelSettings(Labels(LABELS), "base", None, TextRule(24), calibration, "openvino")
    write_openvino(network, settings, tmp_path / "model.xml")
    assert {file.name for file in tmp_path.iterdir()} == {"model.xml", "model.bin"}
    compiled = openvino.Core().compile_model(tmp_path / "model.xml", "CPU", FP32)
    for rows, length in ((1, 3), (2, 8), (5, 23)):
        ids = torch.randint(5, 50, (rows, length))
        mask = torch.ones_like(ids)
        mask[0, 2:] = 0
        with torch.no_grad():
            expected = network(input_ids=ids, attention_mask=mask).logits.numpy()
        answer = compiled({"input_ids": ids.numpy(), "attention_mask": mask.numpy()})
        np.testing.assert_allclose(answer["logits"], expected, rtol=0, atol=1e-5)
        np.testing.assert_allclose(
            answer["probabilities"], calibration.probabilities(expected), rtol=0, atol=1e-5
        )


def test_an_export_gives_the_run_s_predictions(openvino_export, tiny_run):
    run, export = (sentilora.load(path, device="cpu") for path in (tiny_run.path, openvino_export))
    assert export.engine.name == "openvino"
    assert export.calibration == run.calibration
    for ours, theirs in zip(run.predict(WORDS), export.predict(WORDS), strict=True):
        assert (ours.label, ours.truncated) == (theirs.label, theirs.truncated)
        assert ours.probabilities == pytest.approx(theirs.probabilities, abs=1e-5)
    assert export.score([]).logits.shape == (0, 2)


def test_answers_of_an_earlier_batch_stay_as_they_were(openvino_export):
    """OpenVINO writes every answer to the same place, if one lets it."""
    model = sentilora.load(openvino_export)
    inputs = [model.encoder.pad([window[0]]) for window in model.encoder.encode(WORDS[:2]).windows]
    first = model.engine.logits(inputs[0])
    before = first.clone()
    assert not torch.equal(model.engine.logits(inputs[1]), before)
    assert torch.equal(first, before)


def test_the_file_says_what_it_answers(openvino_export, tiny_run):
    model = openvino.Core().read_model(openvino_export / "openvino_model.xml")
    about = json.loads(model.get_rt_info("sentilora").astype(str))
    settings = sentilora.load(tiny_run.path, device="cpu").artifact.settings
    assert about["labels"] == ["negative", "positive"]
    assert about["calibration"]["temperature"] == settings.calibration.temperature
    parity = json.loads((openvino_export / "parity.json").read_text(encoding="utf-8"))
    assert (parity["to"], parity["flipped_share"]) == ("openvino", 0)
    assert parity["max_logit_difference"] < 1e-4


@pytest.mark.process
def test_the_card_s_lines_work_without_torch_and_transformers(openvino_export, tiny_run):
    card = (openvino_export / "README.md").read_text(encoding="utf-8")
    assert "library_name: openvino" in card
    (code,) = [x for x in re.findall(r"```python\n(.*?)```", card, re.DOTALL) if "Core()" in x]
    text = "the food was great"
    code = code.replace("Great movie, highly recommended!", text)
    code += "\nimport sys\nassert not {'torch', 'transformers'} & set(sys.modules)\n"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=openvino_export, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.replace("'", '"'))
    expected = sentilora.load(tiny_run.path, device="cpu").predict(text).probabilities
    assert found == pytest.approx(expected, abs=2e-2)  # OpenVINO takes bf16 where there are units


def test_bf16_is_there_and_other_formats_are_refused(openvino_export):
    model = sentilora.load(openvino_export, precision="bf16")
    assert model.engine.precision == "bf16"
    exact = sentilora.load(openvino_export)
    assert exact.engine.precision == "fp32"
    np.testing.assert_allclose(model.score(WORDS).logits, exact.score(WORDS).logits, atol=0.05)
    with pytest.raises(
        DeviceError,
        match=r'device="cuda", precision="fp16": an export to openvino .* openvino in fp32 or bf16',
    ):
        sentilora.load(openvino_export, device="cuda", precision="fp16")


def test_without_openvino_the_extra_is_named(openvino_export, tiny_run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'sentilora\[openvino\]'"):
        sentilora.load(openvino_export)
    with pytest.raises(MissingExtraError, match=r"pip install 'sentilora\[openvino\]'"):
        sentilora.export(tiny_run.path, to="openvino", output=tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_damaged_weights_are_noticed(openvino_export, tmp_path):
    copy = shutil.copytree(openvino_export, tmp_path / "copy")
    with (copy / "openvino_model.bin").open("r+b") as file:
        file.write(b"\1" * 64)
    with pytest.raises(ModelError, match=r"openvino_model\.bin was changed after it was saved"):
        sentilora.load(copy)
