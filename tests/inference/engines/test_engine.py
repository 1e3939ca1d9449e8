"""Which engine computes a folder, and what is said where it cannot."""

import gc
import time
import weakref

import numpy as np
import pytest

import sentilora
from sentilora.errors import ConfigError, DeviceError
from sentilora.inference.engines import runtimes
from sentilora.inference.rows.predict_file import predict_file

WORDS = ["the food was great", "a sad , broken app !", "not " * 60 + "bad"]


@pytest.fixture(scope="module")
def onnx_export(tiny_run, tmp_path_factory):
    output = tmp_path_factory.mktemp("exports") / "onnx"
    return sentilora.export(tiny_run.path, to="onnx", output=output)


@pytest.mark.slow
def test_two_runtimes_compute_one_file_alike(onnx_export):
    pytest.importorskip("openvino")
    found = {}
    for engine in ("onnxruntime", "openvino"):
        model = sentilora.load(onnx_export, engine=engine)
        assert (model.engine.name, model.precision) == (engine, "fp32")
        found[engine] = model.score(WORDS).logits
    np.testing.assert_allclose(found["onnxruntime"], found["openvino"], rtol=0, atol=1e-5)


@pytest.mark.slow
def test_auto_takes_what_the_export_is_made_for_or_what_is_installed(
    onnx_export, tiny_run, monkeypatch
):
    assert sentilora.load(tiny_run.path).engine.name == "torch"
    for installed, expected in (
        ({"openvino", "onnxruntime"}, "onnxruntime"),
        ({"openvino"}, "openvino"),
    ):
        monkeypatch.setattr(runtimes, "find_spec", lambda name, there=installed: name in there)
        assert sentilora.load(onnx_export).engine.name == expected
    assert sentilora.load(onnx_export, precision="bf16").engine.name == "openvino"


@pytest.mark.slow
def test_what_an_engine_cannot_do_is_said(onnx_export, tiny_run):
    with pytest.raises(ConfigError, match='engine="quick" is unknown: expected auto, torch, onnx'):
        sentilora.load(onnx_export, engine="quick")
    with pytest.raises(DeviceError, match='engine="torch": an export to onnx is computed on the'):
        sentilora.load(onnx_export, engine="torch")
    with pytest.raises(
        DeviceError, match=r'precision="bf16": .* by onnxruntime or openvino in fp32\.'
    ):
        sentilora.load(onnx_export, engine="onnxruntime", precision="bf16")
    with pytest.raises(DeviceError, match=r'engine="openvino": .* is computed by torch.*to="open'):
        sentilora.load(tiny_run.path, engine="openvino")


@pytest.mark.slow
def test_a_summary_says_which_engine_computed(onnx_export, tmp_path):
    source = tmp_path / "in.csv"
    source.write_text("text\ngood\n", encoding="utf-8")
    model = sentilora.load(onnx_export, engine="onnxruntime")
    assert predict_file(model, source, tmp_path / "out.csv").engine == "onnxruntime, fp32"


@pytest.mark.slow
def test_single_short_texts_get_a_model_of_their_length(onnx_export, monkeypatch):
    pytest.importorskip("openvino")
    monkeypatch.setattr(runtimes, "SINGLE_LENGTHS", (16, 64))
    monkeypatch.setattr(runtimes, "SINGLE_AFTER", 3)
    texts = ["good", "not good but not bad at all , said everyone " * 3, "bad " * 90]
    model = sentilora.load(onnx_export, engine="openvino")
    expected = model.score(texts).logits
    for text, row, length in zip(texts, expected, (16, 64, None), strict=True):
        for _ in range(3):
            assert length not in model.engine._singles
            np.testing.assert_allclose(model.score([text]).logits[0], row, rtol=0, atol=1e-5)
        deadline = time.monotonic() + 30
        while length and length not in model.engine._singles and time.monotonic() < deadline:
            time.sleep(0.01)
        np.testing.assert_allclose(model.score([text]).logits[0], row, rtol=0, atol=1e-5)
    assert set(model.engine._singles) == {16, 64}
    np.testing.assert_allclose(model.score(texts).logits, expected, rtol=0, atol=1e-6)


def test_a_loaded_model_is_quick_for_single_texts_and_goes_when_nobody_holds_it(tiny_run):
    model = sentilora.load(tiny_run.path, device="cpu")
    network = model.engine.network
    changed = [module for module in network.modules() if "forward" in vars(module)]
    assert len(changed) == 1
    assert not network.training
    alone = np.concatenate([model.score([text]).logits for text in WORDS])
    np.testing.assert_allclose(alone, model.score(WORDS).logits, rtol=0, atol=1e-5)
    gone = [weakref.ref(network), weakref.ref(changed[0])]
    del model, network, changed
    gc.collect()
    assert [held() for held in gone] == [None, None]
