"""Texts a second of ``monitor`` beside ``predict`` on the same file, and from arrival to stored.

    python -m benchmarks.monitoring.rate general tweeteval_sentiment/test.parquet

Both answer the same texts in turns, in one process with one loaded model: ``predict`` from a CSV
file to a CSV file, ``monitor`` from a file of JSON Lines to a store, with rules of each kind. The
precision fp32 uses no matrix units (AMX). Then ``monitor`` follows a file to which texts are
written at half the rate that it had; a text's delay is the time from its being written to the end
of the transaction that stored it. Prints Markdown and writes JSON.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common.machine import describe_options, describe_place
from benchmarks.common.program import RESULTS, make_parser, write_record
from benchmarks.monitoring.streams import texts_of
from sentilora import load
from sentilora.inference.rows.predict_file import predict_file
from sentilora.monitoring.monitor import monitor

Record = dict[str, Any]
RULES = """\
[[rules]]
name = "many complaints"
kind = "share"
over = 0.6
each = "country"

[[rules]]
name = "worse"
kind = "change"

[[rules]]
name = "busy"
kind = "usual"

[[rules]]
name = "other texts"
kind = "drift"

[[rules]]
name = "guesses"
kind = "accuracy"
under = 0.5

[[rules]]
name = "silence"
kind = "silence"
"""
_TICK_S = 0.02


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser("monitoring.rate", __doc__)
    add = parser.add_argument
    add("model", help="run, export or general")
    add("file", type=Path, help="parquet or CSV file with a column text")
    add("--rows", type=int, default=4000, help="texts of each turn (4000)")
    add("--turns", type=int, default=3, help="turns of each side (3)")
    add("--seconds", type=float, default=60, help="for which delays are measured (60)")
    add("--precision", default="fp32", help="number format (fp32)")
    add("--store", default="", help="address of a PostgreSQL database; else an SQLite file")
    add("--output", type=Path, default=RESULTS / "monitoring-rate.json")
    return parser.parse_args(arguments)


def write(texts: list[str], folder: Path, turn: int) -> tuple[Path, Path]:
    """Write the texts of a turn for either side."""
    table, lines = folder / f"{turn}.csv", folder / f"{turn}.jsonl"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text", "country"])
        writer.writerows([f"{turn}-{n}", text, "DE"] for n, text in enumerate(texts))
    with lines.open("w", encoding="utf-8") as file:
        for n, text in enumerate(texts):
            told = {"id": f"{turn}-{n}", "text": text, "segments": {"country": "DE"}}
            file.write(json.dumps(told, ensure_ascii=False) + "\n")
    return table, lines


def race(model: Any, texts: list[str], folder: Path, options: argparse.Namespace) -> Record:
    """Let both sides answer each turn's texts; return texts a second of each."""
    rules = folder / "rules.toml"
    rules.write_text(RULES, encoding="utf-8")
    seconds: dict[str, list[float]] = {"predict": [], "monitor": []}
    for turn in range(options.turns + 1):  # the first one warms up
        part = texts[turn * options.rows : (turn + 1) * options.rows]
        table, lines = write(part, folder, turn)
        store = options.store or folder / f"{turn}.db"
        started = time.perf_counter()
        predict_file(model, table, folder / f"{turn}-out.csv", text="text")
        between = time.perf_counter()
        done = monitor(model, lines, store=store, rules=rules, follow=False, dry_run=True)
        ended = time.perf_counter()
        if done.texts != len(part):
            raise SystemExit(f"stored {done.texts:,} texts of {len(part):,}")
        if turn:
            seconds["predict"].append(between - started)
            seconds["monitor"].append(ended - between)
    rates = {side: [options.rows / one for one in told] for side, told in seconds.items()}
    ratios = [one / other for one, other in zip(rates["monitor"], rates["predict"], strict=True)]
    return {
        "texts_per_s": {side: float(np.median(told)) for side, told in rates.items()},
        "all": rates,
        "ratio": float(np.median(ratios)),
        "ratios": ratios,
    }


def delays(
    model: Any, texts: list[str], rate: float, folder: Path, options: argparse.Namespace
) -> Record:
    """Write texts at a rate; return from arrival to stored, in seconds."""
    path = folder / "live.jsonl"
    path.touch()
    stop, written = threading.Event(), deque[float]()
    found: list[float] = []

    def listen(event: Any) -> None:
        if event["kind"] == "stored":
            now = time.perf_counter()
            found.extend(now - written.popleft() for _ in range(event["texts"]))

    thread = threading.Thread(
        target=monitor,
        args=(model, path),
        kwargs={
            "store": options.store or folder / "live.db",
            "rules": folder / "rules.toml",
            "stop": stop,
            "listener": listen,
            "dry_run": True,
        },
    )
    thread.start()
    time.sleep(2)
    number, started = 0, time.perf_counter()
    with path.open("a", encoding="utf-8") as file:
        while (passed := time.perf_counter() - started) < options.seconds:
            while number < passed * rate:
                told = {"id": f"live-{number}", "text": texts[number % len(texts)]}
                written.append(time.perf_counter())
                file.write(json.dumps(told, ensure_ascii=False) + "\n")
                number += 1
            file.flush()
            time.sleep(_TICK_S)
    while len(found) < number:
        time.sleep(0.1)
    stop.set()
    thread.join()
    half, most = (float(np.percentile(found, share)) for share in (50, 99))
    return {"texts": number, "texts_per_s": rate, "p50_s": half, "p99_s": most, "max_s": max(found)}


def render(record: Record) -> str:
    """Write the figures as Markdown."""
    raced, delayed = record["race"], record["delay"]
    rates = raced["texts_per_s"]
    return "\n".join(
        [
            "| | texts a second |",
            "| --- | ---: |",
            *(f"| `{side}` | {rates[side]:,.0f} |" for side in ("predict", "monitor")),
            "",
            f"`monitor` has {raced['ratio']:.0%} of the rate of `predict` "
            f"({min(raced['ratios']):.0%} to {max(raced['ratios']):.0%} of the turns). At "
            f"{delayed['texts_per_s']:,.0f} texts a second: from arrival to stored "
            f"{delayed['p50_s']:.2f} s (median), {delayed['p99_s']:.2f} s (99 of 100), "
            f"{delayed['max_s']:.2f} s at most, of {delayed['texts']:,} texts.",
        ]
    )


def main(arguments: list[str] | None = None) -> int:
    """Race, then measure delays."""
    options = parse(arguments)
    texts = texts_of(options.file)
    if len(texts) < (options.turns + 1) * options.rows:
        raise SystemExit(f"{options.file.name} holds {len(texts):,} different texts: take fewer")
    model = load(options.model, precision=options.precision)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        raced = race(model, texts, folder, options)
        rate = raced["texts_per_s"]["monitor"] / 2
        delayed = delays(model, texts, rate, folder, options)
    record = {
        "settings": describe_options(options),
        "place": describe_place([options.file], ("sqlalchemy",)),
        "race": raced,
        "delay": delayed,
    }
    write_record(record, options.output)
    print(render(record))
    return 0


if __name__ == "__main__":
    sys.exit(main())
