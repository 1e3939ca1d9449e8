"""What to try when a training did not beat the simple methods: only what was seen to help.

The figures behind it stand in docs/measuring.md, *Better than the best baseline?*.

Not covered: larger bases, preference pairs and adaptation, which gained little or were measured on
one set alone.
"""

from __future__ import annotations

from pathlib import Path

from sentilora.config import PRESETS, RunConfig
from sentilora.evaluation.reports.report import Report
from sentilora.labels import BINARY, canonical_sentiment
from sentilora.message import Message, command

BASE_OF_GENERAL = "minilm"
MANY_ROWS = 20_000  # with which a fresh adapter was seen to win


def remedies(report: Report, config: RunConfig, file: Path) -> tuple[Message, ...]:
    """Say what can help a training that is not shown to be better than the best baseline.

    Args:
        report: what the training measured.
        config: settings of the training.
        file: path of the file that holds them.

    Returns:
        Nothing where the model is better by more than luck, or no baseline was run.
    """
    test = report.comparison.significance
    if test is None or (test.only_model_right > test.only_baseline_right and not test.is_luck):
        return ()
    found, name = [], config.name or "again"
    sentiments = {canonical_sentiment(label) for label in report.run.labels}
    if not report.run.start and config.base == BASE_OF_GENERAL and sentiments.issuperset(BINARY):
        typed = command("train", config=file, name=f"{name}-from-general", start_from="general")
        found.append(f"start from a model that knows sentiment: {typed}")
    rows = report.dataset.train
    if rows is not None and rows < MANY_ROWS:
        found.append(f"label more rows: it learned from {rows:,}")
    if config.preset == "fast" and config.training.epochs is None:
        tokens = PRESETS["balanced"]["max_tokens"]
        named = f"{name}-balanced"
        typed = command("train", config=file, name=named, preset="balanced", max_tokens=tokens)
        found.append(f"read more of each text, and train twice as long: {typed}")
    return tuple(map(Message, found))
