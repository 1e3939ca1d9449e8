"""Conversations that turn bad are handed over once, with what the store knows of them."""

import datetime as dt

import pytest
import sqlalchemy as sa

from sentilora.monitoring.alerts.alert_book import read_alerts
from sentilora.monitoring.feedback_record import FeedbackRecord
from sentilora.monitoring.live_monitor import LiveMonitor
from sentilora.monitoring.rules.rule_kinds import ConversationRule
from sentilora.monitoring.rules.rules_file import Rules
from sentilora.monitoring.sources.record_batch import RecordBatch
from sentilora.monitoring.store.hour_counts import StoredAnswer
from sentilora.monitoring.store.store import AnsweredRecord, open_store
from sentilora.monitoring.store.store_tables import DELIVERY
from tests.helpers.feedback_server import fake_models

NOW_S = 1_800_000_000.0
RULE = ConversationRule(kind="conversation", name="hand over", below=-0.5, least=3)
RULES = Rules((RULE,), {"team": "json://localhost"})


@pytest.fixture
def store(store_address):
    with open_store(store_address) as opened:
        yield opened


@pytest.fixture
def watcher(store):
    """Return a monitor whose clock stands still, as often as one is started."""

    def start(now_s=NOW_S):
        return LiveMonitor(fake_models(), store, RULES, clock=lambda: now_s)

    return start


def text(number, signed, talk="c1", minute=None, **segments):
    at = dt.datetime.fromtimestamp(NOW_S, dt.UTC) - dt.timedelta(minutes=30 - (minute or number))
    record = FeedbackRecord("chat", f"{talk} {number}", "a text", at, segments, talk)
    label = "negative" if signed < 0 else "positive"
    return AnsweredRecord(record, [StoredAnswer("general", label, 0.9, signed)])


class Source:
    """Stands for a source of which nothing is read."""

    name = place = "chat"


def take(watcher, *texts):
    watcher._store(Source(), RecordBatch(), list(texts))
    return [(one.event, one.alert.scope) for one in watcher.result.news]


def test_an_alert_of_a_conversation_quotes_it_and_is_told(store, watcher):
    monitor = watcher()
    others = [text(n, 0.9, f"other {n}") for n in range(40)]
    told = take(monitor, *(text(n, -0.9) for n in range(3)), *others)
    assert told == [("opened", "c1")]
    with store.engine.connect() as connection:
        (alert,) = read_alerts(connection)
        assert connection.execute(sa.select(DELIVERY.c.target)).scalars().all() == ["team"]
    assert alert.title == "hand over (c1)"
    assert alert.told.endswith("a person should take over")
    assert [one["id"] for one in alert.examples] == ["c1 2", "c1 1", "c1 0"]


def test_what_was_said_before_a_start_counts_and_what_is_open_stays_open(store, watcher):
    take(watcher(), text(0, -0.9), text(1, -0.9), text(1, -0.9, "c2"))
    second = watcher()
    assert take(second, text(2, 0.5, "c3")) == []  # it writes down what it knows
    assert take(second, text(2, -0.9)) == [("opened", "c1")]  # and is killed before the next time
    third = watcher()
    assert take(third, text(3, 0.1), text(2, -0.9, "c2"), text(3, -0.9, "c2")) == [("opened", "c2")]
    fourth = watcher()
    assert take(fourth, text(4, 0.9), text(5, 0.9)) == [("ended", "c1")]
    with store.engine.connect() as connection:
        assert sorted(one.scope for one in read_alerts(connection)) == ["c1", "c2"]


def test_a_conversation_that_is_over_ends_its_alert(store, watcher):
    take(watcher(), *(text(n, -0.9) for n in range(3)))
    assert take(watcher(NOW_S + 3600)) == [("ended", "c1")]


def test_conversations_that_were_let_go_are_brought_back_from_the_store(store, watcher):
    monitor = watcher()
    take(monitor, *(text(n, -0.9, f"c{talk}") for talk in range(300) for n in range(2)))
    ((_, watch),) = monitor.engine.conversations()
    watch._known.clear()
    assert take(monitor, *(text(2, -0.9, f"c{talk}") for talk in range(300)))[0] == (
        "opened",
        "c0",
    )
    assert len(monitor.result.news) == 300


def test_only_texts_that_the_rule_is_about_are_brought_back(store, watcher, monkeypatch):
    rule = RULE.model_copy(update={"where": {"author": "customer"}})
    monkeypatch.setattr("tests.monitoring.test_conversations.RULES", Rules((rule,), {}))
    texts = [text(n, -0.9, author=("customer", "agent")[n % 2]) for n in range(4)]
    take(watcher(), *texts)
    assert take(watcher(), text(4, -0.9, author="agent")) == []
    assert take(watcher(), text(5, -0.9, author="customer")) == [("opened", "c1")]
