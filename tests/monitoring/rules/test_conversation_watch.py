"""The mood of a conversation, and the alert that hands it over."""

import random

import pytest

from sentilora.monitoring.replay import run_rules
from sentilora.monitoring.rules.heard import Heard
from sentilora.monitoring.rules.rule_engine import RuleEngine
from sentilora.monitoring.rules.rule_kinds import ConversationRule
from sentilora.monitoring.rules.watches import conversation_watch
from sentilora.monitoring.rules.watches.conversation_watch import ConversationWatch, mood

MINUTE = 60_000
START = 1_800_000_000_000


def heard(minute, signed, name="c1", **segments):
    label = "negative" if signed < 0 else "positive"
    at_ms = START + minute * MINUTE
    told = {"signed": signed, "conversation_id": name}
    return Heard(at_ms, "chat", segments, label, 0.9, **told)


def rule(**settings):
    return ConversationRule(kind="conversation", name="hand over", **settings)


def open_at(watch, minute):
    return [name for name, _ in watch.look_each(START + minute * MINUTE)]


def test_the_mood_weighs_the_last_texts_most():
    assert mood([-1.0]) == -1.0
    assert mood([1.0, -1.0]) == pytest.approx((-1 + 0.6) / 1.6)
    assert mood([1.0] * 20 + [-1.0]) == pytest.approx(mood([1.0] * 7 + [-1.0]))
    assert 1 - sum(0.6**k for k in range(3, 8)) / sum(0.6**k for k in range(8)) == pytest.approx(
        0.797, abs=0.001
    )
    scores = [random.Random(1).uniform(-1, 1) for _ in range(8)]
    expected = sum(0.6**k * s for k, s in enumerate(reversed(scores)))
    assert mood(scores) == pytest.approx(expected / sum(0.6**k for k in range(8)))


def test_a_conversation_that_turns_bad_is_handed_over_until_it_recovers():
    watch = ConversationWatch(rule(below=-0.5))
    for minute in range(2):
        watch.take(heard(minute, -0.9))
    assert open_at(watch, 2) == []  # two texts say nothing yet
    watch.take(heard(2, -0.9))
    ((name, finding),) = watch.look_each(START + 3 * MINUTE)
    assert name == "c1"
    assert finding.told == (
        "mood -0.90 after the last 3 texts: below -0.50; a person should take over"
    )
    assert finding.figures["texts"] == 3
    watch.take(heard(3, 0.1))
    assert mood([-0.9, -0.9, -0.9, 0.1]) == pytest.approx(-0.44, abs=0.01)
    assert open_at(watch, 4) == ["c1"]  # not clearly inside again
    watch.take(heard(4, 0.9))
    assert open_at(watch, 5) == []


def test_a_fall_is_found_where_the_mood_is_not_low_yet():
    watch = ConversationWatch(rule(falls_by=0.8))
    for minute, signed in enumerate([0.9, 0.9, 0.9, -0.2]):
        watch.take(heard(minute, signed))
    assert open_at(watch, 4) == []
    watch.take(heard(4, -0.6))
    ((_, finding),) = watch.look_each(START + 5 * MINUTE)
    assert "less than at its best" in finding.told
    assert finding.figures["best"] - finding.figures["mood"] >= 0.8


def test_late_texts_count_where_they_belong():
    calm, late = ConversationWatch(rule(below=0.5)), ConversationWatch(rule(below=0.5))
    texts = [heard(minute, signed) for minute, signed in enumerate([0.1, -0.9, 0.7, 0.2, -0.4])]
    for one in texts:
        calm.take(one)
    for one in (texts[i] for i in (2, 0, 4, 1, 3)):
        late.take(one)
    found = [next(iter(watch.look_each(START + 9 * MINUTE)))[1].figures for watch in (calm, late)]
    assert found[0] == found[1]


def test_each_conversation_has_its_own_alert_which_ends_when_it_is_over():
    engine = RuleEngine([rule(below=-0.5, least=2, over_after="30 minutes")])
    texts = [
        heard(0, -0.9),
        heard(1, -0.8),
        heard(1, -0.9, "c2"),
        heard(2, -0.9, "c2"),
        heard(3, 0.9, "c2"),
        heard(3, -0.9, None),
        heard(100, -0.9),
    ]
    alerts = run_rules(engine, texts)
    assert [(one.rule, one.scope) for one in alerts] == [("hand over", "c1"), ("hand over", "c2")]
    first, second = alerts
    assert first.opened_ms == START + 2 * MINUTE
    assert 30 <= (first.ended_ms - START) / MINUTE <= 34
    assert (second.opened_ms, second.ended_ms) == (START + 3 * MINUTE, START + 4 * MINUTE)


def test_only_the_texts_that_the_rule_is_about_count():
    engine = RuleEngine([rule(below=-0.5, least=2, where={"author": "customer"})])
    engine.take([heard(0, -0.9, author="customer"), heard(1, -0.9, author="agent")])
    assert engine.look(START + 2 * MINUTE) == []
    engine.take([heard(2, -0.9, author="customer")])
    assert [one.scope for one in engine.look(START + 3 * MINUTE)] == ["c1"]


def test_memory_is_bounded_and_what_is_over_is_let_go(monkeypatch):
    monkeypatch.setattr(conversation_watch, "_MOST", 50)
    watch = ConversationWatch(rule(below=-0.5, least=1, over_after="10 minutes"))
    for number in range(200):
        watch.take(heard(0, 0.5, f"c{number}"))
    assert len(watch._known) == 50
    assert watch.knows("c199")
    assert not watch.knows("c149")
    for minute in range(30):
        watch.take(heard(0, -0.5 + minute / 100, "c199"))
    assert len(watch._known["c199"].texts) == 8
    open_at(watch, 11)
    assert not watch._known


def test_what_is_open_goes_on_after_a_start_and_the_rest_is_brought_back():
    watch = ConversationWatch(rule(below=-0.5))
    for minute in range(3):
        watch.take(heard(minute, -0.9))
    watch.take(heard(3, 0.1))  # open only because it was
    watch.take(heard(3, -0.9, "c2"))
    again = ConversationWatch(rule(below=-0.5))
    again.restore(watch.state())
    assert open_at(again, 4) == open_at(watch, 4) == ["c1"]
    assert not again.knows("c2")
    again.remember("c2", [(START + 2 * MINUTE, -0.9), (START + 3 * MINUTE, -0.9)])
    assert open_at(again, 4) == ["c1"]  # what is brought back says nothing by itself
    again.take(heard(4, -0.9, "c2"))
    assert open_at(again, 5) == ["c1", "c2"]


def test_texts_without_a_sentiment_or_a_conversation_count_for_nothing():
    watch = ConversationWatch(rule(below=-0.5, least=1))
    watch.take(heard(0, -0.9, None))
    watch.take(Heard(START, "chat", {}, "spam", 0.9, conversation_id="c1"))
    assert open_at(watch, 1) == []
    assert watch.look(START) is None
