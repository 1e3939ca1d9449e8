"""Memory does not grow with the texts."""

import datetime as dt
import gc
import threading
import tracemalloc

import pytest

from sentilora.inference.sentiment_model import load
from sentilora.monitoring.feedback_record import FeedbackRecord
from sentilora.monitoring.live_monitor import LiveMonitor
from sentilora.monitoring.model_panel import panel_of
from sentilora.monitoring.rules.rules_file import read_rules
from sentilora.monitoring.sources.record_batch import RecordBatch
from sentilora.monitoring.store.store import open_store
from tests.helpers.texts import make_texts

RULES = """\
[[rules]]
name = "share"
kind = "share"
over = 0.3
each = "country"
[[rules]]
name = "change"
kind = "change"
baseline = 200
[[rules]]
name = "usual"
kind = "usual"
[[rules]]
name = "drift"
kind = "drift"
within = "1 hour"
baseline = "2 hours"
[[rules]]
name = "accuracy"
kind = "accuracy"
within = "1 hour"
under = 0.5
[[rules]]
name = "silence"
kind = "silence"
"""
BATCHES, TEXTS = 16, 128
GAP_S = 12 * 3600 / (BATCHES * TEXTS)
START = dt.datetime(2026, 11, 29, tzinfo=dt.UTC)


class Texts:
    """A source whose texts come evenly over twelve hours; memory is read at two of them."""

    name = place = "app"

    def __init__(self):
        self.texts = [text for text, _ in make_texts(TEXTS, 5)]
        self.now = START
        self.bytes = []

    def batches(self, position, stop):
        for batch in range(BATCHES):
            records = []
            for place, text in enumerate(self.texts):
                number = batch * TEXTS + place
                self.now = START + dt.timedelta(seconds=GAP_S * number)
                segments = {"country": str(number % 7)}
                records.append(FeedbackRecord("app", f"t{number}", text, self.now, segments))
            yield RecordBatch(records, (), {"at": batch})
            if batch in (BATCHES // 2, BATCHES - 1):
                gc.collect()
                self.bytes.append(tracemalloc.get_traced_memory()[0])


@pytest.mark.slow
def test_a_long_stream_needs_no_more_memory_than_half_of_it(tiny_run, tmp_path):
    panel = panel_of(load(tiny_run.path))
    rules = tmp_path / "rules.toml"
    rules.write_text(RULES, encoding="utf-8")
    source = Texts()
    with open_store(tmp_path / "feedback.db") as store:
        told = read_rules(rules, panel.facts())
        clock = lambda: source.now.timestamp()  # noqa: E731
        watcher = LiveMonitor(panel, store, told, is_dry=True, clock=clock)
        tracemalloc.start()
        try:
            watcher.run(source, threading.Event())
        finally:
            tracemalloc.stop()
    assert watcher.result.texts == BATCHES * TEXTS
    half, whole = source.bytes
    # A hundred bytes for each text of the second half would be twice as much.
    assert whole - half < 100 * BATCHES * TEXTS / 4
