"""DistilBERT at its true size, with random weights: what can be known of it without a model hub.

Counts follow from the published shape (6 layers, width 768, 12 heads, 3,072 inside, 30,522 words,
512 positions). How accurate the real one becomes is not tested here, and cannot be.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch

import sentilora
from sentilora.labels import Labels
from sentilora.model.artifact import load_classifier, open_artifact, save_artifact, seal_artifact
from sentilora.model.classifier import count_parameters, create_model, load_tokenizer
from sentilora.model.model_settings import ModelSettings
from sentilora.model.quiet import quiet_transformers
from sentilora.model.tokens import TextEncoder, TextRule
from tests.helpers.texts import WORDS, make_texts, write_csv

LABELS = Labels(("negative", "positive"))
RULE = TextRule(max_tokens=32)
RANK = 16  # the default

WIDTH, INSIDE, LAYERS, VOCABULARY, POSITIONS = 768, 3072, 6, 30_522, 512
SQUARE = WIDTH * WIDTH + WIDTH  # a linear layer with its bias
NORM = 2 * WIDTH
EMBEDDINGS = (VOCABULARY + POSITIONS) * WIDTH + NORM
BLOCK = 4 * SQUARE + NORM + (WIDTH * INSIDE + INSIDE) + (INSIDE * WIDTH + WIDTH) + NORM
ENCODER = EMBEDDINGS + LAYERS * BLOCK
HEAD = SQUARE + (WIDTH * 2 + 2)
ADAPTER = LAYERS * RANK * (4 * (WIDTH + WIDTH) + 2 * (WIDTH + INSIDE))

FLOAT = 4  # bytes


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """Return a folder with random weights of DistilBERT's shape, and a tokeniser of its size."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import AutoModel, DistilBertConfig, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("distilbert")
    torch.manual_seed(3)
    with quiet_transformers():
        AutoModel.from_config(DistilBertConfig()).save_pretrained(folder)
    words = [*WORDS, *(f"[unused{number}]" for number in range(VOCABULARY - len(WORDS)))]
    tokenizer = Tokenizer(
        models.WordLevel({word: index for index, word in enumerate(words)}, unk_token="[UNK]")
    )
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]"
    ).save_pretrained(folder)
    return folder


@dataclass
class Step:
    """A model after two updates, and what they did."""

    model: Any
    encoder: TextEncoder
    counts: tuple[int, int]
    changed: tuple[set[str], set[str]]
    losses: tuple[float, ...]
    kept_bytes: int
    logits: np.ndarray

    def logits_of(self, model) -> np.ndarray:
        rows = [text[0] for text in self.encoder.encode(TEXTS).windows]
        with torch.inference_mode():
            return model.eval()(**self.encoder.pad(rows)).logits.numpy()


ROWS = make_texts(8, seed=3)
TEXTS = [text for text, _ in ROWS]


@pytest.fixture(scope="module")
def step(base):
    """Return the model after two updates on eight texts."""
    model = create_model(str(base), LABELS)
    encoder = TextEncoder(load_tokenizer(str(base)), RULE)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    trainable = [p for p in model.parameters() if p.requires_grad]
    # Random weights make a rugged start: small steps, and without eps, so that all weights move.
    optimizer = torch.optim.Adam(trainable, lr=1e-5, eps=1e-30)
    batch = encoder.pad([text[0] for text in encoder.encode(TEXTS).windows])
    label_ids = torch.tensor([LABELS.label2id[label] for _, label in ROWS])
    activations: dict[int, int] = {}
    weights = {p.untyped_storage().data_ptr() for p in model.parameters()}

    def count(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            activations[storage.data_ptr()] = storage.nbytes()
        return tensor

    def loss():
        return model(**batch, labels=label_ids).loss

    model.train()
    with torch.autograd.graph.saved_tensors_hooks(count, lambda tensor: tensor):
        first = loss()
    first.backward()
    gradients = sum(p.grad.nbytes for p in model.parameters() if p.grad is not None)
    optimizer.step()
    moments = sum(
        value.nbytes
        for state in optimizer.state.values()
        for value in state.values()
        if torch.is_tensor(value)
    )

    def changed():
        return {n for n, p in model.named_parameters() if not torch.equal(p, before[n])}

    at_first = changed()
    optimizer.zero_grad()
    second = loss()
    second.backward()
    optimizer.step()
    with torch.no_grad():
        third = loss()
    done = Step(
        model,
        encoder,
        count_parameters(model),
        (at_first, changed()),
        (first.item(), second.item(), third.item()),
        sum(p.nbytes for p in model.parameters()) + gradients + moments + sum(activations.values()),
        np.empty(0),
    )
    done.logits = done.logits_of(model)
    return done


def test_the_numbers_are_those_of_the_published_shape(base, step):
    assert ENCODER == 66_362_880  # distilbert-base-uncased
    plain = create_model(str(base), LABELS, use_peft=False)
    assert count_parameters(plain) == (66_955_010, 66_955_010) == (ENCODER + HEAD, ENCODER + HEAD)
    assert step.counts == (1_919_234, 68_282_114) == (ADAPTER + HEAD, ENCODER + HEAD + ADAPTER)


def test_all_six_linear_layers_of_each_block_are_adapted(step):
    names = [n for n, _ in step.model.named_parameters() if ".lora_A." in n]
    assert len(names) == 6 * LAYERS
    kinds = {name.split(".lora_A.")[0].rsplit(".", 1)[-1] for name in names}
    assert kinds == {"q_lin", "k_lin", "v_lin", "out_lin", "lin1", "lin2"}


def test_updates_change_what_learns_and_nothing_else(step):
    """B starts at zero, so A has no gradient before the second update."""
    trainable = {n for n, p in step.model.named_parameters() if p.requires_grad}
    assert step.changed[0] == {name for name in trainable if ".lora_A." not in name}
    assert step.changed[1] == trainable
    heads = {name for name in trainable if "lora_" not in name}
    assert {name.split(".modules_to_save.")[0].rsplit(".", 1)[-1] for name in heads} == {
        "pre_classifier",
        "classifier",
    }


def test_each_update_lowers_the_loss(step):
    first, second, third = step.losses
    assert third < second < first


def test_an_update_keeps_less_in_memory_than_all_weights_with_their_moments(step):
    """Weights, gradients, two moments, and what the backward pass needs, all counted in bytes."""
    trained, total = step.counts
    least = total * FLOAT + 3 * trained * FLOAT
    full_fine_tuning = 4 * (ENCODER + HEAD) * FLOAT  # without any activations
    assert least < step.kept_bytes < 450e6 < full_fine_tuning / 2


def test_the_saved_adapter_is_small_and_gives_the_same_logits(base, step, tmp_path):
    settings = ModelSettings(LABELS, str(base), None, RULE)
    folder = seal_artifact(
        save_artifact(step.model, step.encoder.tokenizer, settings, tmp_path / "model")
    )
    size = (folder / "adapter_model.safetensors").stat().st_size
    assert 0 < size - step.counts[0] * FLOAT < 20_000  # names and shapes
    artifact = open_artifact(folder)
    loaded, _ = load_classifier(artifact, merge=False)
    np.testing.assert_array_equal(step.logits_of(loaded), step.logits)
    merged, _ = load_classifier(artifact)
    np.testing.assert_allclose(step.logits_of(merged), step.logits, rtol=0, atol=1e-5)


def test_a_run_goes_all_the_way(base, tmp_path):
    """From a file to a proved model, with the recipe that every base has."""
    data = write_csv(tmp_path / "reviews.csv", make_texts(60, seed=4))
    run = sentilora.train(
        data,
        config={
            "base": str(base),
            "output": str(tmp_path),
            "name": "distilbert",
            "device": "cpu",
            "text.max_tokens": 16,
            "training.max_steps": 1,
            "training.precision": "fp32",
            "report.baselines": ["majority"],
            "report.resamples": 100,
        },
    )
    cost = run.report["cost"]
    assert cost["steps"] == 1
    assert (cost["trainable_parameters"], cost["total_parameters"]) == (
        ADAPTER + HEAD,
        ENCODER + HEAD + ADAPTER,
    )
    assert cost["full_model_bytes"] / cost["model_bytes"] > 30
    assert run.report["proof"]["max_logit_difference"] <= 1e-5
