"""Themes that the last texts have and those before had not."""

import datetime as dt
import json
import threading
import time

import numpy as np
import pytest
import sqlalchemy as sa

from sentilora.errors import ConfigError
from sentilora.inference.sentiment_model import load
from sentilora.monitoring.alerts.alert_book import read_alerts
from sentilora.monitoring.feedback_record import FeedbackRecord
from sentilora.monitoring.fresh_themes.theme_look import look_for_themes
from sentilora.monitoring.fresh_themes.theme_scout import ThemeScout
from sentilora.monitoring.fresh_themes.theme_texts import ThemeTexts, read_theme_texts
from sentilora.monitoring.live_monitor import LiveMonitor
from sentilora.monitoring.monitor import monitor
from sentilora.monitoring.replay import replay
from sentilora.monitoring.rules.rule_kinds import ThemeRule
from sentilora.monitoring.rules.rules_file import Rules
from sentilora.monitoring.store.hour_counts import StoredAnswer
from sentilora.monitoring.store.store import AnsweredRecord, open_store
from sentilora.monitoring.store.store_tables import FEEDBACK

USUAL = ("The food is cold", "The room was dirty", "Nobody picks up the phone", "Far too expensive")
NEW = "The login fails since the update"
WORDS = sorted({word for text in (*USUAL, NEW) for word in text.lower().split()})


def embed(statements):
    """Put statements next to each other that share words."""
    rows = np.array([[word in one.lower().split() for word in WORDS] for one in statements], float)
    rows += 0.01 * np.random.default_rng(1).standard_normal(rows.shape)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def rule(**settings):
    return ThemeRule(**{"name": "new", "kind": "theme", **settings})


def texts_of(before, last, share):
    """Return texts, of which the last ones speak of the login so often."""
    usual = [f"{USUAL[n % 4]} {n}" for n in range(before + last)]
    told = int(share * last)
    texts = usual[: before + last - told] + [f"{NEW} {n}" for n in range(told)]
    return ThemeTexts(tuple(texts), tuple(range(1, len(texts) + 1)), before)


def test_a_theme_that_was_not_there_is_told_with_its_numbers_and_texts():
    found = texts_of(400, 100, 0.3)
    ((name, finding),) = look_for_themes(found, rule(), embed, {}).items()
    assert "login" in name.lower()
    told = f"new theme “{name}” ({', '.join(finding.figures['words'])}): 30 of 100 negative texts "
    assert finding.told == f"{told}within 1 day (30.0 %), 0 of 400 in 28 days before"
    assert finding.figures["p"] < 0.001
    assert finding.numbers == tuple(range(471, 501))


@pytest.mark.parametrize("found", [texts_of(400, 100, 0), texts_of(20, 100, 0.5)])
def test_what_is_as_usual_or_has_no_before_tells_nothing(found):
    assert look_for_themes(found, rule(), embed, {}) == {}


def test_a_theme_keeps_its_name_while_it_lasts_and_ends_when_it_is_rare():
    first = look_for_themes(texts_of(400, 100, 0.3), rule(), embed, {})
    ((_, finding),) = first.items()
    known = {"as it was called": finding}
    assert list(look_for_themes(texts_of(400, 100, 0.25), rule(), embed, known)) == [*known]
    assert look_for_themes(texts_of(400, 100, 0.02), rule(), embed, known) == {}


def put(store, texts, days_ago, start=0, label="negative", source="app"):
    """Store texts that were written some days ago."""
    at = dt.datetime.now(dt.UTC) - dt.timedelta(days=days_ago)
    store.add(
        [
            AnsweredRecord(
                FeedbackRecord(source, f"t{start + n}", text, at),
                [StoredAnswer("tiny", label, 0.9, None)],
            )
            for n, text in enumerate(texts)
        ]
    )


def test_texts_are_those_of_the_label_even_over_the_weeks_and_without_copies(tmp_path):
    with open_store(tmp_path / "feedback.db") as store:
        put(store, [f"Something about number {n} here" for n in range(1000)], 5)
        put(store, ["The very same words again and again"] * 50, 0.1, 1000)
        put(store, ["Good as ever, thank you all"] * 50, 0.1, 2000, label="positive")
        put(store, ["Something else from another source"], 0.1, 3000, source="mail")
        put(store, ["Older than all that is looked at"], 60, 4000)
        with store.engine.connect() as connection:
            asked = rule(texts=100, source="app")
            found = read_theme_texts(connection, asked, "tiny", round(time.time() * 1000))
    assert found.before == 100
    assert found.numbers[:3] == (10, 20, 30)
    assert found.texts[100:] == ("The very same words again and again",)


class Nothing:
    """A source from which nothing comes."""

    name = place = "nothing"

    def batches(self, position, stop):
        yield from ()


class Scene:
    """A monitor over a store, whose scout is asked to look by the test."""

    def __init__(self, model, path):
        self.store = open_store(path)
        self.watcher = LiveMonitor(model, self.store, Rules((rule(),), {}), is_dry=True)
        self.scout = ThemeScout(
            self.store,
            self.watcher.panel.models,
            lambda: self.watcher.rules.rules,
            lambda told: self.watcher.engine.themes(told),
            self.watcher.tell,
        )

    def look(self, monkeypatch):
        """Look once, with words as vectors; let the monitor write down what was found."""
        monkeypatch.setattr(self.scout, "_encoder", lambda _: type("Words", (), {"embed": embed}))
        self.scout.look(rule())
        self.settle()

    def settle(self):
        self.watcher.run(Nothing(), threading.Event())

    def alerts(self):
        with self.store.engine.connect() as connection:
            return list(read_alerts(connection))


@pytest.fixture(scope="module")
def model(tiny_run):
    return load(tiny_run.path)


def test_an_alert_opens_once_through_a_kill_and_ends(model, tmp_path, monkeypatch):
    scene = Scene(model, tmp_path / "feedback.db")
    put(scene.store, [f"{USUAL[n % 4]} {n}" for n in range(400)], 5)
    scene.look(monkeypatch)
    assert scene.alerts() == []
    put(scene.store, [f"{USUAL[n % 4]} {n}" for n in range(400, 470)], 0.1, 1000)
    put(scene.store, [f"{NEW} {n}" for n in range(30)], 0.1, 2000)
    scene.look(monkeypatch)
    (alert,) = scene.alerts()
    assert alert.title.startswith("new (")
    assert [one["text"].startswith(NEW) for one in alert.examples] == [True] * 5
    assert alert.ended_ms is None
    # A new process knows by the store what was found, and does not end it before it has looked.
    again = Scene(model, tmp_path / "feedback.db")
    again.settle()
    again.look(monkeypatch)
    assert [(one.number, one.ended_ms) for one in again.alerts()] == [(alert.number, None)]
    with again.store.engine.begin() as connection:
        connection.execute(sa.update(FEEDBACK).values(text="The food is cold again today"))
    again.look(monkeypatch)
    assert [one.ended_ms is None for one in again.alerts()] == [False]


def test_the_monitor_looks_beside_the_texts(model, tmp_path):
    source, rules = tmp_path / "in.jsonl", tmp_path / "rules.toml"
    source.write_text('{"text": "the food is bad"}\n', encoding="utf-8")
    rules.write_text('[[rules]]\nname = "new"\nkind = "theme"\n', encoding="utf-8")
    done = monitor(model, source, store=tmp_path / "a.db", rules=rules, follow=False, dry_run=True)
    assert (done.texts, done.news) == (1, [])
    with pytest.raises(ConfigError, match="'new': themes are looked for in stored texts"):
        monitor(model, source, store=tmp_path / "b.db", rules=rules, keep_text="none")
    rows = [{"text": "the food is bad", "at": 60 * n} for n in range(3)]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert replay(model, source, rules, shuffles=1).left_out == ("new",)
