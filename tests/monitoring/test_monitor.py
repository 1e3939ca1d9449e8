"""Texts from a file or a pipe to the store, with alerts; through stops and a store that is away."""

import io
import json
import sqlite3
import threading
import time

import pytest
import sqlalchemy as sa

from sentilora.errors import ConfigError, DataError
from sentilora.inference.sentiment_model import load
from sentilora.monitoring.feedback_record import RecordColumns
from sentilora.monitoring.live_monitor import LiveMonitor
from sentilora.monitoring.monitor import monitor
from sentilora.monitoring.replay import replay
from sentilora.monitoring.sources.stdin_source import StandardInput
from sentilora.monitoring.store.store import open_store
from sentilora.monitoring.store.store_tables import ANSWER, FEEDBACK, REFUSED
from tests.helpers.texts import make_texts

RULES = """\
[targets]
team = "json://localhost/"
[[rules]]
name = "bad"
kind = "share"
over = 0.3
within = "1 hour"
least = 20
"""


@pytest.fixture(scope="module")
def model(tiny_run):
    return load(tiny_run.path)


@pytest.fixture
def rules(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text(RULES, encoding="utf-8")
    return path


def lines(number, label=None, start=0, **fields):
    """Return JSON lines of texts; of one label, or of both."""
    told = [text for text, name in make_texts(4 * number + 40, 5) if label in (None, name)]
    now = time.time()
    return [
        json.dumps({"id": f"t{start + n}", "text": told[n], "at": now - 60, **fields}) + "\n"
        for n in range(number)
    ]


def stored(path, table=FEEDBACK):
    with open_store(path) as store, store.engine.connect() as connection:
        return connection.execute(sa.select(table)).mappings().all()


def test_a_file_is_stored_and_gone_on_with_where_it_was_left(model, tmp_path):
    source, store = tmp_path / "in.jsonl", tmp_path / "feedback.db"
    told = lines(300)
    source.write_text("".join(told[:200]) + "no json\n", encoding="utf-8")
    done = monitor(model, source, store=store, follow=False)
    assert (done.texts, done.known, done.refused) == (200, 0, 1)
    with source.open("a", encoding="utf-8") as file:
        file.writelines(told[190:])  # ten of them are sent again
    done = monitor(model, source, store=store, follow=False)
    assert (done.texts, done.known, done.refused) == (100, 10, 0)
    rows = stored(store)
    assert [row["id"] for row in rows] == [f"t{n}" for n in range(300)]
    assert len(stored(store, REFUSED)) == 1
    answers = {row["number"]: row for row in stored(store, ANSWER)}
    texts = [row["text"] for row in rows]
    for row, one in zip(rows, model.predict(texts), strict=True):
        assert answers[row["number"]]["label"] == one.label
        assert answers[row["number"]]["score"] == pytest.approx(one.score, abs=1e-5)


def test_files_of_one_name_are_gone_on_with_each_by_itself(model, tmp_path):
    store = tmp_path / "feedback.db"
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        texts = [{"text": json.loads(line)["text"]} for line in lines(5)]
        content = "".join(json.dumps(text) + "\n" for text in texts)
        (tmp_path / folder / "in.jsonl").write_text(content)
    for known in (5, 0):
        for folder in ("a", "b"):
            done = monitor(model, tmp_path / folder / "in.jsonl", store=store, follow=False)
            assert (done.texts, done.known) == (known, 0)
    assert {row["source"] for row in stored(store)} == {"in"}


def test_an_alert_opens_is_sent_and_ends_when_the_mood_is_back(model, tmp_path, rules):
    source, store = tmp_path / "in.jsonl", tmp_path / "feedback.db"
    sent = []

    def watch():
        return monitor(
            model,
            source,
            store=store,
            rules=rules,
            follow=False,
            send=lambda address, title, body: sent.append((address, title)),
        )

    source.write_text("".join(lines(40, "negative")), encoding="utf-8")
    assert [one.event for one in watch().news] == ["opened"]
    assert watch().news == []
    with source.open("a", encoding="utf-8") as file:
        file.writelines(lines(400, "positive", start=100))
    assert [one.event for one in watch().news] == ["ended"]
    assert sent == [("json://localhost/", "bad"), ("json://localhost/", "Over: bad")]


def test_a_rule_that_is_new_knows_what_the_store_holds(model, tmp_path, rules):
    source, store = tmp_path / "in.jsonl", tmp_path / "feedback.db"
    source.write_text("".join(lines(40, "negative")), encoding="utf-8")
    monitor(model, source, store=store, follow=False)
    found = monitor(model, source, store=store, rules=rules, follow=False, dry_run=True)
    assert [one.alert.title for one in found.news] == ["bad"]


def test_a_store_that_is_locked_is_waited_for_and_nothing_is_lost_or_doubled(
    model, tmp_path, rules, monkeypatch
):
    monkeypatch.setattr("sentilora.monitoring.store.store_engine._WAIT_S", 0.05)
    monkeypatch.setattr("sentilora.monitoring.live_monitor._WAIT_S", 0.05)
    source, store = tmp_path / "in.jsonl", tmp_path / "feedback.db"
    open_store(store).close()
    source.write_text("".join(lines(60)), encoding="utf-8")
    other = sqlite3.connect(store, check_same_thread=False)
    events = []

    def listen(event):
        events.append(event)
        if event["kind"] == "waiting" and len(events) == 3:
            other.rollback()

    def seize(*_):
        other.execute("BEGIN IMMEDIATE")

    real = LiveMonitor.run
    monkeypatch.setattr(LiveMonitor, "run", lambda *told: (seize(), real(*told)))
    done = monitor(model, source, store=store, rules=rules, follow=False, listener=listen)
    assert [event["kind"] for event in events[:3]] == ["waiting"] * 3
    assert "locked" in events[0]["reason"]
    assert done.texts == 60
    assert len(stored(store)) == 60
    other.close()


def test_a_store_that_does_not_take_a_text_ends_it_with_the_reason(model, tmp_path):
    source, store = tmp_path / "in.jsonl", tmp_path / "feedback.db"
    source.write_text("".join(lines(3)), encoding="utf-8")
    open_store(store).close()
    with sqlite3.connect(store) as connection:
        connection.execute(
            "CREATE TRIGGER no BEFORE INSERT ON answer BEGIN SELECT RAISE(ABORT, 'not here'); END"
        )
    with pytest.raises(DataError, match="does not take 3 texts of in: not here"):
        monitor(model, source, store=store, follow=False)
    assert stored(store) == []


def test_what_comes_is_stored_while_it_runs(model, tmp_path):
    source, store = tmp_path / "in.jsonl", tmp_path / "feedback.db"
    stop, seen = threading.Event(), threading.Semaphore(0)

    def listen(event):
        for _ in range(event.get("texts", 0)):
            seen.release()

    thread = threading.Thread(
        target=monitor,
        args=(model, source),
        kwargs={"store": store, "stop": stop, "listener": listen},
    )
    thread.start()
    for start in (0, 5):
        with source.open("a", encoding="utf-8") as file:
            file.writelines(lines(5, start=start))
        for _ in range(5):
            assert seen.acquire(timeout=30)
    stop.set()
    thread.join(30)
    assert not thread.is_alive()
    assert len(stored(store)) == 10


def test_a_pipe_ends_with_its_last_line(model, tmp_path):
    told = "".join(lines(30)).rstrip() + "\n\n"
    with open_store(tmp_path / "a.db") as store:
        watcher = LiveMonitor(model, store)
        source = StandardInput("pipe", "jsonl", RecordColumns(), io.BytesIO(told.encode()))
        watcher.run(source, threading.Event())
        assert watcher.result.texts == 30
        plain = StandardInput("words", "text", RecordColumns(), io.BytesIO(b"good\n\nbad\n"))
        watcher.run(plain, threading.Event())
    assert [row["text"] for row in stored(tmp_path / "a.db")][-2:] == ["good", "bad"]


def test_several_models_answer_and_a_rule_names_the_one_it_is_about(model, tmp_path):
    source, store = tmp_path / "in.jsonl", tmp_path / "feedback.db"
    rules = tmp_path / "rules.toml"
    second = RULES[RULES.index("[[rules]]") :].replace('"bad"', '"second"') + 'model = "b"\n'
    rules.write_text(RULES + second, encoding="utf-8")
    source.write_text("".join(lines(40, "negative")), encoding="utf-8")
    both = {"a": model, "b": model}
    done = monitor(both, source, store=store, follow=False, dry_run=True)
    assert done.texts == 40
    answers = stored(store, ANSWER)
    assert sorted(row["model"] for row in answers) == ["a"] * 40 + ["b"] * 40
    # Both rules are new, and learn from what each model has said.
    done = monitor(both, source, store=store, rules=rules, follow=False, dry_run=True)
    assert [one.alert.title for one in done.news] == ["bad", "second"]
    for one in done.news:
        assert len({told["id"] for told in one.alert.examples}) == len(one.alert.examples) == 5
    with pytest.raises(ConfigError, match="model = 'b'; there is 'tiny'"):
        monitor(model, source, store=store, rules=rules)
    with pytest.raises(ConfigError, match="A model cannot be called 'a b'"):
        monitor({"a b": model}, source, store=store)
    history = tmp_path / "history.jsonl"
    told = [json.loads(line) for line in lines(40, "negative")]
    rows = [{**row, "at": 1_780_000_000 + 60 * n} for n, row in enumerate(told)]
    history.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    found = replay(both, history, rules, shuffles=2)
    assert (found.texts, found.about) == (40, {"bad": 40, "second": 40})
    assert [one.rule for one in found.alerts] == ["bad", "second"]


def test_words_that_the_base_does_not_know_open_an_alert_by_themselves(model, tmp_path):
    source, rules = tmp_path / "in.jsonl", tmp_path / "rules.toml"
    rules.write_text(
        '[[rules]]\nname = "words"\nkind = "drift"\nof = "vocabulary"\nleast = 50\n', "utf-8"
    )
    told = [json.loads(line) for line in lines(120)]
    rows = [{**row, "at": row["at"] - 3 * 86400 * (n < 60)} for n, row in enumerate(told)]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    how = {"store": tmp_path / "feedback.db", "rules": rules, "follow": False, "dry_run": True}
    assert monitor(model, source, **how).news == []
    with source.open("a", encoding="utf-8") as file:
        file.writelines(
            json.dumps({**json.loads(line), "text": "\u2603 \u2603"}) + "\n"
            for line in lines(60, start=300)
        )
    (opened,) = monitor(model, source, **how).news
    assert opened.alert.told.startswith("vocabulary of the last 1 day differ")


def test_texts_need_not_be_kept(model, tmp_path):
    source, store = tmp_path / "in.jsonl", tmp_path / "feedback.db"
    source.write_text("".join(lines(5)), encoding="utf-8")
    monitor(model, source, store=store, follow=False, keep_text="none")
    assert [row["text"] for row in stored(store)] == [None] * 5
    with pytest.raises(ConfigError, match="expected all, none, or a number of days"):
        monitor(model, source, store=store, keep_text="some")


def test_a_page_that_is_no_address_is_refused(model, tmp_path):
    with pytest.raises(ConfigError, match="page=…: 'desk:8501' is no address"):
        monitor(model, tmp_path / "in.jsonl", store=tmp_path / "feedback.db", page="desk:8501")


@pytest.mark.parametrize(
    ("name", "settings", "told"),
    [
        ("in.data", {}, "its ending does not say"),
        ("in.jsonl", {"form": "xml"}, "expected jsonl, csv, text"),
        ("none/in.jsonl", {}, "lies in no folder"),
        (".", {}, "is a folder"),
        ("in.jsonl", {"follow": False}, "There is no file .*follow=True"),
    ],
)
def test_a_source_that_is_none_is_refused(model, tmp_path, name, settings, told):
    with pytest.raises(ConfigError, match=told):
        monitor(model, tmp_path / name, store=tmp_path / "a.db", **settings)


def test_history_tells_which_alerts_would_have_come_and_which_by_chance(model, tmp_path, rules):
    start = 1_780_000_000
    positive = [text for text, label in make_texts(400, 6) if label == "positive"]
    negative = [text for text, label in make_texts(400, 6) if label == "negative"]
    texts = positive[:100] + negative[:40] + positive[100:190]
    history = tmp_path / "history.jsonl"
    rows = [{"text": text, "at": start + 60 * n} for n, text in enumerate(texts)]
    history.write_text("".join(json.dumps(row) + "\n" for row in rows[::-1]), encoding="utf-8")
    found = replay(model, history, rules, shuffles=5)
    (alert,) = found.alerts
    assert start + 60 * 100 < alert.opened_ms / 1000 < start + 60 * 135
    assert alert.opened_ms < alert.ended_ms < 1000 * (start + 60 * 230)
    assert found.by_chance["bad"] < 1
    assert found.texts == 230
    assert found.weeks == pytest.approx(229 * 60 / 604800)
    history.write_text("no json\n", encoding="utf-8")
    with pytest.raises(DataError, match="1 lines were read and none is one"):
        replay(model, history, rules)
