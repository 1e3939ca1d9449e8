"""A model goes on with corrections, beside what it knew, and is compared with what it was."""

import csv
import json
import re

import pytest

import sentilora
from sentilora.errors import ConfigError, DataError
from sentilora.monitoring.corrections.corrected_run import train_on_feedback
from sentilora.monitoring.store.store import open_store
from sentilora.runs.promotion.promote import promote
from tests.helpers.texts import make_texts

QUICK = {
    "epochs": 1,
    "batch_rows": 16,
    "precision": "fp32",
    "device": "cpu",
    "report": {"resamples": 100, "baselines": []},
}


@pytest.fixture(scope="module")
def corrected(tiny_run, tmp_path_factory):
    """Return a store with answers of the tiny run, some of them corrected."""
    folder = tmp_path_factory.mktemp("corrected")
    rows = make_texts(60, 99)
    lines = [json.dumps({"id": f"t{n}", "text": text}) for n, (text, _) in enumerate(rows)]
    (folder / "in.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    store = folder / "feedback.db"
    sentilora.monitor(tiny_run.path, folder / "in.jsonl", store=store, follow=False)
    for n in range(40):
        sentilora.correct(f"t{n}", rows[n][1], store=store, by="Ada")
    return store


def test_a_model_goes_on_with_corrections_and_is_compared(corrected, tiny_run, tmp_path):
    told = []
    run = train_on_feedback(
        tiny_run.path, corrected, output=tmp_path, listener=told.append, **QUICK
    )
    assert run.path.parent == tmp_path
    notes = [event["text"] for event in told if event["kind"] == "note"]
    found = re.match(r"(\d+) old rows and (\d+) corrections.* (\d+) corrections held out", notes[0])
    old, learned, held = map(int, found.groups())
    assert learned + held == 40
    assert held > 0
    before = tiny_run.report["data"]
    assert old == before["train"]
    compared = run.report["old_and_new"]
    assert run.report["data"]["train"] == old + learned
    assert compared["test"]["rows"] == before["test"] == run.report["data"]["test"]
    assert compared["corrections"]["rows"] == held
    assert compared["old"] == "tiny"
    assert compared["test"]["old_right"] / before["test"] == tiny_run.report["metrics"]["accuracy"]
    right = compared["test"]["new_right"] / before["test"]
    assert right == run.report["metrics"]["accuracy"]
    with (run.path / "provenance.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["part"] for row in rows].count("held-out") == held
    assert {row["corrected_by"] for row in rows if row["origin"] == "correction"} == {"Ada"}
    page = (run.path / "report.html").read_text(encoding="utf-8")
    assert f"On {held} held-out corrections" in page
    config = run.config
    assert config.start_from == str(tiny_run.path)
    assert config.text.max_tokens == tiny_run.config.text.max_tokens

    done = promote(run.path, over=tiny_run.path, force=True)
    assert sentilora.load(done.pointer).artifact.name == "promoted"
    third = train_on_feedback(done.pointer, corrected, held_out_share=0, name="third", **QUICK)
    assert third.path == tmp_path / "third"
    assert third.config.start_from == str(run.path)  # not what may move on
    assert "corrections" not in third.report["old_and_new"]
    assert third.report["data"]["test"] == before["test"]


def test_without_corrections_there_is_nothing_to_learn(tmp_path, tiny_run):
    with open_store(tmp_path / "a.db"):
        pass
    with pytest.raises(DataError, match=r"holds no corrections to learn from.*sentilora.correct"):
        train_on_feedback(tiny_run.path, tmp_path / "a.db")


def test_a_model_that_does_not_say_what_it_learned_needs_rows(corrected):
    told = "general does not say which rows it learned from.*train_on_feedback"
    with pytest.raises(DataError, match=told):
        train_on_feedback("general", corrected)


def test_old_rows_that_have_changed_are_refused(corrected, tiny_data, tiny_base, tmp_path):
    import shutil

    folder = tmp_path / "data"
    shutil.copytree(tiny_data, folder)
    run = sentilora.train(folder, base=str(tiny_base), output=tmp_path, name="old", **QUICK)
    with (folder / "test.csv").open("a", encoding="utf-8") as file:
        file.write("the film is good indeed,positive\n")
    with pytest.raises(DataError, match=r"test.csv: not what old learned from any more"):
        train_on_feedback(run.path, corrected)


def test_settings_are_checked_before_anything_is_read(corrected, tiny_run):
    with pytest.raises(ConfigError, match="expected a share from 0 to below 1"):
        train_on_feedback(tiny_run.path, corrected, held_out_share=1)
    with pytest.raises(ConfigError, match=r"learning_rat.*did you mean 'learning_rate'"):
        train_on_feedback(tiny_run.path, corrected, learning_rat=1)
    with pytest.raises(ConfigError, match="stars: said of data, and none were given"):
        train_on_feedback(tiny_run.path, corrected, stars=5)
