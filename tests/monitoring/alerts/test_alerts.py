"""Alerts open once, are renewed, and end once; who is to know is told until he has it."""

import datetime as dt

import pytest

from sentilora.monitoring.alerts.alert_book import AlertBook, after_quiet, read_alerts
from sentilora.monitoring.alerts.courier import Courier, apprise_sender, message_of
from sentilora.monitoring.feedback_record import FeedbackRecord
from sentilora.monitoring.rules.heard import Heard
from sentilora.monitoring.rules.rule_engine import RuleEngine
from sentilora.monitoring.rules.rule_kinds import ShareRule
from sentilora.monitoring.rules.rules_file import Rules
from sentilora.monitoring.store.hour_counts import StoredAnswer
from sentilora.monitoring.store.store import AnsweredRecord, open_store

START_S = 1_780_000_000
MINUTE_MS = 60_000


class Scene:
    """A store, one rule, and a clock that is moved by hand."""

    def __init__(self, path, **settings):
        self.store = open_store(path)
        rule = ShareRule(
            **{"name": "down", "kind": "share", "over": 0.5, "least": 4, "each": "country"}
            | settings
        )
        self.rules = Rules((rule,), {"team": "good://team", "boss": "bad://boss"})
        self.book = AlertBook(self.rules, "m")
        self.engine = RuleEngine(self.rules.rules)
        self.now_ms = START_S * 1000
        self.number = 0

    def come(self, labels, country="DE"):
        """Store texts, let the rules look, and return what opened or ended."""
        answered = []
        for label in labels:
            self.number += 1
            at = dt.datetime.fromtimestamp(self.now_ms / 1000, dt.UTC)
            record = FeedbackRecord(
                "app", str(self.number), f"text {self.number}", at, {"country": country}
            )
            answered.append(AnsweredRecord(record, [StoredAnswer("m", label, 0.9, None)]))

        def also(connection, new, last):
            self.engine.take(
                Heard(self.now_ms, "app", one.record.segments, one.answers[0].label, 0.9)
                for one in new
            )
            return self.book.settle(connection, self.engine, self.now_ms)

        return [(one.event, one.alert.title) for one in self.store.add(answered, also=also)[1]]

    def alerts(self):
        with self.store.engine.connect() as connection:
            return list(read_alerts(connection))


@pytest.fixture
def scene(tmp_path):
    made = Scene(tmp_path / "feedback.db")
    yield made
    made.store.close()


def test_an_alert_opens_once_is_renewed_and_ends_once(scene):
    assert scene.come(["negative"] * 3) == []
    assert scene.come(["negative", "positive"]) == [("opened", "down (DE)")]
    (alert,) = scene.alerts()
    assert alert.told.startswith("80.0 % negative")
    assert [one["text"] for one in alert.examples] == ["text 4", "text 3", "text 2", "text 1"]
    scene.now_ms += MINUTE_MS
    assert scene.come(["negative"] * 5) == []
    (alert,) = scene.alerts()
    assert alert.figures["texts"] == 10
    assert alert.updated_ms == scene.now_ms
    scene.now_ms += MINUTE_MS
    assert scene.come(["positive"] * 20) == [("ended", "down (DE)")]
    assert scene.come(["positive"]) == []
    (alert,) = scene.alerts()
    assert alert.ended_ms == scene.now_ms
    scene.now_ms += 60 * MINUTE_MS
    assert scene.come(["negative"] * 4) == [("opened", "down (DE)")]
    assert scene.come(["negative"] * 4, "FR") == [("opened", "down (FR)")]
    assert [one.title for one in scene.alerts()] == ["down (FR)", "down (DE)", "down (DE)"]


def test_a_forgotten_or_dropped_text_is_quoted_no_more(scene):
    scene.come(["negative"] * 5)
    assert scene.store.forget("3") == 1
    assert [one["id"] for one in scene.alerts()[0].examples] == ["5", "4", "2", "1"]
    scene.store.drop_texts(scene.now_ms + 10**9)
    assert [one["text"] for one in scene.alerts()[0].examples] == [None] * 4


def test_a_program_that_starts_again_opens_nothing_twice(scene):
    scene.come(["negative"] * 5)
    scene.engine = RuleEngine(scene.rules.rules)
    scene.engine.take(
        Heard(scene.now_ms, "app", {"country": "DE"}, "negative", 0.9) for _ in range(5)
    )
    assert scene.come(["negative"]) == []
    assert len(scene.alerts()) == 1


def courier(scene, send):
    return Courier(scene.store, scene.rules.targets, send, lambda: scene.now_ms / 1000)


def test_a_target_that_fails_is_tried_again_and_holds_up_no_other(scene):
    sent, down = [], {"bad://boss"}

    def send(address, title, body):
        if address in down:
            raise OSError("nobody there")
        sent.append((address, title))

    scene.come(["negative"] * 5)
    away = courier(scene, send)
    assert away.send_due() == 1
    assert away.send_due() == 0
    assert sent == [("good://team", "down (DE)")]
    scene.now_ms += 9_000
    assert courier(scene, send).send_due() == 0
    scene.now_ms += 2_000
    assert courier(scene, send).send_due() == 0  # tried, and failed again: it waits twice as long
    down.clear()
    scene.now_ms += 19_000
    assert courier(scene, send).send_due() == 0
    scene.now_ms += 2_000
    assert courier(scene, send).send_due() == 1
    assert sent[1:] == [("bad://boss", "down (DE)")]
    scene.now_ms += MINUTE_MS
    scene.come(["positive"] * 20)
    assert courier(scene, send).send_due() == 2
    assert sent[2:] == [("good://team", "Over: down (DE)"), ("bad://boss", "Over: down (DE)")]


def test_nobody_is_told_in_quiet_hours_or_in_a_dry_run(tmp_path):
    now = dt.datetime.fromtimestamp(START_S).astimezone()
    start, end = (f"{now + dt.timedelta(hours=hours):%H:%M}" for hours in (-1, 2))
    scene = Scene(tmp_path / "a.db", quiet=f"{start}-{end}")
    sent = []
    scene.come(["negative"] * 5)
    assert courier(scene, lambda *told: sent.append(told)).send_due() == 0
    scene.now_ms += 121 * MINUTE_MS
    assert courier(scene, lambda *told: sent.append(told)).send_due() == 2
    scene.store.close()
    dry = Scene(tmp_path / "b.db")
    dry.book = AlertBook(dry.rules, "m", is_dry=True)
    dry.come(["negative"] * 5)
    assert len(dry.alerts()) == 1
    assert courier(dry, lambda *told: sent.append(told)).send_due() == 0
    dry.store.close()


@pytest.mark.parametrize(
    ("quiet", "clock", "until"),
    [
        (None, "23:00", "23:00"),
        ("22:00-07:00", "21:59", "21:59"),
        ("22:00-07:00", "22:00", "07:00"),
        ("22:00-07:00", "06:59", "07:00"),
        ("22:00-07:00", "07:00", "07:00"),
        ("12:00-13:00", "12:30", "13:00"),
    ],
)
def test_quiet_hours_may_go_over_midnight(quiet, clock, until):
    day = dt.datetime(2026, 6, 1).astimezone()
    hour, minute = map(int, clock.split(":"))
    now = day.replace(hour=hour, minute=minute)
    found = after_quiet(quiet, round(now.timestamp() * 1000))
    then = dt.datetime.fromtimestamp(found / 1000).astimezone()
    assert f"{then:%H:%M}" == until
    assert dt.timedelta(0) <= then - now < dt.timedelta(hours=10)


def test_a_message_says_what_since_when_and_shows_texts(scene):
    scene.come(["negative"] * 5)
    title, body = message_of("opened", scene.alerts()[0])
    assert title == "down (DE)"
    first, since, _, *quoted = body.splitlines()
    assert first.startswith("100.0 % negative")
    assert since.startswith("Since 20")
    assert quoted == [f"– text {n}" for n in (5, 4, 3, 2, 1)]


def test_a_message_links_to_the_alert_where_there_is_a_page(scene):
    scene.come(["negative"] * 5)
    scene.come(["positive"] * 20)
    sent = []
    courier = Courier(
        scene.store,
        scene.rules.targets,
        lambda address, title, body: sent.append(body),
        lambda: scene.now_ms / 1000,
        page="http://desk:8501/",
    )
    assert courier.send_due() == 4
    assert {body.splitlines()[-1] for body in sent} == {"http://desk:8501/live?alert=1"}


def test_apprise_refuses_what_it_does_not_know_and_what_does_not_arrive():
    with pytest.raises(OSError, match="no such address"):
        apprise_sender("carrier-pigeon://home", "a", "b")
    with pytest.raises(OSError, match="did not take it"):
        apprise_sender("json://127.0.0.1:1/", "a", "b")
