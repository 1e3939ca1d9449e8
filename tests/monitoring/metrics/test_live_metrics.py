"""What a monitor counts: by source, label and rule, bounded, and only what was stored."""

import sqlite3
import time

import pytest
from prometheus_client import CollectorRegistry

from sentilora.monitoring.feedback_record import RecordColumns, read_record
from sentilora.monitoring.live_monitor import LiveMonitor
from sentilora.monitoring.live_watch import open_watch
from sentilora.monitoring.metrics.last_hour import HourSums, LastHour
from sentilora.monitoring.metrics.live_metrics import LiveMetrics
from sentilora.monitoring.metrics.live_tally import MOST_SOURCES, OTHER, Durations
from sentilora.monitoring.sources.record_batch import RecordBatch, Refused
from tests.helpers.feedback_server import fake_models

RULES = """\
[targets]
team = "json://localhost/"
[[rules]]
name = "bad"
kind = "share"
over = 0.3
within = "1 hour"
least = 2
[[rules]]
name = "calm"
kind = "share"
over = 0.99
least = 500
"""


class Given:
    """A source that hands over what it is given."""

    name = place = "given"

    def __init__(self, *batches):
        self._batches = batches

    def batches(self, position, stop):
        yield from self._batches


def records(*texts, source="mail", age_s=60.0, start=0):
    import datetime as dt

    now = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=age_s)
    return [
        read_record(
            {"text": text, "id": f"{source}{start + n}", "source": source},
            source=source,
            position="",
            now=now,
            columns=RecordColumns(),
        )
        for n, text in enumerate(texts)
    ]


@pytest.fixture
def watch(tmp_path):
    rules = tmp_path / "rules.toml"
    rules.write_text(RULES, encoding="utf-8")

    def send(address, title, body):
        raise OSError("it is down")

    with open_watch(
        fake_models(), tmp_path / "feedback.db", rules, counts=True, send=send
    ) as found:
        yield found


def run(watcher: LiveMonitor, *batches):
    import threading

    watcher.run(Given(*batches), threading.Event())


def figures(watcher):
    """Return the value of each series, by name and labels."""
    registry = CollectorRegistry()
    registry.register(LiveMetrics(watcher.tally, watcher.panel.models, lambda: 7))
    found = {}
    for family in registry.collect():
        for sample in family.samples:
            found[sample.name, *sample.labels.values()] = sample.value
    return found


def test_texts_are_counted_by_source_outcome_and_label(watch):
    good, bad = records("Great!!!!", "Fine!!!!"), records("Bad????", source="app")
    refused = [Refused("app", "line 7", "no text", "{}")]
    run(watch, RecordBatch(good), RecordBatch([*good, *bad], refused))
    found = figures(watch)
    name = "sentilora_feedback_records_total"
    assert found[name, "mail", "stored"] == 2
    assert found[name, "mail", "known"] == 2
    assert found[name, "app", "stored"] == 1
    assert found[name, "app", "refused"] == 1
    assert found["sentilora_feedback_labels_total", "mail", "general", "positive"] == 2
    assert found["sentilora_feedback_labels_total", "app", "general", "negative"] == 1
    assert found["sentilora_feedback_hour_texts", "mail"] == 2
    assert 0.5 < found["sentilora_feedback_hour_mood", "mail"] <= 1
    assert -1 <= found["sentilora_feedback_hour_mood", "app"] < -0.5
    assert found["sentilora_feedback_hour_unknown", "app"] == 0
    assert found["sentilora_feedback_lag_seconds_count",] == 5
    assert found["sentilora_monitor_answer_seconds_count",] == 2
    assert found["sentilora_monitor_store_away",] == 0
    assert found["sentilora_feedback_waiting_texts",] == 7
    stored_s = found["sentilora_feedback_last_stored_timestamp_seconds", "app"]
    assert stored_s == pytest.approx(time.time(), abs=60)
    assert any(key[:2] == ("sentilora_monitor_info", "general") for key in found)


def test_a_text_is_late_by_when_it_came(watch):
    run(watch, RecordBatch(records("Fine"), arrived_s=time.monotonic() - 40))
    found = figures(watch)
    assert found["sentilora_feedback_lag_seconds_sum",] > 40
    assert found["sentilora_feedback_lag_seconds_bucket", "30.0"] == 0
    assert found["sentilora_feedback_lag_seconds_bucket", "60.0"] == 1


@pytest.mark.slow
def test_alerts_and_deliveries_are_those_of_the_store(watch):
    assert figures(watch)["sentilora_alerts_open", "bad"] == 0
    run(watch, RecordBatch(records("Bad????", "Worse????", "Worst????")))
    watch.tally._looked_s = 0.0
    end = time.monotonic() + 20
    while ("sentilora_deliveries_failing", "team") not in figures(watch) or not figures(watch)[
        "sentilora_deliveries_failing", "team"
    ]:
        assert time.monotonic() < end
        watch.tally._looked_s = 0.0
        watch.tally.look(watch.store)
    found = figures(watch)
    assert found["sentilora_alerts_open", "bad"] == 1
    assert found["sentilora_alerts_open", "calm"] == 0
    assert found["sentilora_alerts_total", "bad", "opened"] == 1
    assert found["sentilora_deliveries_waiting", "team"] == 1


def test_clients_make_up_no_more_than_so_many_series(watch):
    batches = [
        RecordBatch([one for n in range(70) for one in records("Fine", source=f"made up {n}")])
    ]
    run(watch, *batches)
    found = figures(watch)
    sources = {key[1] for key in found if key[0] == "sentilora_feedback_records_total"}
    assert len(sources) == MOST_SOURCES + 1
    assert found["sentilora_feedback_records_total", OTHER, "stored"] == 70 - MOST_SOURCES
    assert found["sentilora_feedback_hour_texts", OTHER] == 70 - MOST_SOURCES


def test_what_the_store_holds_of_the_last_hour_is_known_after_a_restart(watch, tmp_path):
    run(
        watch,
        RecordBatch(records("Great!!!!", "Bad????")),
        RecordBatch(records("Bad????", age_s=4000, start=9)),
    )
    before = figures(watch)
    with open_watch(fake_models(), tmp_path / "feedback.db", None, counts=True) as again:
        after = figures(again)
    for name in ("hour_texts", "hour_mood", "hour_unknown"):
        key = f"sentilora_feedback_{name}", "mail"
        assert after[key] == pytest.approx(before[key])
    assert after["sentilora_feedback_hour_texts", "mail"] == 2


def test_a_store_that_is_away_is_told_until_it_is_back(watch, tmp_path, monkeypatch):
    from sentilora.monitoring import live_monitor

    monkeypatch.setattr(live_monitor, "_WAIT_S", 0.01)
    seen = []
    with sqlite3.connect(tmp_path / "feedback.db") as other:
        other.execute("ALTER TABLE feedback RENAME TO gone")

    def come_back(event):
        if event["kind"] == "waiting":
            seen.append(figures(watch)["sentilora_monitor_store_away",])
            if len(seen) == 1:
                with sqlite3.connect(tmp_path / "feedback.db") as other:
                    other.execute("ALTER TABLE gone RENAME TO feedback")

    watch.log._listeners.append(come_back)
    run(watch, RecordBatch(records("Fine")))
    assert seen == [1]
    assert figures(watch)["sentilora_monitor_store_away",] == 0


def test_the_last_hour_forgets_and_takes_the_future_for_now():
    hour, one = LastHour(), HourSums(1, 0.5, 1, 0.0)
    now_ms = 100 * 3_600_000
    hour.add(now_ms - 30 * 60_000, now_ms, one)
    hour.add(now_ms + 10**12, now_ms, one)
    hour.add(now_ms - 61 * 60_000, now_ms, one)
    assert hour.sums(now_ms).texts == 2
    assert hour.sums(now_ms + 31 * 60_000).texts == 1
    for minute in range(1000):
        hour.add(now_ms + 60_000 * minute, now_ms + 60_000 * minute, one)
    assert len(hour._minutes) <= 120
    assert hour.sums(now_ms + 60_000 * 999).texts == 60


def test_lengths_of_time_are_counted_up_to_each_bound():
    spread = Durations()
    for seconds in (0.001, 0.005, 0.3, 1000.0):
        spread.add(seconds)
    found = dict(spread.buckets())
    assert (found["0.005"], found["0.5"], found["300.0"], found["+Inf"]) == (2, 3, 3, 4)
