"""How long themes take, and how much memory, beside BERTopic with the same encoder.

    python -m benchmarks.insights.speed FOLDER --peer ENVIRONMENT/bin/python

FOLDER holds ``imdb/`` and ``amazon_blitzer/``; reviews are runs of their sentences of about sixty
words. ``--peer`` is the Python of an environment with bertopic 0.17.4. Sides, each a process of its
own from its start to its end, one after the other:

- ``insights``: the command as a user types it, with dates and a segment: it reads, takes texts
  apart, scores texts and statements, finds themes of the statements, tests for changes and writes;
- ``themes of texts``: what BERTopic does: one vector a text, and groups of texts;
- ``bertopic``: its defaults.

The ratio means something only on a machine that does nothing else: look at ``uptime`` first.
Prints Markdown and writes JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.common.machine import describe_options, describe_place
from benchmarks.common.program import RESULTS, make_parser, write_record
from benchmarks.insights.sides.side_processes import OWN_SIDE, PEER_SIDE, ask, encoder_folder, timed
from benchmarks.insights.sixty_words import files_of, write_reviews

Record = dict[str, Any]
WHOLE, TEXTS, PEER = "insights", "themes of texts", "bertopic"


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser("insights.speed", __doc__)
    add = parser.add_argument
    add("data", type=Path, help="folder of the sets")
    add("--peer", type=Path, help="Python of an environment with bertopic")
    add("--model", default="general", help="run, export or general (general)")
    add("--sizes", default="1000,10000", help="numbers of reviews (1000,10000)")
    add("--sides", default=f"{WHOLE},{TEXTS},{PEER}", help="by commas (all)")
    add("--output", type=Path, default=RESULTS / "insights-speed.json")
    options = parser.parse_args(arguments)
    options.sizes = [int(size) for size in options.sizes.split(",")]
    options.sides = options.sides.split(",")
    return options


def main(arguments: list[str] | None = None) -> None:
    """Measure all sides at all sizes."""
    options = parse(arguments)
    record: Record = {
        "options": describe_options(options),
        "machine": describe_place(files_of(options.data)),
        "speed": [],
    }
    with tempfile.TemporaryDirectory() as scratch:
        for size in options.sizes:
            for line in _race(size, options, Path(scratch)):
                record["speed"].append(line)
                write_record(record, options.output)
    print(table_of(record))


def _race(size: int, options: argparse.Namespace, scratch: Path) -> list[Record]:
    """Take the time of so many reviews, one side after the other."""
    source, texts = scratch / "reviews.parquet", scratch / "texts.json"
    texts.write_text(json.dumps(write_reviews(options.data, size, source)), encoding="utf-8")
    job = {"texts": str(texts), "vectors": None, "encoder": encoder_folder(), "fits": [None]}
    whole = [sys.executable, "-m", "sentilora", "insights", options.model, str(source)]
    whole += ["--text", "text", "--date", "date", "--segment", "kind"]
    found = []
    for side in options.sides:
        if side == PEER and not options.peer:
            continue
        load = os.getloadavg()[0]
        parts: Record = {}
        if side == WHOLE:
            took = timed([*whole, "--output", str(scratch / f"report-{size}")])
        else:
            peer = [str(options.peer), str(PEER_SIDE)]
            answer = ask(peer if side == PEER else OWN_SIDE, job, scratch)
            took = answer["took"]
            parts = {"embed_s": answer["embed_s"], "fit_s": answer["fits"][0]["fit_s"]}
        found.append({"texts": size, "side": side, **asdict(took), **parts, "load_before": load})
        print(found[-1], flush=True)
    return found


def table_of(record: Record) -> str:
    """Write the figures as Markdown."""
    heads = ("texts", "side", "seconds", "processor s", "peak MB", "load before")
    lines = [" | ".join(heads), " | ".join(["---"] * len(heads))]
    for one in record["speed"]:
        cells = [f"{one['texts']:,}", one["side"], f"{one['seconds']:.0f}"]
        cells += [f"{one['processor_s']:.0f}", f"{one['peak_mb']:.0f}", f"{one['load_before']:.1f}"]
        lines.append(" | ".join(cells))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
