"""A day of a million texts through ``monitor``: its memory, minute by minute.

    python -m benchmarks.monitoring.day general
    python -m benchmarks.monitoring.day drawn       # no model: what the monitor itself needs

Writes a file of so many different short texts (sentences of the sample reviews, with a number) with
times over a day, three sources, two segments, and lets the monitor store them in SQLite under rules
of each kind, its clock being the time of the texts. Resident memory is read every ten seconds. It
is flat if the second half of the day needs no more than the first, within ``--slack`` MB. Answers
that are ``drawn`` take no time, and none of the memory that a network keeps for shapes of batches.
Prints Markdown and writes JSON.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.common.machine import describe_options, describe_place
from benchmarks.common.program import RESULTS, make_parser, write_record
from benchmarks.monitoring.rate import RULES
from benchmarks.monitoring.streams import clear_sentences, records, write_lines
from sentilora import load
from sentilora.inference.prediction import Prediction
from sentilora.labels import Labels
from sentilora.monitoring.feedback_record import RecordColumns
from sentilora.monitoring.live_monitor import LiveMonitor
from sentilora.monitoring.model_panel import ModelPanel
from sentilora.monitoring.rules.rules_file import read_rules
from sentilora.monitoring.sources.record_batch import RecordBatch
from sentilora.monitoring.sources.source_names import open_source
from sentilora.monitoring.store.store import open_store

DAY_S = 86_400
PERIOD_S = 10.0
START_S = 1_780_000_000
Record = dict[str, Any]


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser("monitoring.day", __doc__)
    add = parser.add_argument
    add("model", help="run, export or general; or drawn")
    add("--rows", type=int, default=1_000_000, help="texts of the day (1000000)")
    add("--precision", default="auto", help="number format (auto)")
    add("--slack", type=float, default=20, help="MB by which memory may grow (20)")
    add("--output", type=Path, default=RESULTS / "monitoring-day.json")
    return parser.parse_args(arguments)


class Drawn:
    """Answers by the first letter of a text."""

    labels = Labels(("negative", "positive"))

    def predict(self, texts: list[str]) -> list[Prediction]:
        """Answer texts."""
        return [
            Prediction("negative", 0.9, {"negative": 0.9, "positive": 0.1}, -0.8)
            if text.startswith("b")
            else Prediction("positive", 0.9, {"negative": 0.1, "positive": 0.9}, 0.8)
            for text in texts
        ]


class Day:
    """A source whose texts tell the time."""

    def __init__(self, path: Path) -> None:
        self._source = open_source(path, columns=RecordColumns(), follows=False)
        self.name, self.place = self._source.name, self._source.place
        self.now_s = float(START_S)
        self.texts = 0

    def batches(self, position: Any, stop: threading.Event) -> Iterator[RecordBatch]:
        """Yield what is in the file; the clock follows."""
        for batch in self._source.batches(position, stop):
            if batch.records:
                self.now_s = batch.records[-1].at.timestamp()
                self.texts += len(batch.records)
            yield batch


def watch(options: argparse.Namespace, folder: Path) -> Record:
    """Let the monitor take the day; return what it needed."""
    path = folder / "day.jsonl"
    shares = np.full(options.rows, 0.3)
    shares[options.rows // 2 : options.rows * 5 // 8] = 0.6
    if options.model == "drawn":
        panel = ModelPanel({"model": Drawn()})
        told = {True: ["bad, and nobody answers"], False: ["good, as it always was"]}
    else:
        model = load(options.model, precision=options.precision)
        panel, told = ModelPanel({"model": model}), clear_sentences(model)
    write_lines(records(told, shares, START_S, DAY_S / options.rows), path)
    rules = folder / "rules.toml"
    rules.write_text(RULES, encoding="utf-8")
    day, ended = Day(path), threading.Event()
    seen: list[tuple[int, int]] = []
    process = psutil.Process()

    def measure() -> None:
        while not ended.wait(PERIOD_S):
            seen.append((day.texts, process.memory_info().rss))

    with open_store(folder / "day.db") as store:
        watcher = LiveMonitor(
            panel, store, read_rules(rules, panel.facts()), is_dry=True, clock=lambda: day.now_s
        )
        thread = threading.Thread(target=measure)
        thread.start()
        started = time.perf_counter()
        try:
            watcher.run(day, threading.Event())
        finally:
            ended.set()
            thread.join()
    if watcher.result.texts != options.rows:
        raise SystemExit(f"stored {watcher.result.texts:,} texts of {options.rows:,}")
    halves = {
        name: max((rss for texts, rss in seen if (texts > options.rows / 2) is late), default=0)
        for name, late in (("first", False), ("second", True))
    }
    return {
        "texts": watcher.result.texts,
        "seconds": time.perf_counter() - started,
        "store_bytes": (folder / "day.db").stat().st_size,
        "peak_bytes": halves,
        "seen": seen,
        "alerts": [[one.event, one.alert.title] for one in watcher.result.news],
    }


def render(record: Record) -> str:
    """Write the figures as Markdown."""
    day = record["day"]
    peaks = {name: one / 1e6 for name, one in day["peak_bytes"].items()}
    flat = "flat" if record["is_flat"] else "NOT FLAT"
    return (
        f"{day['texts']:,} texts in {day['seconds']:,.0f} s "
        f"({day['texts'] / day['seconds']:,.0f} a second), store "
        f"{day['store_bytes'] / 1e6:,.0f} MB. Peak memory {peaks['first']:,.0f} MB in the first "
        f"half of the day, {peaks['second']:,.0f} MB in the second: {flat}. "
        f"{len(day['alerts'])} alerts opened or ended."
    )


def main(arguments: list[str] | None = None) -> int:
    """Take the day."""
    options = parse(arguments)
    with tempfile.TemporaryDirectory() as name:
        day = watch(options, Path(name))
    peaks = day["peak_bytes"]
    is_flat = peaks["second"] - peaks["first"] <= options.slack * 1e6
    record = {
        "settings": describe_options(options),
        "place": describe_place([], ("sqlalchemy",)),
        "day": day,
        "is_flat": is_flat,
    }
    write_record(record, options.output)
    print(render(record))
    return 0 if is_flat else 1


if __name__ == "__main__":
    sys.exit(main())
