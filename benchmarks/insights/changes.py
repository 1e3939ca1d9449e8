"""Are the changes real? Planted ones, none at all, and an event that happened.

    python -m benchmarks.insights.changes data

``data`` holds the folders ``youtube_reviews_events`` and ``fabsa``.

- *Shuffled*: the same rows, with dates and the values of each segment dealt anew, ``--shuffles``
  times; how many reports tell any change, any theme that is new or rising, any segment that
  differs. Other ways to find changes see the same rows.
- *Planted*: real labels, drawn so that a stretch has 15 points more negative texts, 50 texts a day:
  ``--planted`` series of each kind, a base of the stars of one set and the labels of the other. A
  change counts as found if one is told within three days.
- *Event*: when the complaint "does not load" is told to rise, and whether changes come or go when
  every day has at most as many texts as before the volume tripled.

Settings of the methods were chosen on simulated labels, not on these sets.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common.machine import describe_options, describe_place
from benchmarks.common.program import RESULTS, make_parser, write_record
from benchmarks.insights.change_sides import SIDES
from benchmarks.insights.dated_texts import DatedTexts, Ints, files_of, read_fabsa, read_youtube

Record = dict[str, Any]
WORDS = 30
POINTS = 0.15
A_DAY = 50
LATE = 3
KINDS = {
    "two weeks, worse from a day on": (14, None),
    "eight weeks, two of them worse": (56, 14),
    "four weeks, worse from a day on": (28, None),
}


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser("insights.changes", __doc__)
    add = parser.add_argument
    add("data", type=Path, help="folder with the folders of the sets")
    add("--shuffles", type=int, default=200, help="reports on shuffled rows of each set (200)")
    add("--planted", type=int, default=100, help="series of each kind and base (100)")
    add("--seed", type=int, default=0, help="first seed (0)")
    add("--output", type=Path, default=RESULTS / "insights-changes.json")
    return parser.parse_args(arguments)


def measure_shuffled(texts: DatedTexts, shuffles: int, seed: int) -> Record:
    """Count reports on shuffled rows that tell something."""
    told = dict.fromkeys(("changes", "rising", "fading", "segments", "mix", "last period"), 0)
    told["changes, rising themes or segments"] = 0
    others = dict.fromkeys(list(SIDES)[1:], 0)
    seconds = 0.0
    for number in range(shuffles):
        generator = np.random.default_rng([seed, number])
        rows = texts.shuffled(generator)
        begin = time.perf_counter()
        mood = rows.mood(seed + number)
        seconds += time.perf_counter() - begin
        directions = {theme.trend.direction for theme in mood.themes}
        p = mood.comparison.p if mood.comparison else None
        found = {
            "changes": bool(mood.changes),
            "rising": bool(directions & {"rising", "new"}),
            "fading": "fading" in directions,
            "segments": any(one.differs or one.themes for one in mood.segments),
            "mix": bool(mood.mix),
            "last period": p is not None and p <= mood.rate,
        }
        for name, is_told in found.items():
            told[name] += is_told
        told["changes, rising themes or segments"] += (
            found["changes"] or found["rising"] or found["segments"]
        )
        days = (rows.dates - rows.dates.min()).astype(int)
        for name in others:
            others[name] += bool(SIDES[name](rows.label_ids, days, seed))
        _progress(f"shuffled {number + 1}/{shuffles}: {told}")
    return {
        "reports": shuffles,
        "texts": len(texts.label_ids),
        "told": told,
        "others": others,
        "seconds a report": seconds / max(1, shuffles),
    }


def planted(
    generator: np.random.Generator, labels: Ints, days: int, stretch: int | None
) -> tuple[Ints, Ints, list[int]]:
    """Draw a series of real labels in which more are negative from a day on, or for a while.

    Returns:
        Labels, days, and the days of the changes.
    """
    number = np.repeat(np.arange(days), generator.poisson(A_DAY, days))
    if stretch is None:
        begin = int(generator.integers(days // 2 - 2, days // 2 + 3))
        truth, inside = [begin], number >= begin
    else:
        begin = int(generator.integers(10, days - stretch - 10))
        truth, inside = [begin, begin + stretch], (number >= begin) & (number < begin + stretch)
    share = float((labels == 0).mean()) + POINTS * inside
    is_negative = generator.random(len(number)) < share
    others = generator.choice(labels[labels > 0], size=len(number))
    return np.where(is_negative, 0, others), number, truth


def measure_planted(labels: Ints, series: int, seed: int) -> Iterator[Record]:
    """Yield how many planted changes each side finds."""
    for kind, (days, stretch) in KINDS.items():
        wanted = 0
        near: dict[str, list[int]] = {name: [] for name in SIDES}
        extra = dict.fromkeys(SIDES, 0)
        for number in range(series):
            generator = np.random.default_rng([seed, number, days])
            label_ids, day, truth = planted(generator, labels, days, stretch)
            wanted += len(truth)
            for name, side in SIDES.items():
                found = side(label_ids, day, seed + number)
                late = [min((abs(one - place) for one in found), default=days) for place in truth]
                near[name] += [days_off for days_off in late if days_off <= LATE]
                extra[name] += sum(min(abs(one - p) for p in truth) > LATE for one in found)
            _progress(f"{kind}: {number + 1}/{series}, found {len(near['SentiLoRA'])} of {wanted}")
        for name in SIDES:
            yield {
                "kind": kind,
                "side": name,
                "changes": wanted,
                "found": len(near[name]) / wanted,
                "days off, mean": float(np.mean(near[name])) if near[name] else None,
                "false ones a series": extra[name] / series,
            }


def measure_event(texts: DatedTexts, seed: int) -> Record:
    """Tell what a report says of the event, and of the same rows with an even volume."""
    mood = texts.mood(seed)
    trend = mood.themes[0].trend
    even = _thinned(texts, np.random.default_rng(seed)).mood(seed)
    return {
        "theme": texts.themes[0],
        "direction": trend.direction,
        "since": str(trend.since),
        "before": trend.before,
        "after": trend.after,
        "changes": [_change(change) for change in mood.changes],
        "changes with an even volume": [_change(change) for change in even.changes],
    }


def _thinned(texts: DatedTexts, generator: np.random.Generator) -> DatedTexts:
    """Keep at most 20 texts of each day, the usual before February 2017."""
    order = generator.permutation(len(texts.dates))
    kept: list[int] = []
    for day in np.unique(texts.dates):
        kept += order[texts.dates[order] == day][:20].tolist()
    rows = np.array(kept)
    segments = {name: values[rows] for name, values in texts.segments.items()}
    return DatedTexts(
        texts.label_ids[rows], texts.dates[rows], segments, texts.members[rows], texts.themes
    )


def _change(change: Any) -> Record:
    return {
        "date": str(change.date),
        "segment": change.value,
        "before": change.before.value,
        "after": change.after.value,
        "themes": [shift.theme for shift in change.themes],
    }


def table(record: Record) -> str:
    """Write what was measured as Markdown."""
    lines = ["| shuffled rows: reports with any … | " + " | ".join(record["shuffled"]) + " |"]
    lines.append("| --- |" + " ---: |" * len(record["shuffled"]))
    sets = list(record["shuffled"].values())
    for name in sets[0]["told"] if sets else ():
        cells = [f"{one['told'][name]} of {one['reports']}" for one in sets]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    for name in sets[0]["others"] if sets else ():
        cells = [f"{one['others'][name]} of {one['reports']}" for one in sets]
        lines.append(f"| *{name}*: changes | " + " | ".join(cells) + " |")
    lines += [
        "",
        "| planted | base | side | found within 3 days | days off | false ones a series |",
        "| --- | --- | --- | ---: | ---: | ---: |",
    ]
    for one in record["planted"]:
        off = "–" if one["days off, mean"] is None else f"{one['days off, mean']:.1f}"
        lines.append(
            f"| {one['kind']} | {one['base']} | {one['side']} | {one['found']:.1%} | {off} "
            f"| {one['false ones a series']:.2f} |"
        )
    return "\n".join(lines)


def _progress(text: str) -> None:
    print(text, file=sys.stderr)


def main(arguments: list[str] | None = None) -> int:
    """Measure everything; write what is known after each part."""
    options = parse(arguments)
    sets = {
        "youtube": read_youtube(options.data, WORDS),
        "fabsa": read_fabsa(options.data, WORDS),
    }
    record: Record = {
        "machine": describe_place(files_of(options.data), ("scipy", "ruptures")),
        "options": describe_options(options),
        "event": measure_event(sets["youtube"], options.seed),
        "planted": [],
        "shuffled": {},
    }
    write_record(record, options.output)
    for name, texts in sets.items():
        for one in measure_planted(texts.label_ids, options.planted, options.seed):
            record["planted"].append({"base": name, **one})
        write_record(record, options.output)
    for name, texts in sets.items():
        record["shuffled"][name] = measure_shuffled(texts, options.shuffles, options.seed)
        write_record(record, options.output)
    print(json.dumps(record["event"], indent=2))
    print(table(record))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
