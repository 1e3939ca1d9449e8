"""``adapt``: from texts to a base that plain libraries and ``train`` take."""

import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer

import sentilora
from sentilora.adaptation import pretraining
from sentilora.adaptation.adapt import adapt, resume_adaptation
from sentilora.adaptation.adaptation_estimate import estimate_adaptation
from sentilora.errors import ConfigError, DataError, Interrupted, ModelError, RunError
from sentilora.files import sha256_of
from sentilora.model.artifact import MANIFEST
from sentilora.model.quiet import quiet_transformers
from sentilora.runs import clean_process
from tests.helpers import warm_python
from tests.helpers.clean_process import run_here, run_in_new_process
from tests.helpers.texts import WORDS, write_csv
from tests.helpers.tiny_settings import TINY_SETTINGS

SETTINGS: dict[str, Any] = {
    "max_tokens": 32,
    "batch_rows": 16,
    "learning_rate": 5e-3,
    "precision": "fp32",
    "device": "cpu",
}
STEPS = {**SETTINGS, "max_steps": 12, "checkpoint_minutes": 1e-6}


def repetitive(count: int) -> list[tuple[str, str]]:
    """Make texts that are one of ten sentences with two more words each."""
    words = WORDS[5:]
    rng = random.Random(0)
    sentences = [[rng.choice(words) for _ in range(8)] for _ in range(10)]
    texts = [
        [*sentences[i % 10], words[i // 10 % len(words)], words[i * 7 % len(words)]]
        for i in range(count)
    ]
    return [(" ".join(text), "x") for text in texts]


ROWS = repetitive(200)


@pytest.fixture(scope="module")
def texts(tmp_path_factory) -> Path:
    """Return a file of texts in which most words tell the others."""
    return write_csv(tmp_path_factory.mktemp("texts") / "texts.csv", ROWS)


@pytest.fixture(scope="module")
def guard(tmp_path_factory) -> Path:
    """Return a test file that shares 30 texts with them."""
    return write_csv(tmp_path_factory.mktemp("guard") / "later.csv", ROWS[:30])


@pytest.fixture(scope="module")
def adapted(tiny_base, texts, guard, tmp_path_factory):
    """Return the folder of an adapted base and the events of its making."""
    events = []
    folder = adapt(
        str(tiny_base),
        [texts],
        test=[str(guard)],
        epochs=12,
        output=str(tmp_path_factory.mktemp("bases") / "reviews"),
        listener=events.append,
        **SETTINGS,
    )
    return folder, events


@pytest.fixture(scope="module")
def unbroken(tiny_base, texts, tmp_path_factory) -> Path:
    return adapt(str(tiny_base), texts, output=str(tmp_path_factory.mktemp("whole") / "b"), **STEPS)


def report_of(folder: Path) -> dict:
    return json.loads((folder / "adapt.json").read_text(encoding="utf-8"))


def weights_of(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


def assert_same_weights(one: Path, other: Path) -> None:
    first, second = weights_of(one), weights_of(other)
    assert first.keys() == second.keys()
    for name in first:
        assert torch.equal(first[name], second[name]), name


def test_hidden_words_are_predicted_better_than_before(adapted):
    held_out = report_of(adapted[0])["held_out"]
    before, after = held_out["before"], held_out["after"]
    assert after["loss"] < before["loss"] - 1
    assert after["accuracy"] > before["accuracy"] + 0.2
    assert after["bag_loss"] < before["bag_loss"]
    assert before["hidden"] == after["hidden"] > 20  # the same words are asked for


def test_the_encoder_has_learnt_and_its_pooler_has_not(adapted, tiny_base):
    before, after = weights_of(tiny_base), weights_of(adapted[0])
    assert before.keys() == after.keys()
    moved = {name for name in before if not torch.equal(before[name], after[name])}
    still = {name for name in before.keys() - moved if "token_type" not in name}
    assert still == {"pooler.dense.weight", "pooler.dense.bias"}


def test_texts_of_a_later_test_are_not_read(adapted, guard):
    data = report_of(adapted[0])["data"]
    assert data["texts"] == {"read": 200, "bad": 0, "duplicates": 0, "guarded": 30, "kept": 170}
    assert data["guards"] == [
        {"file": guard.name, "bytes": guard.stat().st_size, "sha256": sha256_of(guard)}
    ]


def test_the_folder_is_plain_and_sealed(adapted):
    folder, _ = adapted
    names = {file.name for file in folder.iterdir()}
    assert names == {
        "README.md",
        "adapt.json",
        "config.json",
        "manifest.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    }
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    assert manifest.keys() == names - {MANIFEST}
    assert all(sha256_of(folder / name) == entry["sha256"] for name, entry in manifest.items())
    assert not list(folder.parent.glob("*.partial"))
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert config["architectures"] == ["BertModel"]
    assert config["hidden_dropout_prob"] == 0.1  # as the base had it
    written = "".join((folder / n).read_text(encoding="utf-8") for n in names if n.endswith("json"))
    assert str(folder.parent) not in written


def test_plain_transformers_loads_it(adapted, tiny_base):
    folder, _ = adapted
    with quiet_transformers():
        encoder, info = AutoModel.from_pretrained(folder, output_loading_info=True)
        classifier, others = AutoModelForSequenceClassification.from_pretrained(
            folder, output_loading_info=True, num_labels=3
        )
        tokenizer, theirs = (AutoTokenizer.from_pretrained(x) for x in (folder, tiny_base))
    assert not info["missing_keys"]
    assert not info["unexpected_keys"]
    assert set(others["missing_keys"]) == {"classifier.weight", "classifier.bias"}
    assert tokenizer("the film is good")["input_ids"] == theirs("the film is good")["input_ids"]
    assert torch.equal(
        classifier.bert.encoder.layer[1].output.dense.weight,
        encoder.encoder.layer[1].output.dense.weight,
    )


def test_the_card_and_the_report_say_what_was_done(adapted, tiny_base, texts):
    folder, _ = adapted
    report, card = report_of(folder), (folder / "README.md").read_text(encoding="utf-8")
    assert report["base"]["sha256"] == sha256_of(tiny_base / "model.safetensors")
    assert report["base"]["hub_id"] is None
    assert report["data"]["files"][0]["sha256"] == sha256_of(texts)
    assert report["training"]["epochs"] == pytest.approx(12)
    assert report["proof"]["max_difference"] <= 1e-5
    assert len(report["loss_curve"]) == report["training"]["steps"]
    held_out = report["held_out"]
    assert f"| {held_out['before']['loss']:.3f} | {held_out['after']['loss']:.3f} |" in card
    for told in (texts.name, sha256_of(texts), "30 texts were left out", "sha256", "`bert`"):
        assert told in card
    assert str(tiny_base) not in card
    assert "The base brought no head" in card


def test_events_are_told(adapted):
    folder, events = adapted
    kinds = [event["kind"] for event in events]
    assert kinds[0] == "phase"
    assert kinds[-1] == "finished"
    assert {"adapting", "held_out", "step", "checkpoint", "progress"} <= set(kinds)
    steps = [event for event in events if event["kind"] == "step"]
    assert steps[-1]["step"] == steps[-1]["steps"] == report_of(folder)["training"]["steps"]
    assert steps[-1]["epoch"] == pytest.approx(12)
    assert steps[-1]["seconds_left"] == 0


def test_the_same_seed_gives_the_same_base_and_another_does_not(
    unbroken, tiny_base, texts, tmp_path
):
    same = adapt(str(tiny_base), texts, output=str(tmp_path / "same"), **STEPS)
    assert_same_weights(same, unbroken)
    other = adapt(str(tiny_base), texts, output=str(tmp_path / "other"), seed=14, **STEPS)
    assert sha256_of(other / "model.safetensors") != sha256_of(unbroken / "model.safetensors")


@pytest.mark.process
def test_it_is_proved_in_a_clean_process_which_answers_as_this_one_does(
    tiny_base, texts, tmp_path, monkeypatch
):
    answers = []

    def run_both_ways(module, request):
        done = run_in_new_process(module, request)
        answers.append((done.stdout, run_here(module, request).stdout))
        return done

    assert clean_process._run is run_in_new_process
    monkeypatch.setattr(clean_process, "_run", run_both_ways)
    settings = {**SETTINGS, "max_steps": 2}
    folder = adapt(str(tiny_base), texts, output=str(tmp_path / "proved"), **settings)
    assert report_of(folder)["proof"]["max_difference"] <= 1e-5
    ((there, here),) = answers
    assert there == here
    assert len(there) > 1000


class Killed(Exception):  # noqa: N818 - nothing went wrong
    """Stands for a power cut: nothing of ours catches it."""


def test_a_killed_adaptation_goes_on_to_the_same_weights(unbroken, tiny_base, texts, tmp_path):
    final = tmp_path / "killed"

    def cut(event):
        if event["kind"] == "step" and event["step"] in (5, 9):
            raise Killed

    with pytest.raises(Killed):
        adapt(str(tiny_base), texts, output=str(final), listener=cut, **STEPS)
    checkpoints = tmp_path / "killed.partial" / "checkpoints"
    assert [folder.name for folder in checkpoints.iterdir()] == ["checkpoint-4"]
    half = checkpoints / "checkpoint-5"
    half.mkdir()
    (half / "weights.safetensors").write_bytes(b"cut off")
    events = []

    def cut_later(event):
        events.append(event)
        if event["kind"] == "step" and event["step"] == 9:
            raise Killed

    with pytest.raises(Killed):
        resume_adaptation(final, cut_later)
    assert "going on from checkpoint-4" in [event.get("text") for event in events]
    assert not any(event.get("name") == "tokenise" for event in events)
    assert resume_adaptation(tmp_path / "killed.partial") == final
    assert_same_weights(final, unbroken)
    assert report_of(final)["training"]["tokens"] == report_of(unbroken)["training"]["tokens"]
    assert report_of(final)["held_out"] == report_of(unbroken)["held_out"]


@pytest.mark.alone
def test_ctrl_c_saves_and_says_how_to_go_on(unbroken, tiny_base, texts, tmp_path):
    final = tmp_path / "stopped"

    def stop(event):
        if event["kind"] == "step" and event["step"] == 3:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(Interrupted, match="after update 3; everything is saved") as stopped:
        adapt(str(tiny_base), texts, output=str(final), listener=stop, **STEPS)
    assert str(stopped.value).endswith(f'sentilora.resume_adaptation("{final}")')
    assert_same_weights(resume_adaptation(final), unbroken)


@pytest.mark.process
def test_a_killed_process_leaves_what_another_one_goes_on_with(
    unbroken, tiny_base, texts, tmp_path
):
    final = tmp_path / "process"
    options = {**STEPS, "output": str(final)}
    code = "import json, sys, sentilora.adaptation.adapt as a; a.adapt(**json.loads(sys.argv[1]))"
    request = json.dumps({"base": str(tiny_base), "texts": str(texts), **options})
    process = warm_python.Popen([sys.executable, "-c", code, request], stderr=subprocess.DEVNULL)
    log = tmp_path / "process.partial" / "events.jsonl"
    while process.poll() is None and not (log.is_file() and '"checkpoint"' in log.read_text()):
        time.sleep(0.01)
    process.kill()
    process.wait()
    if not final.exists():  # it may have been quicker than the kill
        resume_adaptation(final)
    assert_same_weights(final, unbroken)


def test_other_texts_are_refused_when_they_have_to_be_read_again(tiny_base, texts, tmp_path):
    mine = tmp_path / "mine.csv"
    mine.write_bytes(texts.read_bytes())
    final = tmp_path / "early"

    def cut(event):
        if event["kind"] == "phase" and event["name"] == "tokenise":
            raise Killed

    with pytest.raises(Killed):
        adapt(str(tiny_base), mine, output=str(final), listener=cut, **STEPS)
    mine.write_text(mine.read_text().replace("film", "room"), encoding="utf-8")
    with pytest.raises(RunError, match="The texts are not those that the adaptation"):
        resume_adaptation(final)
    mine.write_bytes(texts.read_bytes())
    assert resume_adaptation(final) == final


def test_a_time_is_a_budget_too(tiny_base, texts, tmp_path):
    settings = {**SETTINGS, "minutes": 0.02}
    folder = adapt(str(tiny_base), texts, output=str(tmp_path / "timed"), **settings)
    training = report_of(folder)["training"]
    assert training["seconds"] >= 1.2
    assert training["steps"] > 1


def test_an_adapted_base_can_be_adapted_again_and_trained_on(adapted, texts, tiny_data, tmp_path):
    folder, _ = adapted
    options = {"whole_words": True, "sentiment_weight": 3.0, "bag_weight": 0.0, "tied": False}
    second = adapt(str(folder), texts, output=str(tmp_path / "twice"), **{**STEPS, **options})
    base = report_of(second)["base"]
    assert base["name"] == folder.name
    assert base["sha256"] == sha256_of(folder / "model.safetensors")
    card = (second / "README.md").read_text(encoding="utf-8")
    assert "sentiment words 3 times as often" in card
    assert "of the whole words hidden" in card
    assert "first position" not in card

    run = sentilora.train(
        tiny_data,
        config={
            **TINY_SETTINGS,
            "base": str(second),
            "output": str(tmp_path / "runs"),
            "training.max_steps": 6,
            "report.baselines": ["frozen"],
        },
    )
    stored = json.loads((run.model_path / "sentilora.json").read_text(encoding="utf-8"))
    assert stored["base_sha256"] == sha256_of(second / "model.safetensors")
    assert run.report["run"]["base"] == "twice"
    expected = sentilora.load(run.path, device="cpu").predict("the film was good")
    second.rename(tmp_path / "runs" / "twice")  # beside the run
    moved = sentilora.load(run.path, device="cpu").predict("the film was good")
    assert moved.probabilities == expected.probabilities
    (tmp_path / "runs" / "twice").rename(tmp_path / "hidden")
    with pytest.raises(ModelError, match="The base 'twice' of this adapter was not found"):
        sentilora.load(run.path)


def test_a_dry_run_counts_and_writes_nothing(tiny_base, texts, guard, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = estimate_adaptation(str(tiny_base), [texts], test=[str(guard)], epochs=3, **SETTINGS)
    assert found["data"]["texts"]["guarded"] == 30
    assert found["epochs"] == pytest.approx(3, rel=0.1)
    assert found["tokens_per_second"] > 0
    assert found["head"] == "fresh"
    assert not list(tmp_path.iterdir())
    timed = estimate_adaptation(str(tiny_base), [texts], minutes=1.0, **SETTINGS)
    assert timed["seconds"] == 60.0


def test_bad_input_is_refused_before_anything_is_written(tiny_base, texts, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    base = str(tiny_base)
    with pytest.raises(ConfigError, match="2 problems in the options") as caught:
        adapt(base, texts, mask_share=1.5, epoch=2)
    assert "mask_share = 1.5: must be below 0.9" in str(caught.value)
    assert "epoch = 2: unknown setting; did you mean 'epochs'?" in str(caught.value)
    with pytest.raises(ConfigError, match=r"max_tokens=100: the base .* reads 64 tokens at most"):
        adapt(base, texts, max_tokens=100)
    with pytest.raises(DataError, match=r"gone\.csv does not exist"):
        adapt(base, "gone.csv")
    with pytest.raises(ModelError, match="There is no base 'mini'"):
        adapt("mini", texts)
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(ConfigError, match="computes in one process"):
        adapt(base, texts)
    assert not list(tmp_path.iterdir())


def test_what_is_there_is_not_overwritten(tiny_base, texts, unbroken, tmp_path):
    with pytest.raises(RunError, match=f"The folder {unbroken} exists already"):
        adapt(str(tiny_base), texts, output=str(unbroken))
    with pytest.raises(RunError, match="has finished; there is nothing to resume"):
        resume_adaptation(unbroken)
    with pytest.raises(RunError, match="There is no unfinished adaptation to"):
        resume_adaptation(tmp_path / "never")
    (tmp_path / "begun.partial").mkdir()
    with pytest.raises(RunError, match=r"was begun and not finished\. Go on with it"):
        adapt(str(tiny_base), texts, output=str(tmp_path / "begun"))


def test_a_full_disk_is_an_error_that_says_how_to_go_on(tiny_base, texts, tmp_path, monkeypatch):
    def no_room(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pretraining, "save_state", no_room)
    with pytest.raises(RunError, match=r"No space left on device\. Make room and go on with: "):
        adapt(str(tiny_base), texts, output=str(tmp_path / "full"), **STEPS)


def test_a_loss_that_is_no_number_is_an_error(tiny_base, texts, tmp_path):
    broken = shutil.copytree(tiny_base, tmp_path / "broken")
    weights = load_file(broken / "model.safetensors")
    weights["encoder.layer.0.output.dense.bias"].fill_(float("nan"))
    save_file(weights, broken / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"The loss became nan.*a lower learning_rate=…"):
        adapt(str(broken), texts, output=str(tmp_path / "wild"), **STEPS)
