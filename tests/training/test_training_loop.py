"""The loop itself, without saving and reporting: fit() on a prepared run."""

import errno

import numpy as np
import pytest
import torch

from sentilora.config import make_config
from sentilora.errors import ModelError, RunError
from sentilora.model.classifier import create_model
from sentilora.training import training_loop
from sentilora.training.context.resolved_run import create_network, resolve
from sentilora.training.context.run_context import encode_part, open_run
from sentilora.training.trainer import SentimentTrainer
from sentilora.training.training_loop import fit
from tests.helpers.texts import make_texts, write_csv
from tests.helpers.tiny_settings import TINY_SETTINGS


@pytest.fixture
def fitted(tiny_base, tiny_data, tmp_path):
    """Return a function that prepares and fits; it gives the result and the events."""

    def run(data=None, network=None, **settings):
        config = make_config(
            {
                **TINY_SETTINGS,
                "base": str(tiny_base),
                "data.train": str(data or tiny_data),
                "output": str(tmp_path),
                "name": "fit",
                **settings,
            }
        )
        events = []
        context = open_run(resolve(config), None, events.append)
        train = encode_part(context, "train", context.parts.train)
        validation = encode_part(context, "validation", context.parts.validation)
        result = fit(network or create_network(context), train, validation, context)
        return result, events, context

    return run


def losses_of(events):
    return [event["loss"] for event in events if event["kind"] == "step"]


def test_the_losses_of_four_updates_are_known(fitted):
    """Golden values: a change of the recipe, the order of batches or the start shows here."""
    _, events, _ = fitted(**{"training.max_steps": 4})
    np.testing.assert_allclose(losses_of(events), GOLDEN, rtol=2e-3)


GOLDEN = [0.687697, 0.621558, 0.567659, 0.520288]


def test_an_update_has_loss_and_gradient_of_its_whole_batch(fitted, monkeypatch):
    """``Trainer`` multiplies both where it takes a model's loss for one that divides by itself."""
    plain_step = SentimentTrainer.training_step
    told, expected = [], []

    def step(self, model, inputs, num_items_in_batch=None):
        assert self.args.gradient_accumulation_steps == 1
        loss = plain_step(self, model, dict(inputs), num_items_in_batch)
        found = {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None}
        read = {name: inputs[name] for name in ("input_ids", "attention_mask")}
        mean = torch.nn.functional.cross_entropy(model(**read).logits, inputs["labels"])
        learning = {n: p for n, p in model.named_parameters() if n in found}
        for (name, _), grad in zip(
            learning.items(), torch.autograd.grad(mean, list(learning.values())), strict=True
        ):
            torch.testing.assert_close(found[name], grad, rtol=1e-3, atol=1e-6)
        told.append(loss.item())
        expected.append(mean.item())
        return loss

    monkeypatch.setattr(SentimentTrainer, "training_step", step)
    _, events, _ = fitted(**{"training.max_steps": 3})
    np.testing.assert_allclose(told, expected, rtol=1e-5)
    np.testing.assert_allclose(losses_of(events), expected, rtol=1e-4)


def test_the_best_checkpoint_wins_not_the_last(fitted):
    """With a rate that destroys what was learned, the kept weights are those of the best step."""
    result, events, context = fitted(
        **{
            "training.epochs": 4,
            "training.evaluations_per_epoch": 2,
            "training.schedule": "constant_with_warmup",
            "training.patience": 0,
            "training.select_by": "log_loss",
        }
    )
    evaluations = {e["step"]: e for e in events if e["kind"] == "evaluation"}
    best = max(evaluations.values(), key=lambda e: e["selection"])
    assert result.best_step == best["step"]
    again = training_loop.validate(
        result.model,
        encode_part(context, "validation", context.parts.validation),
        context.labels,
        context.encoder,
        "log_loss",
        context.device,
        "fp32",
    )
    assert again["log_loss"] == pytest.approx(best["log_loss"], abs=1e-6)


def test_training_stops_when_nothing_is_gained(fitted):
    result, events, _ = fitted(
        **{
            "training.epochs": 20,
            "training.patience": 2,
            "training.evaluations_per_epoch": 1,
            "training.learning_rate": 1e-9,
        }
    )
    assert sum(event["kind"] == "evaluation" for event in events) == 3
    assert result.steps == 27


def test_more_epochs_on_few_texts_and_never_beyond_the_cap():
    config = make_config({"preset": "balanced"})
    assert config.epochs_for(1000) == 2
    assert config.epochs_for(100) == 5
    assert config.epochs_for(1) == make_config({}).epochs_for(1) <= 20
    assert make_config({"training.epochs": 7}).epochs_for(1) == 7


def test_full_fine_tuning_changes_every_weight(fitted, tiny_base):
    result, _, _ = fitted(**{"method": "full", "training.max_steps": 3})
    before = create_model(str(tiny_base), ["negative", "positive"], use_peft=False).state_dict()
    after = result.model.state_dict()
    moved = {name for name in after if not (before[name] == after[name]).all()}
    assert {name for name in after if "encoder.layer" in name and "weight" in name} <= moved


def test_windows_are_trained_on_and_averaged(fitted, tmp_path):
    rows = [(f"{text} {text} {text}", label) for text, label in make_texts(60, seed=3)]
    data = write_csv(tmp_path / "long.csv", rows)
    result, events, context = fitted(
        data, **{"text.max_tokens": 12, "text.long_text": "windows", "training.epochs": 1}
    )
    train = encode_part(context, "train", context.parts.train)
    assert train.truncated_share > 0.5
    assert max(len(train.windows(i)) for i in range(len(train))) > 2
    assert result.steps == len(losses_of(events))


def test_five_classes(fitted, tmp_path):
    words = {"1": "awful", "2": "bad", "3": "table", "4": "good", "5": "superb"}
    rows = [
        (f"{text.split()[0]} {words[str(i % 5 + 1)]} {i % 7} {text}", f"{i % 5 + 1} stars")
        for i, (text, _) in enumerate(make_texts(100, seed=5))
    ]
    data = write_csv(tmp_path / "stars.csv", rows)
    result, _, context = fitted(data, **{"training.max_steps": 4})
    assert context.labels.names == ("1 stars", "2 stars", "3 stars", "4 stars", "5 stars")
    assert result.model.config.num_labels == 5


def test_a_loss_that_is_no_number_is_an_error(fitted, tiny_base):
    network = create_model(str(tiny_base), ["negative", "positive"])
    for name, parameter in network.named_parameters():
        if "classifier" in name and parameter.requires_grad:
            parameter.data.fill_(float("nan"))
    with pytest.raises(ModelError, match=r"answered NaN .* lower training\.learning_rate"):
        fitted(network=network, **{"training.max_steps": 2})


def test_a_full_disk_is_an_error_that_says_how_to_go_on(fitted, monkeypatch):
    def no_room(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(SentimentTrainer, "_save", no_room)
    with pytest.raises(RunError, match=r"No space left on device\. Make room and go on"):
        fitted(**{"training.max_steps": 2})


def test_the_head_has_a_rate_of_its_own(fitted, monkeypatch):
    seen = {}
    original = SentimentTrainer.create_optimizer

    def spy(self, model=None):
        optimizer = original(self, model)
        names = {id(p): n for n, p in self.model.named_parameters()}
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                seen[names[id(parameter)]] = (group["lr"], group["weight_decay"])
        return optimizer

    monkeypatch.setattr(SentimentTrainer, "create_optimizer", spy)
    fitted(**{"training.max_steps": 1, "training.head_learning_rate": 0.001})
    assert {rate for name, (rate, _) in seen.items() if "modules_to_save" in name} == {0.001}
    assert {rate for name, (rate, _) in seen.items() if "lora_" in name} == {5e-3}
    assert {decay for name, (_, decay) in seen.items() if name.endswith("bias")} == {0.0}
    assert {decay for name, (_, decay) in seen.items() if "lora_" in name} == {0.01}


def test_the_data_may_not_change_before_a_resume(tiny_base, tmp_path):
    rows = make_texts(60, seed=8)
    data = write_csv(tmp_path / "texts.csv", rows)
    config = make_config(
        {**TINY_SETTINGS, "base": str(tiny_base), "data.train": str(data), "output": str(tmp_path)}
    )
    context = open_run(resolve(config))
    open_run(resolve(config), context.run, None)  # nothing has changed: fine
    write_csv(data, [*rows[:-1], ("something else", "positive")])
    with pytest.raises(RunError, match=r"texts\.csv is not what the run was started with"):
        open_run(resolve(config), context.run, None)


def test_stretches_of_a_resumed_run_are_added_up(tmp_path):
    from sentilora.events import EventLog
    from sentilora.runs.cost import Spent, spent_in_all
    from sentilora.runs.event_file import EventFile
    from sentilora.runs.run_folder import Run

    run = Run(tmp_path)
    log = EventLog(EventFile(tmp_path))
    spent = Spent(10.0, 2.0, 4.0, "measured", "world")
    log.emit("fit")
    assert spent_in_all(run, spent) == spent
    lines = (
        '{"kind": "fit", "time": 0}\n{"kind": "step", "time": 30}\n{"kind": "fit", "time": 99}\n'
    )
    (tmp_path / "events.jsonl").write_text(lines)
    total = spent_in_all(run, spent)
    assert (total.seconds, total.energy_kwh, total.co2_g) == (40.0, 8.0, 16.0)
    assert "scaled by time over 2 stretches" in total.energy_method
