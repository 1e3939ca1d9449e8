"""Adapters that no gradient reaches are told of."""

import pytest

from sentilora.events import EventLog
from sentilora.model.classifier import create_model, load_tokenizer
from sentilora.model.tokens import TextEncoder
from sentilora.training.idle_adapters import UPDATES, IdleAdapters
from tests.helpers.classifiers import LABELS, RULE, TEXTS
from tests.helpers.foreign_bases import save_foreign_base
from tests.helpers.texts import WORDS


def watch(base, updates, targets=None):
    """Return the notes of a training of so many updates."""
    notes = []
    model = create_model(str(base), LABELS, target_modules=targets)
    encoder = TextEncoder(load_tokenizer(str(base)), RULE)
    batch = encoder.pad([text[0] for text in encoder.encode(TEXTS).windows])
    logits = model(**batch).logits
    logits[:, 0].sum().backward()
    watcher = IdleAdapters(EventLog(notes.append))
    for _ in range(updates):
        watcher.on_pre_optimizer_step(None, None, None, model)
    watcher.on_train_end(None, None, None)
    return [note["text"] for note in notes]


@pytest.fixture(scope="module")
def longformer(tmp_path_factory):
    return save_foreign_base(tmp_path_factory.mktemp("base"), "longformer", len(WORDS))


@pytest.mark.parametrize("updates", [2, UPDATES + 3])
def test_layers_that_nothing_is_read_through_are_named_once(longformer, updates):
    (note,) = watch(longformer, updates, targets=["query", "key", "value"])
    layer = "longformer.encoder.layer.1.attention.self"
    assert note.startswith("the adapters of 3 layers learn nothing, for their gradient is exactly")
    assert f": {layer}.key, {layer}.query, {layer}.value. " in note
    assert "lora.target_modules" in note


def test_by_itself_the_projections_of_the_first_token_are_found(longformer):
    model = create_model(str(longformer), LABELS)
    targets = model.peft_config["default"].target_modules
    assert {f"attention.self.{name}_global" for name in ("query", "key", "value")} <= targets


def test_a_training_in_which_all_learn_says_nothing(tiny_base):
    assert watch(tiny_base, 2) == []
