"""Print the comparison of finished runs as Markdown, from their report.json.

    python -m benchmarks.table runs/NAME [runs/OTHER …]

Everything in docs/results.md that comes from a run was printed by this.
"""

from __future__ import annotations

import sys

from sentilora.errors import DataError
from sentilora.evaluation.reports.comparison import MODEL, Line, baseline_name, comparison
from sentilora.evaluation.reports.report import Report, read_report
from sentilora.evaluation.reports.wording import COLUMNS, calibrated_by, exact


def row(line: Line, note: str = "") -> str:
    """Write one line of the table; the model's in bold, with a note to its name."""
    mark = "**" if line.key == MODEL else ""
    low, high = line.intervals["accuracy"]
    cells = [exact(line.metrics.get(column.key)) for column in COLUMNS]
    cells[0] += f" ({low:.4f}–{high:.4f})"
    name = f"{line.name}{note if line.key == MODEL else ''}"
    return f"| {mark}{name}{mark} | " + " | ".join(f"{mark}{cell}{mark}" for cell in cells) + " |"


def table(report: Report) -> str:
    """Write the comparison and the cost of one run.

    Raises:
        DataError: the report is not one of a training.
    """
    run, data, cost, calibration = report.run, report.dataset, report.cost, report.calibration
    if cost is None or calibration is None:
        raise DataError(f"The report of {run.name} is not one of a training.")
    lines = [
        f"| {run.name} | " + " | ".join(column.heading for column in COLUMNS) + " |",
        "| --- |" + " ---: |" * len(COLUMNS),
        *(row(line, f", preset {run.preset}") for line in comparison(report)),
    ]
    facts = [
        f"{data.train:,} train, {data.validation:,} validation, {data.test:,} test rows",
        f"{data.truncated_share:.1%} of the test texts over {run.max_tokens} tokens",
        f"{cost.seconds:,.0f} s of training, {cost.tokens:,} tokens, "
        f"{cost.tokens_per_second:,.0f} tokens/s on {run.device} in {run.precision}",
        f"{cost.trainable_parameters:,} of {cost.total_parameters:,} weights trained "
        f"({cost.trainable_share:.1%})",
        f"{(cost.model_bytes or 0) / 1e6:.2f} MB stored; the full model has "
        f"{(cost.full_model_bytes or 0) / 1e6:.1f} MB",
        f"peak memory {(cost.peak_memory_bytes or 0) / 1e9:.1f} GB",
        f"{(cost.energy_kwh or 0) * 1000:.1f} Wh, {cost.co2_g or 0:.1f} g CO2 "
        f"({cost.energy_method}; {cost.co2_method})",
        f"{calibrated_by(calibration.fitted)}; ECE "
        f"{exact(calibration.ece_uncalibrated)} → {exact(calibration.ece)}",
    ]
    if test := report.comparison.significance:
        facts.append(
            f"McNemar against {baseline_name(test.against)}: only this model right on "
            f"{test.only_model_right}, only the baseline on {test.only_baseline_right}, "
            f"p = {test.p_value:.2g}"
        )
    return "\n".join([*lines, "", *(f"- {fact}" for fact in facts)])


def main() -> None:
    """Print the table of each run named on the command line."""
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    for folder in sys.argv[1:]:
        print(table(read_report(folder)))
        print()


if __name__ == "__main__":
    main()
