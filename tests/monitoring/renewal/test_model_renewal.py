"""A promoted model that takes the place of the one before, while texts come."""

import shutil
import threading

import pytest
import sqlalchemy as sa

from sentilora.inference.sentiment_model import load
from sentilora.model.promoted.pointer import Pointer, Promoted, write_pointer
from sentilora.monitoring.live_monitor import LiveMonitor
from sentilora.monitoring.model_panel import panel_of
from sentilora.monitoring.renewal import watched_file
from sentilora.monitoring.renewal.model_renewal import ModelRenewal
from sentilora.monitoring.rules.rules_file import read_rules
from sentilora.monitoring.store.store import open_store
from sentilora.monitoring.store.store_tables import ANSWER, FEEDBACK, MODEL_CHANGE
from tests.helpers.adapters import save_adapter

RULES = '[[rules]]\nname = "bad"\nkind = "share"\nover = 0.3\nwithin = "1 hour"\nleast = 20\n'


@pytest.fixture
def world(tiny_run, tiny_base, tmp_path, make_turns, monkeypatch):
    monkeypatch.setattr(watched_file, "_LOOKED_S", 0.0)
    runs = tmp_path / "runs"
    shutil.copytree(tiny_run.path, runs / "old")
    for name, seed in (("new", 3), ("newer", 4)):
        save_adapter(tiny_base, runs / name / "model", ("positive", "negative"), seed)
    save_adapter(tiny_base, runs / "three" / "model", ("bad", "so", "good"), 5)
    return World(tmp_path, runs, make_turns)


class World:
    """A monitor of a promoted model."""

    def __init__(self, folder, runs, make_turns):
        self.runs, self.make_turns, self.events = runs, make_turns, []
        self.store = open_store(folder / "feedback.db")
        self.rules = folder / "rules.toml"
        self.rules.write_text(RULES, encoding="utf-8")
        self.promote("old")()

    def promote(self, name):
        """Return a turn that lets the file stand for a run, and waits until it is loaded."""

        def turn():
            write_pointer(Pointer(self.runs / "promoted", Promoted(name, "0")))

        return turn

    def loaded(self):
        """Wait for the thread that loads."""
        for thread in threading.enumerate():
            if thread.name == "promoted-model":
                thread.join(20)

    def run(self, *turns):
        panel = panel_of(self.runs / "promoted")
        source = self.make_turns(*turns)
        watcher = LiveMonitor(
            panel,
            self.store,
            read_rules(self.rules, panel.facts()),
            listener=self.events.append,
            clock=source.clock,
        )
        renewal = ModelRenewal(panel.models)
        watcher.renewals.append(renewal)
        threads = set(threading.enumerate())
        watcher.run(source, threading.Event())
        renewal.close()
        assert set(threading.enumerate()) <= threads
        assert len(self.rows(FEEDBACK)) == len(self.rows(ANSWER)) == source.sent
        return watcher

    def rows(self, table):
        with self.store.engine.connect() as connection:
            return connection.execute(sa.select(table)).mappings().all()

    def told(self, *kinds):
        return [event for event in self.events if event["kind"] in kinds]

    def answers_of(self, *names):
        """Return what runs say of the stored texts, in their order."""
        texts = [row["text"] for row in self.rows(FEEDBACK)]
        return [
            [one.score for one in load(self.runs / name, precision="auto").predict(texts)]
            for name in names
        ]


def test_each_text_is_answered_by_the_old_model_or_the_new_one(world):
    world.run(
        (40, "negative"), world.promote("new"), world.loaded, (30, "negative"), (5, "positive")
    )
    (told,) = world.told("model")
    assert (told["name"], told["run"], told["before"]) == ("promoted", "new", "old")
    answers = [row["score"] for row in world.rows(ANSWER)]
    old, new = world.answers_of("old", "new")
    assert answers[:40] == pytest.approx(old[:40], abs=2e-2)
    assert answers[40:] == pytest.approx(new[40:], abs=2e-2)
    assert {row["model"] for row in world.rows(ANSWER)} == {"promoted"}
    changes = [(row["name"], row["run"], row["up_to"]) for row in world.rows(MODEL_CHANGE)]
    assert changes == [("promoted", "old", 0), ("promoted", "new", 40)]
    assert [event["event"] for event in world.told("alert")][:1] == ["opened"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [("three", "three has the labels bad, so, good, and old"), ("gone", "no run or model at")],
)
def test_one_that_does_not_fit_is_refused_once_and_the_old_one_goes_on(world, name, reason):
    watcher = world.run((5, "negative"), world.promote(name), world.loaded, (5, "negative"))
    (told,) = world.told("model_refused")
    assert reason in told["reason"]
    assert watcher.panel.models["promoted"].artifact.home.name == "old"
    assert world.told("model") == []
    assert [row["run"] for row in world.rows(MODEL_CHANGE)] == ["old"]


def test_a_damaged_one_is_refused_and_the_next_one_taken(world):
    weights = world.runs / "new" / "model" / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-10])
    world.run(
        (5, "negative"),
        world.promote("new"),
        world.loaded,
        world.promote("newer"),
        world.loaded,
        (5, "negative"),
    )
    assert "was changed after it was saved" in world.told("model_refused")[0]["reason"]
    assert [event["run"] for event in world.told("model")] == ["newer"]


def test_a_store_that_is_away_takes_the_model_later(world, monkeypatch):
    real, calls = LiveMonitor.take_rules, []

    def away_at_first(watcher, rules):
        calls.append(rules)
        return len(calls) > 1 and real(watcher, rules)

    monkeypatch.setattr(LiveMonitor, "take_rules", away_at_first)
    world.run((5, "negative"), world.promote("new"), world.loaded, (5, "negative"))
    assert len(calls) == 2
    assert [event["run"] for event in world.told("model")] == ["new"]


def test_a_model_named_by_its_folder_stays(world):
    renewal = ModelRenewal(panel_of(world.runs / "old").models)
    assert renewal._files == {}
