"""The same training with several seeds: what is luck, and what is the recipe."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from scipy.stats import t as student_t

from sentilora.config import RunConfig, make_config
from sentilora.errors import ConfigError
from sentilora.events import Listener
from sentilora.message import setting
from sentilora.runs.run_folder import Run, create_name
from sentilora.training.context.start_settings import resolve_start
from sentilora.training.train import train


@dataclass(frozen=True)
class SeedSummary:
    """Metrics over seeds.

    Attributes:
        path: JSON file with all of this.
        runs: one finished run a seed.
        values: value of each metric in each run.
        means: mean of each metric.
        intervals: 95 % interval of each mean (Student's t over the seeds).
    """

    path: Path
    runs: list[Run]
    values: dict[str, list[float]]
    means: dict[str, float]
    intervals: dict[str, tuple[float, float]]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "runs": [run.path.name for run in self.runs],
            "metrics": self.means,
            "intervals": {name: list(pair) for name, pair in self.intervals.items()},
            "values": self.values,
        }


def train_seeds(config: RunConfig, seeds: int, *, listener: Listener | None = None) -> SeedSummary:
    """Train with seeds ``config.seed, config.seed + 1, …`` and summarise their reports.

    The seed decides the start of head and adapter, the order of batches and, where no files are
    given, the split. Runs that are finished already are not repeated.

    Raises:
        ConfigError: fewer than two seeds.
    """
    if seeds < 2:
        raise ConfigError(f"{setting('seeds', seeds)}: at least 2 are needed for an interval.")
    config, _ = resolve_start(config)
    stem = config.name or create_name(config)
    runs = []
    for seed in range(config.seed, config.seed + seeds):
        name = f"{stem}-seed{seed}"
        run = Run(Path(config.output).expanduser() / name)
        if not run.is_finished:
            settings = {**config.model_dump(exclude_none=True), "seed": seed, "name": name}
            run = train(config=make_config(settings), listener=listener)
        runs.append(run)
    reports = [run.report["metrics"] for run in runs]
    values = {name: [float(r[name]) for r in reports] for name in reports[0] if name != "rows"}
    summary = SeedSummary(
        path=Path(config.output).expanduser() / f"{stem}-seeds.json",
        runs=runs,
        values=values,
        means={name: fmean(v) for name, v in values.items()},
        intervals={name: mean_interval(v) for name, v in values.items()},
    )
    text = json.dumps(summary.to_dict(), indent=2) + "\n"
    summary.path.write_text(text, encoding="utf-8")
    return summary


def mean_interval(values: list[float]) -> tuple[float, float]:
    """Return the 95 % interval of the mean of at least two values, by Student's t."""
    half = float(student_t.ppf(0.975, len(values) - 1)) * stdev(values) / math.sqrt(len(values))
    return fmean(values) - half, fmean(values) + half
