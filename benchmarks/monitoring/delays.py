"""From the true change to the alert, and false alarms: the rule ``change`` beside others.

    python -m benchmarks.monitoring.delays

Answers are drawn: a share of 20 % negative that stays, or that becomes 25, 30 or 50 %. Each side is
shown the same 1,000 texts first. A rolling mean with a bound, and ADWIN of river (in an environment
that has it; left out elsewhere), are set so that they alarm in as many of ``--months`` months
without a change as the rule may by what it states, 0.1 a month; then all are shown the same
changes. ADWIN as it comes (delta 0.002) is told, too. Prints Markdown and writes JSON.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common.machine import describe_options
from benchmarks.common.program import RESULTS, make_parser, write_record
from benchmarks.monitoring.sides import (
    BASELINE,
    Adwin,
    Bools,
    Make,
    OfSentilora,
    RollingMean,
    count_alarms,
    first_alarm,
    largest_excess,
)

BEFORE = 0.2
AFTER = (0.25, 0.3, 0.5)
STATED = 0.1  # false alarms a month
WINDOWS = (200, 1000)
AS_IT_COMES = 0.002
DELTAS = (0.99, 0.9, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, AS_IT_COMES, 5e-4, 1e-4, 1e-5)
DAYS = 30
Record = dict[str, Any]


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser("monitoring.delays", __doc__)
    add = parser.add_argument
    add("--texts-a-day", type=int, default=1000, help="(1000)")
    add("--months", type=int, default=200, help="months without a change (200)")
    add("--changes", type=int, default=200, help="changes of each size (200)")
    add("--seed", type=int, default=0)
    add("--output", type=Path, default=RESULTS / "monitoring-delays.json")
    return parser.parse_args(arguments)


def drawn(seed: list[int], share: float, number: int) -> tuple[Bools, Bools]:
    """Return a baseline, and answers with a share."""
    generator = np.random.default_rng(seed)
    return generator.random(BASELINE) < BEFORE, generator.random(number) < share


def false_alarms(make: Make, months: list[tuple[Bools, Bools]]) -> Record:
    """Count alarms in months without a change."""
    counts = [count_alarms(make(baseline), answers) for baseline, answers in months]
    return {"alarms": sum(counts), "months_with": sum(count > 0 for count in counts)}


def delays(make: Make, changes: list[tuple[Bools, Bools]], texts_a_day: int) -> Record:
    """Return after how many texts a change is told."""
    found = [first_alarm(make(baseline), answers) for baseline, answers in changes]
    told = [float("inf") if one is None else float(one) for one in found]
    half, most = (float(np.percentile(told, share, method="higher")) for share in (50, 90))
    minutes = 24 * 60 / texts_a_day
    return {
        "median": _finite(half),
        "median_minutes": _finite(half * minutes),
        "of_10_9": _finite(most),
        "missed": sum(one is None for one in found) / len(found),
    }


def _finite(number: float) -> float | None:
    return number if np.isfinite(number) else None


def tuned(months: list[tuple[Bools, Bools]]) -> dict[str, Make]:
    """Return the sides, set so that as many months have an alarm as the rule states."""
    allowed = round(STATED * len(months))
    sides: dict[str, Make] = {}
    for window in WINDOWS:
        excesses = sorted(largest_excess(*month, window) for month in months)
        over = excesses[len(months) - allowed - 1] + 1e-9
        sides[f"rolling mean of {window:,}, over by {over:.1%}"] = partial(
            RollingMean, window=window, over=over
        )
    if importlib.util.find_spec("river") is not None:
        sides[f"ADWIN, delta {AS_IT_COMES:g}"] = partial(Adwin, delta=AS_IT_COMES)
        for delta in DELTAS:
            make = partial(Adwin, delta=delta)
            if false_alarms(make, months)["months_with"] <= allowed:
                sides[f"ADWIN, delta {delta:g}"] = make
                break
    return sides


def measure(options: argparse.Namespace) -> Record:
    """Measure each side."""
    a_day = options.texts_a_day
    months = [
        drawn([options.seed, 0, month], BEFORE, DAYS * a_day) for month in range(options.months)
    ]
    sides: dict[str, Make] = {
        "`change`": partial(OfSentilora, texts_a_day=a_day),
        "`change`, by = 0.05": partial(OfSentilora, texts_a_day=a_day, by=0.05),
        **tuned(months),
    }
    record: Record = {}
    for name, make in sides.items():
        record[name] = {"false": false_alarms(make, months), "after": {}}
        for after in AFTER:
            changes = [
                drawn([options.seed, 1, round(100 * after), number], after, DAYS * a_day)
                for number in range(options.changes)
            ]
            record[name]["after"][f"{after:.0%}"] = delays(make, changes, a_day)
    return record


def render(record: Record, months: int) -> str:
    """Write the figures as a table."""
    heads = [f"20 → {round(100 * after)} %" for after in AFTER]
    lines = [f"| | false alarms in {months} months | {' | '.join(heads)} |"]
    lines.append("| --- | ---: |" + " ---: |" * len(heads))
    for name, told in record.items():
        cells = []
        for one in told["after"].values():
            if one["median"] is None:
                cells.append(f"not told in {one['missed']:.0%}")
                continue
            most = "more" if one["of_10_9"] is None else f"{one['of_10_9']:,.0f}"
            minutes = one["median_minutes"]
            missed = f", not told in {one['missed']:.0%}" if one["missed"] else ""
            cells.append(f"{one['median']:,.0f} ({most}); {minutes:,.0f} min{missed}")
        lines.append(f"| {name} | {told['false']['alarms']} | {' | '.join(cells)} |")
    return "\n".join(
        [
            *lines,
            "",
            "Texts from the change to the alert: median (nine of ten); minutes of the median.",
        ]
    )


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, write."""
    options = parse(arguments)
    record = measure(options)
    write_record({"settings": describe_options(options), "sides": record}, options.output)
    print(render(record, options.months))
    return 0


if __name__ == "__main__":
    sys.exit(main())
