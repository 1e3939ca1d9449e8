"""Whole runs with pairs: what is learned, what is measured, and what a killed run ends with."""

import json
import os
import sys
from dataclasses import replace

import numpy as np
import pytest
from safetensors.torch import load_file

import sentilora
from sentilora.config import make_config, write_config
from sentilora.errors import ConfigError, DataError, RunError
from sentilora.events import EventLog
from sentilora.inference.engines.engine import TorchEngine
from sentilora.inference.scoring import score_texts
from sentilora.runs.event_file import EventFile
from sentilora.training.context.resolved_run import create_network, resolve
from sentilora.training.context.run_context import encode_pairs, encode_part, open_run
from sentilora.training.coupled_batches import REFERENCE
from sentilora.training.training_estimate import estimate
from sentilora.training.training_loop import fit
from tests.helpers import warm_python
from tests.helpers.texts import make_texts, write_csv
from tests.helpers.tiny_settings import TINY_SETTINGS
from tests.helpers.warm_command import warm_command


def split_texts(count, seed):
    rows = make_texts(count, seed=seed)
    good = [text for text, label in rows if label == "positive"]
    bad = [text for text, label in rows if label == "negative"]
    return good, bad


def write_rows(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Return a file of graded texts: 150 pairs of texts that stand in no labelled file."""
    good, bad = split_texts(300, seed=41)
    rows = [
        {"text_preferred": one, "text_other": other, "margin": 0.5}
        for one, other in zip(good, bad, strict=True)
    ]
    return write_rows(tmp_path_factory.mktemp("graded") / "graded.jsonl", rows)


@pytest.fixture(scope="module")
def preferences(tmp_path_factory):
    """Return a file of label preferences."""
    good, bad = split_texts(300, seed=42)
    rows = [{"text": text, "chosen": "positive", "rejected": "negative"} for text in good]
    rows += [{"text": text, "chosen": "negative", "rejected": "positive"} for text in bad]
    return write_rows(tmp_path_factory.mktemp("preferences") / "preferences.jsonl", rows)


@pytest.fixture
def settings(tiny_base, tiny_data, tmp_path):
    return {
        **TINY_SETTINGS,
        "base": str(tiny_base),
        "data.train": str(tiny_data),
        "output": str(tmp_path),
        "name": "pairs",
        "report.baselines": ["majority"],
    }


def test_a_run_with_labels_and_pairs_learns_both(settings, graded, tmp_path):
    file = tmp_path / "graded.jsonl"
    bad = json.dumps({"text_preferred": "fine", "text_other": "", "margin": 1})
    file.write_text(graded.read_text(encoding="utf-8") + bad + "\n", encoding="utf-8")
    config = {**settings, "pairs.file": str(file), "data.skip_bad_rows": True}
    run = sentilora.train(config=config)
    report = run.report
    assert report["metrics"]["accuracy"] > 0.9
    part = report["pairs"]
    assert part["kind"] == "graded texts"
    assert (part["trained"], part["held_out"]) == (135, 15)
    assert (part["only"], part["weight"], part["reference"]) == (False, 1.0, None)
    assert part["after"]["metrics"]["ranking_accuracy"] > 0.9
    assert part["after"]["metrics"]["units"] == 15
    assert set(part["before"]["metrics"]) == {"ranking_accuracy", "pairs", "units"}
    low, high = part["after"]["intervals"]["ranking_accuracy"]
    assert low <= part["after"]["metrics"]["ranking_accuracy"] <= high
    assert "pairs: 135 to train on, 15 held out" in report["data"]["notes"]
    environment = json.loads((run.path / "environment.json").read_text())
    files = [one["file"] for one in environment["data"]]
    assert files == ["train.csv", "test.csv", "graded.jsonl"]
    steps = [event for event in run.events if event["kind"] == "step"]
    assert steps[-1]["step"] == report["cost"]["steps"] == 18
    assert any("seen 1.1 times each" in event.get("text", "") for event in run.events)
    # Bad rows of the pairs are listed as those of the data are.
    (skipped,) = (run.path / "skipped.jsonl").read_text().splitlines()
    expected = {"file": str(file), "row": 151, "problem": "empty text: text_other"}
    assert json.loads(skipped) == expected
    assert report["data"]["skipped"] == 1
    # The held-out figure is that of anyone who measures the saved model on those pairs.
    context = open_run(resolve(make_config({**config, "name": "x"})))
    held_out = context.pairs.held_out
    model = sentilora.load(run.path, device="cpu")
    signed = np.asarray([one.signed for one in model.predict(held_out.texts)])[held_out.sides]
    share = float((signed[:, 0] > signed[:, 1]).mean())
    assert share == pytest.approx(part["after"]["metrics"]["ranking_accuracy"])


def test_pairs_alone_teach_an_order_and_labels_place_the_bound(settings, graded):
    config = {**settings, "pairs.file": str(graded), "pairs.only": True, "training.epochs": 4}
    run = sentilora.train(config=config)
    report = run.report
    assert report["pairs"]["only"] is True
    assert report["pairs"]["weight"] is None
    assert report["pairs"]["after"]["metrics"]["ranking_accuracy"] > 0.9
    assert report["metrics"]["accuracy"] > 0.9  # though no label was trained on
    assert report["proof"]["max_logit_difference"] == 0.0


@pytest.fixture
def fitted(settings):
    """Return a function that prepares a run and fits it, without saving and reporting."""

    def run(context=None, **more):
        context = context or open_run(resolve(make_config({**settings, **more})))
        pairs = encode_pairs(context)
        only = context.config.pairs.only
        train = pairs if only else encode_part(context, "train", context.parts.train)
        validation = encode_part(context, "validation", context.parts.validation)
        return fit(create_network(context), train, validation, context, pairs=pairs), context

    return run


@pytest.mark.parametrize("only", [False, True])
def test_label_preferences_teach_labels(fitted, preferences, only):
    result, context = fitted(**{"pairs.file": str(preferences), "pairs.only": only})
    test = context.parts.test
    scored = score_texts(TorchEngine(result.model, context.device), context.encoder, test.texts)
    assert (scored.logits.argmax(axis=1) == test.label_ids).mean() > 0.9
    assert any("reference uniform" in event.get("text", "") for event in context.run.events)


def test_a_run_from_an_adapter_is_held_to_it(settings, fitted, preferences, tiny_run):
    """The reference are the logits of the adapter that the training starts from, stored once."""
    for name in ("base", "lora.rank"):
        del settings[name]
    start = {"start_from": str(tiny_run.path), "training.max_steps": 2}
    _, context = fitted(**start, **{"pairs.file": str(preferences)})
    pairs, network = context.pairs.train, create_network(context)
    scored = score_texts(TorchEngine(network, context.device), context.encoder, pairs.texts).logits
    expected = np.take_along_axis(scored[pairs.sides[:, 0]], pairs.label_ids, axis=1)
    stored = np.load(context.run.work / REFERENCE)
    np.testing.assert_allclose(stored, expected[:, 0] - expected[:, 1], atol=1e-4)
    assert (stored > 0.5).all()  # the adapter agrees with every preference
    assert any("reference start" in event.get("text", "") for event in context.run.events)


@pytest.mark.parametrize(("asked", "is_stored"), [("start", True), ("uniform", False)])
def test_the_first_update_tells_the_reference(fitted, preferences, asked, is_stored):
    """A model that is its own reference pays log 2; against a uniform one it pays otherwise."""
    _, context = fitted(
        **{
            "pairs.file": str(preferences),
            "pairs.reference": asked,
            "pairs.beta": 3.0,
            "pairs.only": True,
            "training.max_steps": 1,
        }
    )
    assert (context.run.work / REFERENCE).exists() == is_stored
    loss = next(event["loss"] for event in context.run.events if event["kind"] == "step")
    assert (loss == pytest.approx(np.log(2), abs=1e-5)) == is_stored


def test_weights_decide_which_of_two_opposite_lessons_counts(fitted, tmp_path):
    """Rows with much weight say the truth, rows with little its opposite."""
    good, bad = split_texts(300, seed=43)
    rows = [
        {"text_preferred": one, "text_other": other, "weight": 10}
        for one, other in zip(good[:75], bad[:75], strict=True)
    ]
    rows += [
        {"text_preferred": other, "text_other": one, "weight": 0.1}
        for one, other in zip(good[75:], bad[75:], strict=True)
    ]
    result, context = fitted(
        **{
            "pairs.file": str(write_rows(tmp_path / "weighted.jsonl", rows)),
            "pairs.only": True,
            "pairs.held_out_share": 0.0,
            "training.epochs": 4,
        }
    )
    assert len(context.pairs.held_out) == 0
    texts = [text for side in split_texts(80, seed=44) for text in side]
    logits = score_texts(TorchEngine(result.model, context.device), context.encoder, texts).logits
    signed = logits[:, 1] - logits[:, 0]
    assert (signed[:40] > signed[40:]).mean() > 0.9


@pytest.mark.parametrize(
    "kind",
    ["graded", *(pytest.param(one, marks=pytest.mark.slow) for one in ("preferences", "only"))],
)
def test_a_stopped_run_ends_with_the_weights_of_one_never_stopped(settings, fitted, request, kind):
    def stop(event):
        if event["kind"] == "step" and event["step"] == 11:
            raise KeyboardInterrupt("at a bad moment")

    name = "preferences" if kind == "preferences" else "graded"
    config = {
        "pairs.file": str(request.getfixturevalue(name)),
        "pairs.only": kind == "only",
        "pairs.reference": "start",
        "training.dropout": 0.1,  # so that random numbers matter
        "lora.dropout": 0.1,
    }
    unbroken, _ = fitted(**config, name="unbroken")
    context = open_run(resolve(make_config({**settings, **config, "name": "stopped"})), None, stop)
    with pytest.raises(KeyboardInterrupt, match="bad moment"):
        fitted(context)
    resumed, _ = fitted(replace(context, log=EventLog(EventFile(context.run.path))))
    assert any("going on from checkpoint-" in e.get("text", "") for e in context.run.events)
    one, other = unbroken.model.state_dict(), resumed.model.state_dict()
    assert one.keys() == other.keys()
    for weight in one:
        assert (one[weight] == other[weight]).all(), weight


def test_other_pairs_are_refused_when_a_run_goes_on(settings, tmp_path):
    good, bad = split_texts(60, seed=45)
    rows = [
        {"text_preferred": one, "text_other": other} for one, other in zip(good, bad, strict=True)
    ]
    file = write_rows(tmp_path / "p.jsonl", rows)
    config = make_config({**settings, "pairs.file": str(file)})
    run = open_run(resolve(config)).run
    write_rows(file, rows[1:])
    with pytest.raises(RunError, match=r"p\.jsonl is not what the run was started with"):
        open_run(resolve(config), run, None)


def test_texts_of_the_test_part_are_told_and_not_trained_on(settings, tiny_data, tmp_path):
    test = [line.rsplit(",", 1)[0] for line in (tiny_data / "test.csv").read_text().splitlines()]
    good, bad = split_texts(60, seed=46)
    rows = [
        {"text_preferred": one, "text_other": other} for one, other in zip(good, bad, strict=True)
    ]
    rows += [{"text_preferred": good[0], "text_other": text} for text in test[1:5]]
    file = write_rows(tmp_path / "p.jsonl", rows)
    config = {**settings, "pairs.file": str(file), "pairs.held_out_share": 0.0}
    context = open_run(resolve(make_config(config)))
    assert not set(context.pairs.train.texts) & set(test)
    assert any(
        "4 left out, as a text of theirs stands in test (4)" in n for n in context.parts.notes
    )


def test_bad_pairs_stop_a_training_before_anything_is_written(settings, tmp_path):
    rows = [{"text_preferred": "fine", "text_other": "Fine"}]
    config = {**settings, "pairs.file": str(write_rows(tmp_path / "p.jsonl", rows))}
    with pytest.raises(DataError, match="the two texts are the same: row 1"):
        sentilora.train(config=config)
    assert not (tmp_path / "pairs").exists()


def test_labels_without_two_sides_cannot_be_taught_by_graded_texts(settings, graded, tmp_path):
    names = {"negative": "refund", "positive": "praise"}
    rows = [(text, names[label]) for text, label in make_texts(80, seed=3)]
    data = write_csv(tmp_path / "other.csv", rows)
    config = {**settings, "data.train": str(data), "pairs.file": str(graded)}
    with pytest.raises(ConfigError, match=r"by the labels praise, refund.*label preferences"):
        sentilora.train(config=config)
    assert not (tmp_path / "pairs").exists()


def test_settings_without_effect_are_refused():
    with pytest.raises(ConfigError, match=r"pairs\.only = true, but there are no pairs"):
        make_config({"pairs.only": True})
    with pytest.raises(ConfigError, match=r"pairs\.key = 'src' names a column of pairs\.texts"):
        make_config({"pairs.key": "src", "pairs.file": "x.csv"})
    with pytest.raises(ConfigError, match=r"pairs\.texts = 'a.csv' needs pairs\.key"):
        make_config({"pairs.texts": "a.csv", "pairs.file": "x.csv"})


@pytest.mark.parametrize("only", [False, True])
def test_a_dry_run_counts_pairs(settings, graded, only):
    without = estimate(make_config(settings))
    found = estimate(make_config({**settings, "pairs.file": str(graded), "pairs.only": only}))
    assert found["pairs"] == 135
    assert "pairs" not in without
    assert found["steps"] == (34 if only else without["steps"])
    assert found["tokens"] > without["tokens"]


def train_alike(settings, graded, folder, method, name, launcher):
    """Train by a launcher, and return the path of the weights."""
    config = {**settings, "name": name, "method": method, "pairs.file": str(graded)}
    config |= {"training.learning_rate": 1e-3 if method == "full" else 5e-3}
    path = folder / f"{name}.toml"
    write_config(make_config(config), path)
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = warm_python.run(
        [*launcher, "train", "--config", path], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    (weights,) = (folder / name / "model").glob("*.safetensors")
    return weights


@pytest.mark.process
@pytest.mark.slow
@pytest.mark.parametrize("method", ["lora", "full"])
def test_two_processes_train_the_model_that_one_does(
    settings, graded, tmp_path, method, tmp_path_factory
):
    """DDP with gloo under torchrun: each computes its share of rows and of pairs."""
    paths = []
    launch = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node=2", "--standalone"]
    with warm_command(tmp_path_factory.mktemp("command")) as sentilora:
        launchers = {"alone": [], "both": [*launch, "--no-python"]}
        for name, launcher in launchers.items():
            one = train_alike(settings, graded, tmp_path, method, name, [*launcher, sentilora])
            paths.append(one)
    one, other = map(load_file, paths)
    for weight in one:
        assert (one[weight] - other[weight]).abs().max() < 1e-4, weight
