"""What each kind of rule finds, and does not."""

import json
from dataclasses import replace

import numpy as np
import pytest

from sentilora.labels import Labels
from sentilora.monitoring.rules.heard import Heard
from sentilora.monitoring.rules.rule_engine import RuleEngine
from sentilora.monitoring.rules.rule_kinds import (
    AccuracyRule,
    ChangeRule,
    DriftRule,
    ShareRule,
    SilenceRule,
    UsualRule,
)
from sentilora.monitoring.rules.rule_model import ModelFacts
from sentilora.monitoring.rules.watches.accuracy_watch import AccuracyWatch
from sentilora.monitoring.rules.watches.bernoulli_cusum import bound_for, run_length, whole_steps
from sentilora.monitoring.rules.watches.change_watch import ChangeWatch
from sentilora.monitoring.rules.watches.drift_watch import DriftWatch
from sentilora.monitoring.rules.watches.share_watch import ShareWatch
from sentilora.monitoring.rules.watches.silence_watch import SilenceWatch
from sentilora.monitoring.rules.watches.usual_watch import UsualWatch

MINUTE = 60_000
HOUR, DAY = 60 * MINUTE, 24 * 60 * MINUTE
START = 20_000 * DAY


def heard(at, label="negative", *, source="app", score=0.9, unknown=0.0, **segments):
    return Heard(START + at, source, segments, label, score, unknown)


def look(watch, at):
    return watch.look(START + at)


def facts(confusion):
    return ModelFacts(Labels(("negative", "positive")), np.array(confusion))


def share_rule(**settings):
    return ShareRule(**{"name": "a", "kind": "share", "over": 0.5, "least": 10, **settings})


def test_a_share_over_its_bound_is_found_and_ends_when_it_is_clearly_inside():
    watch = ShareWatch(share_rule())
    for n in range(20):
        watch.take(heard(n * 1000, "negative" if n % 5 < 3 else "positive"))
    found = look(watch, MINUTE)
    assert found.figures["share"] == 0.6
    assert found.told.startswith("60.0 % negative (38.7 % to 78.1 %) of 20 texts within 30 minutes")
    for n in range(5):
        watch.take(heard(MINUTE + n, "positive"))
    assert look(watch, 2 * MINUTE) is not None  # 12 of 25 is inside, and not clearly
    for n in range(5):
        watch.take(heard(2 * MINUTE + n, "positive"))
    assert look(watch, 3 * MINUTE) is None
    watch.take(heard(3 * MINUTE))
    assert look(watch, 4 * MINUTE) is None  # 13 of 31


def test_late_texts_count_where_they_belong_and_old_ones_not_at_all():
    watch = ShareWatch(share_rule())
    for n in range(10):
        watch.take(heard(-HOUR - n))
    assert look(watch, 0) is None
    for n in range(10):
        watch.take(heard(-20 * MINUTE - n))
    assert look(watch, 0).figures["texts"] == 10
    assert look(watch, 15 * MINUTE) is None


def test_a_share_may_have_to_be_sure_or_under_its_bound():
    sure, under = ShareWatch(share_rule(sure=True)), ShareWatch(share_rule(over=None, under=0.3))
    for n in range(20):
        one = heard(n, "negative" if n < 12 else "positive")
        sure.take(one)
        under.take(one)
    assert look(sure, MINUTE) is None
    assert look(under, MINUTE) is None
    for n in range(80):
        sure.take(heard(n, "negative"))
        under.take(heard(n, "positive"))
    assert look(sure, MINUTE).figures["low"] > 0.5
    assert look(under, MINUTE).figures["share"] == 0.12


def test_a_share_is_corrected_for_what_the_model_is_known_to_miss():
    missing_half = facts([[100, 100], [0, 200]])
    rule = share_rule(over=0.5, corrected=True)
    corrected, plain = ShareWatch(rule, missing_half), ShareWatch(share_rule())
    for n in range(400):
        one = heard(n, "negative" if n % 10 < 3 else "positive")
        corrected.take(one)
        plain.take(one)
    assert look(plain, MINUTE) is None
    found = look(corrected, MINUTE)
    assert found.figures["share"] == pytest.approx(0.6)
    assert found.figures["counted"] == pytest.approx(0.3)
    # Wider than the interval of 120 of 400 alone, twice as far: the held-out texts are few, too.
    assert 0.09 < found.figures["high"] - found.figures["share"] < 0.2
    assert found.told.startswith("60.0 % negative (4")
    assert ", 30.0 % as counted) of 400 texts" in found.told
    assert (
        look(ShareWatch(share_rule(over=0.5, corrected=True, sure=True), missing_half), 0) is None
    )


def test_answers_that_are_less_sure_tell_that_fewer_are_right():
    rule = AccuracyRule(name="a", kind="accuracy", least=100)
    watch = AccuracyWatch(rule, facts([[450, 50], [50, 450]]))  # 90 % right
    bound = AccuracyWatch(AccuracyRule(name="a", kind="accuracy", under=0.8))
    for n in range(400):
        one = heard(n, score=0.8 if n % 2 else 0.98)
        watch.take(one)
        bound.take(one)
    assert look(watch, 0) is None
    for n in range(400):
        one = heard(MINUTE + n, score=0.6 if n % 2 else 0.9)
        watch.take(one)
        bound.take(one)
    found = look(watch, 2 * MINUTE)
    assert found.figures["accuracy"] == pytest.approx(0.82)
    assert found.figures["low"] < 0.82 < found.figures["high"] < 0.84
    assert found.told.endswith(
        "are right, by their scores: under the 90.0 % of 1,000 held-out texts"
    )
    assert look(bound, 2 * MINUTE) is None
    for n in range(1600):
        watch.take(heard(3 * MINUTE + n, score=0.95))
    assert look(watch, 4 * MINUTE) is None


def test_few_texts_tell_nothing_of_accuracy():
    watch = AccuracyWatch(AccuracyRule(name="a", kind="accuracy", under=0.9))
    for n in range(199):
        watch.take(heard(n, score=0.5))
    assert look(watch, 0) is None
    watch.take(heard(199, score=0.5))
    assert look(watch, 0) is not None
    assert look(watch, 2 * DAY) is None


def test_more_than_usual_is_told_by_the_same_hour_of_other_weeks():
    rule = UsualRule(name="a", kind="usual", times=2, weeks=4)
    watch = UsualWatch(rule)
    for week in range(5):
        for day in range(7):
            busy = 40 if day == 0 else 4  # each monday
            for n in range(busy):
                watch.take(heard(week * 7 * DAY + day * DAY + n * MINUTE))
    assert look(watch, 4 * 7 * DAY + 50 * MINUTE) is None
    for n in range(60):
        watch.take(heard(28 * DAY + DAY + n * MINUTE // 2))
    found = look(watch, 29 * DAY + 50 * MINUTE)
    assert (found.figures["texts"], found.figures["usual"], found.figures["weeks"]) == (64, 4, 4)


def test_nothing_is_unusual_before_anything_is_usual():
    watch = UsualWatch(UsualRule(name="a", kind="usual"))
    for n in range(500):
        watch.take(heard(n * 1000))
    assert look(watch, 10 * MINUTE) is None


def stream(generator, share, number, start=0, **segments):
    """Return texts, one a minute."""
    labels = np.where(generator.random(number) < share, "negative", "positive")
    return [heard((start + n) * MINUTE, str(label), **segments) for n, label in enumerate(labels)]


def test_a_rise_is_found_with_its_beginning_and_ends_when_the_share_is_back():
    generator = np.random.default_rng(3)
    watch = ChangeWatch(ChangeRule(name="a", kind="change", by=0.1))
    for one in stream(generator, 0.2, 3000):
        watch.take(one)
    assert look(watch, 0) is None
    found_after = None
    for n, one in enumerate(stream(generator, 0.4, 1000, 3000)):
        watch.take(one)
        if watch.is_risen and found_after is None:
            found_after = n
    assert found_after < 200
    found = look(watch, 0)
    assert abs(found.figures["since_ms"] - START - 3000 * MINUTE) < 100 * MINUTE
    assert found.figures["low"] < 0.4 < found.figures["high"]
    assert found.figures["before"] == pytest.approx(0.2, abs=0.05)
    for one in stream(generator, 0.2, 600, 4000):
        watch.take(one)
    assert look(watch, 0) is None


def test_a_release_is_set_against_what_was_before_it():
    generator = np.random.default_rng(4)
    rule = ChangeRule(name="a", kind="change", since="version", baseline=500)
    watch = ChangeWatch(rule)
    for one in stream(generator, 0.2, 1000, version="4.1"):
        watch.take(one)
    for old, new in zip(
        stream(generator, 0.2, 400, 1000, version="4.1"),
        stream(generator, 0.45, 400, 1000, version="4.2"),
        strict=True,
    ):
        watch.take(old)
        watch.take(new)
    found = look(watch, 0)
    assert "since version 4.2" in found.told
    assert found.figures["texts"] <= 400


def test_false_alarms_of_a_cusum_are_as_rare_as_its_bound_says():
    up, down = whole_steps(0.2, 0.3)
    bound = bound_for(0.2, up, down, 2000)
    assert run_length(0.2, up, down, bound) >= 2000 > run_length(0.2, up, down, bound - 1)
    generator = np.random.default_rng(5)
    value = alarms = 0
    for is_held in (generator.random(400_000) < 0.2).tolist():
        value = max(0, value + (up if is_held else -down))
        if value >= bound:
            alarms, value = alarms + 1, 0
    expected = 400_000 / run_length(0.2, up, down, bound)
    assert abs(alarms - expected) < 4 * expected**0.5


@pytest.mark.parametrize("before", [0.02, 0.1, 0.3, 0.494, 0.52, 0.6, 0.8])
def test_a_backlog_that_comes_within_a_millisecond_blinds_no_cusum(before):
    # As if ten billion texts came in a month: beyond that, rounding would make any bound too low.
    watch = ChangeWatch(ChangeRule(name="a", kind="change", by=0.2, baseline=500))
    held = round(500 * before)
    for place in range(500):
        watch.take(heard(7, "negative" if place < held else "positive"))
    needed = 0
    while look(watch, 7) is None and needed < 1000:
        watch.take(heard(7))
        needed += 1
    assert needed < 120


@pytest.mark.slow
def test_months_in_which_nothing_changes_alarm_as_rarely_as_the_rule_says():
    alarms = 0
    for month in range(200):
        generator = np.random.default_rng([6, month])
        rule = ChangeRule(name="a", kind="change", false_alarms_a_month=0.1, baseline=2000)
        watch = ChangeWatch(rule)
        was_risen = False
        # 100 texts a day: twenty days of baseline, then a month.
        labels = generator.random(5000) < 0.25
        for n, is_held in enumerate(labels.tolist()):
            watch.take(heard(n * DAY // 100, "negative" if is_held else "positive"))
            alarms += watch.is_risen and not was_risen
            was_risen = watch.is_risen
    assert alarms <= 0.1 * 200


def test_drift_needs_a_distance_and_not_only_many_texts():
    generator = np.random.default_rng(7)
    rule = DriftRule(name="a", kind="drift", of="labels", baseline="7 days")

    def watch_of(share):
        watch = DriftWatch(rule)
        for at, part in ((-5 * DAY, 0.3), (-DAY // 2, share)):
            for is_held in (generator.random(5000) < part).tolist():
                watch.take(heard(at, "negative" if is_held else "positive"))
        return look(watch, 0)

    assert watch_of(0.3) is None
    assert watch_of(0.36) is None
    assert watch_of(0.45).figures["effect"] == pytest.approx(0.15, abs=0.03)


@pytest.mark.parametrize(
    ("of", "usual", "other"),
    [("scores", {"score": 0.95}, {"score": 0.5}), ("vocabulary", {}, {"unknown": 0.4})],
)
def test_scores_and_unknown_words_drift_too(of, usual, other):
    watch = DriftWatch(DriftRule(name="a", kind="drift", of=of))
    for n in range(300):
        watch.take(heard(-3 * DAY + n, **usual))
        watch.take(heard(-HOUR + n, **(other if n % 3 == 0 else usual)))
    found = look(watch, 0)
    assert found.figures["effect"] == pytest.approx(1 / 3)
    assert found.told.startswith(f"{of} of the last 1 day differ from those before")


def test_silence_is_told_from_the_last_text_or_the_first_look_on():
    watch = SilenceWatch(SilenceRule(name="a", kind="silence", longer_than="1 hour"))
    assert look(watch, 0) is None
    assert look(watch, 59 * MINUTE) is None
    assert look(watch, 61 * MINUTE).told == "no text for 1.02 hours"
    watch.take(heard(61 * MINUTE))
    assert look(watch, 62 * MINUTE) is None
    watch.take(heard(300 * DAY))  # a clock that is wrong silences nothing
    assert look(watch, 63 * MINUTE) is None
    assert look(watch, 124 * MINUTE) is not None


def test_an_engine_goes_on_from_its_state_and_a_changed_rule_begins_anew():
    generator = np.random.default_rng(8)
    rules = [
        share_rule(each="country"),
        ChangeRule(name="b", kind="change", baseline=200),
        UsualRule(name="c", kind="usual"),
        DriftRule(name="d", kind="drift"),
        AccuracyRule(name="f", kind="accuracy", under=0.95),
        SilenceRule(name="e", kind="silence"),
    ]
    texts = [
        one for country in ("DE", "FR") for one in stream(generator, 0.7, 400, country=country)
    ]
    whole, first = RuleEngine(rules), RuleEngine(rules)
    whole.take(texts)
    first.take(texts[:500])
    second = RuleEngine(rules)
    assert second.restore(json.loads(json.dumps(first.state()))) == []
    second.take(texts[500:])
    now = START + 401 * MINUTE
    assert second.look(now) == whole.look(now) != []
    assert second.state() == whole.state()
    changed = [share_rule(each="country", over=0.6), *rules[1:]]
    assert RuleEngine(changed).restore(whole.state()) == changed[:1]
    told = [share_rule(each="country", notify=["team"]), *rules[1:]]
    assert RuleEngine(told).restore(whole.state()) == []


def test_rules_are_about_the_answers_of_their_model():
    rules = [share_rule(), share_rule(name="topic", model="topic", label="parcel")]
    engine = RuleEngine(rules)
    assert engine.others == ("topic",)
    for n in range(20):
        engine.take([heard(n, "positive"), replace(heard(n, "parcel"), model="topic")])
    assert [one.rule.name for one in engine.look(START + MINUTE)] == ["topic"]
    assert engine.taken == {"a": 20, "topic": 20}


def test_rules_are_about_their_source_and_segments_and_each_value_by_itself():
    engine = RuleEngine(
        [
            share_rule(name="app", source="app"),
            share_rule(name="germany", where={"country": "DE"}),
            share_rule(name="countries", each="country"),
        ]
    )
    engine.take(heard(n, source="mail", country="DE") for n in range(20))
    engine.take(heard(n, "positive", country="FR") for n in range(20))
    engine.take(heard(n, "positive") for n in range(20))
    found = [(one.rule.name, one.scope) for one in engine.look(START + MINUTE)]
    assert found == [("germany", ""), ("countries", "DE")]
