"""What a run saves is loaded by PEFT and transformers alone: no hub, no SentiLoRA."""

import json

import numpy as np
import pytest

import sentilora
from sentilora.model.probabilities import softmax
from tests.helpers.embedded_base import TEXTS, minilm_cache, minilm_run, needs_minilm, plainly

pytestmark = needs_minilm

WITH_PEFT = """
import torch
from peft import AutoPeftModelForSequenceClassification
from transformers import AutoTokenizer

folder = sys.argv[1]
labels = json.load(open(folder + "/labels.json"))
model = AutoPeftModelForSequenceClassification.from_pretrained(folder, **labels).eval()
tokenizer = AutoTokenizer.from_pretrained(folder)
inputs = tokenizer(json.load(sys.stdin), padding=True, return_tensors="pt")
with torch.no_grad():
    logits = model(**inputs).logits
    with model.disable_adapter():
        untrained = model(**inputs).logits
print(json.dumps({
    "id2label": model.config.id2label,
    "label2id": model.config.label2id,
    "probabilities": logits.softmax(-1).tolist(),
    "untrained": untrained.softmax(-1).tolist(),
}))
"""


@pytest.fixture(scope="session")
def with_peft(tmp_path_factory):
    run = minilm_run(tmp_path_factory)
    return plainly(WITH_PEFT, minilm_cache(tmp_path_factory), run.model_path)


@pytest.mark.process
def test_peft_finds_the_base_in_the_cache_and_gives_the_same_probabilities(
    with_peft, tmp_path_factory
):
    model = sentilora.load(minilm_run(tmp_path_factory).path, device="cpu")
    expected = softmax(model.score(TEXTS).logits)  # uncalibrated
    np.testing.assert_allclose(with_peft["probabilities"], expected, rtol=0, atol=1e-5)
    # The adapter matters: three updates are enough to be told apart from none.
    assert np.abs(np.array(with_peft["untrained"]) - expected).max() > 1e-3


@pytest.mark.process
def test_labels_json_gives_peft_the_label_names(with_peft):
    assert with_peft["id2label"] == {"0": "negative", "1": "neutral", "2": "positive"}
    assert with_peft["label2id"] == {"negative": 0, "neutral": 1, "positive": 2}


def test_the_adapter_names_its_base_by_hub_id_and_commit(tmp_path_factory):
    folder = minilm_run(tmp_path_factory).model_path
    stored = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    assert stored["base_model_name_or_path"] == "sentence-transformers/all-MiniLM-L6-v2"
    assert stored["revision"] == "c9745ed1d9f207416be6d2e6f8de32d1f16199bf"
