"""Rules that change while texts come: taken, or refused with the old ones kept."""

import itertools
import threading

import pytest
import sqlalchemy as sa

from sentilora.inference.sentiment_model import load
from sentilora.monitoring.live_monitor import LiveMonitor
from sentilora.monitoring.model_panel import panel_of
from sentilora.monitoring.renewal.rules_renewal import RulesRenewal
from sentilora.monitoring.rules.rules_file import read_rules
from sentilora.monitoring.store.store import open_store
from sentilora.monitoring.store.store_tables import ALERT, DELIVERY, FEEDBACK

TARGETS = '[targets]\nteam = "json://localhost/"\nboss = "json://boss/"\n'
BAD = (
    '[[rules]]\nname = "bad"\nkind = "share"\nover = {over}\nwithin = "1 hour"\nleast = 20\n'
    'notify = ["team"]\n'
)
GOOD = '[[rules]]\nname = "good"\nkind = "share"\nlabel = "positive"\nover = 0.2\nleast = 20\n'
FEW = '[[rules]]\nname = "few"\nkind = "silence"\nlonger_than = "2 days"\n'
FIRST = TARGETS + BAD.format(over=0.3)


@pytest.fixture(scope="module")
def model(tiny_run):
    return load(tiny_run.path)


@pytest.fixture
def world(model, tmp_path, make_turns):
    return World(model, tmp_path, make_turns)


class World:
    """A monitor with rules in a file."""

    def __init__(self, model, folder, make_turns):
        self.path, self.make_turns, self.model = folder / "rules.toml", make_turns, model
        self.store = open_store(folder / "feedback.db")
        self.events, self.targets = [], []
        self.path.write_text(FIRST, encoding="utf-8")

    def write(self, *parts):
        """Return a turn that writes the file."""
        return lambda: self.path.write_text("".join(parts), encoding="utf-8")

    def run(self, *turns):
        source, before = self.make_turns(*turns), self.count(FEEDBACK)
        source.named = before
        watcher = LiveMonitor(
            self.model,
            self.store,
            self.read(),
            listener=self.events.append,
            clock=source.clock,
        )
        ticks = itertools.count(0, 2)
        renewal = RulesRenewal(self.path, self.read, lambda: next(ticks))
        renewal.taken = self.targets.append
        watcher.renewals.append(renewal)
        watcher.run(source, threading.Event())
        assert self.count(FEEDBACK) == before + source.sent
        assert source.acknowledged == sum(not callable(turn) for turn in turns)
        return watcher

    def read(self, content=None):
        return read_rules(self.path, panel_of(self.model).facts(), content)

    def told(self, kind):
        return [event for event in self.events if event["kind"] == kind]

    def alerts(self):
        return [(event["event"], event["title"]) for event in self.told("alert")]

    def count(self, table):
        with self.store.engine.connect() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar()

    def rows(self, table):
        with self.store.engine.connect() as connection:
            return connection.execute(sa.select(table)).mappings().all()


NEGATIVE = (40, "negative")


def test_a_new_rule_learns_from_the_store_and_the_others_go_on(world):
    world.run(
        NEGATIVE,
        (40, "positive"),
        world.write(FIRST, GOOD),
        (5, "negative"),
    )
    assert world.told("rules")[0] | {"time": 0} == {
        "kind": "rules",
        "time": 0,
        "path": str(world.path),
        "new": ["good"],
        "changed": [],
        "removed": [],
    }
    assert world.alerts() == [("opened", "bad"), ("opened", "good")]
    assert [[rule.name for rule in rules.rules] for rules in world.targets] == [["bad", "good"]]


def test_a_changed_rule_keeps_its_alert_while_it_still_holds(world):
    world.run(NEGATIVE, world.write(TARGETS, BAD.format(over=0.4)), (5, "negative"))
    assert world.told("rules")[0]["changed"] == ["bad"]
    assert world.alerts() == [("opened", "bad")]


def test_a_changed_rule_ends_its_alert_when_it_does_not(world):
    world.run(NEGATIVE, (40, "positive"), world.write(TARGETS, BAD.format(over=0.9)), NEGATIVE)
    assert world.alerts() == [("opened", "bad"), ("ended", "bad")]


def test_the_alert_of_a_rule_that_is_gone_ends_and_who_was_told_is_told_why(world):
    world.run(NEGATIVE, world.write(TARGETS, FEW), (5, "negative"))
    assert world.told("rules")[0]["removed"] == ["bad"]
    assert world.alerts() == [("opened", "bad"), ("ended", "bad")]
    assert world.told("alert")[1]["told"].endswith("ended, as the rule was taken out")
    told = [(row["event"], row["target"]) for row in world.rows(DELIVERY)]
    assert told == [("opened", "team"), ("ended", "team")]


def test_a_target_that_is_gone_is_not_told_any_more(world):
    world.run(NEGATIVE, world.write('[targets]\nboss = "json://boss/"\n', FEW), (5, "negative"))
    assert [(row["event"], row["target"]) for row in world.rows(DELIVERY)] == [("opened", "team")]


def test_a_rule_that_was_taken_out_between_two_starts_ends_its_alert_with_the_reason(world):
    world.run(NEGATIVE)
    world.path.write_text(TARGETS + FEW, encoding="utf-8")
    world.run()
    assert world.alerts() == [("opened", "bad"), ("ended", "bad")]
    assert world.rows(ALERT)[0]["told"].endswith("as the rule was taken out")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (FIRST + GOOD.replace("positive", "odd").replace("0.2", "2"), "over = 2"),
        ("[[rules", "is not a TOML file"),
        ("", "no \\[\\[rules\\]\\]"),
    ],
)
def test_a_broken_file_is_refused_once_and_the_old_rules_go_on(world, content, told):
    world.run(world.write(content), NEGATIVE, world.write(content))
    (refused,) = world.told("rules_refused")
    assert told.replace("\\", "") in refused["reason"]
    assert world.alerts() == [("opened", "bad")]


def test_all_that_is_wrong_is_told_at_once(world):
    bad = GOOD.replace('"positive"', '"odd"') + FEW.replace("2 days", "never")
    world.run(world.write(FIRST, bad))
    (refused,) = world.told("rules_refused")
    assert "2 problems in" in refused["reason"]
    assert "label = 'odd'" in refused["reason"]
    assert "'never' is no length of time" in refused["reason"]


def test_half_a_file_is_passed_over_and_the_whole_one_taken(world):
    whole = FIRST + GOOD
    world.run(
        NEGATIVE,
        (40, "positive"),
        world.write(whole[:-30]),
        world.write(whole),
        (5, "positive"),
    )
    assert len(world.told("rules_refused")) == 1
    assert world.told("rules")[0]["new"] == ["good"]
    assert world.alerts() == [("opened", "bad"), ("opened", "good")]


def test_a_file_that_is_gone_changes_nothing_and_comes_back(world):
    world.run(NEGATIVE, world.path.unlink, world.write(FIRST), (5, "negative"))
    assert "is gone" in world.told("rules_refused")[0]["reason"]
    assert world.alerts() == [("opened", "bad")]


def test_what_the_rules_remember_survives_a_change_and_the_next_start(world):
    world.run((15, "negative"), world.write(FIRST, GOOD), (10, "negative"))
    assert world.alerts() == [("opened", "bad")]  # of 25 texts, 15 of them before the change
    world.run((1, "negative"))
    assert world.alerts() == [("opened", "bad")]


def test_a_store_that_is_away_takes_the_rules_later(world, monkeypatch):
    calls = []
    real = LiveMonitor.take_rules

    def away_at_first(watcher, rules):
        calls.append(rules)
        return len(calls) > 1 and real(watcher, rules)

    monkeypatch.setattr(LiveMonitor, "take_rules", away_at_first)
    world.run((40, "positive"), world.write(FIRST, GOOD), (5, "positive"))
    assert len(calls) == 2
    assert world.alerts() == [("opened", "good")]
