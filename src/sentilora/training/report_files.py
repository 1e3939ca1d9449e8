"""Write what a run found: ``report.json``, ``report.html`` and the model card."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentilora.data.labelled.examples import HasSkipped, write_skipped
from sentilora.evaluation.reports.report import compose_report
from sentilora.files import write_atomically
from sentilora.model.bases.known_bases import BASES, ResolvedBase

if TYPE_CHECKING:
    from sentilora.config import RunConfig
    from sentilora.data.labelled.examples import Parts
    from sentilora.data.pairs.held_out import PairParts
    from sentilora.runs.run_folder import Run


def write_report(
    run: Run,
    config: RunConfig,
    parts: Parts,
    base: ResolvedBase,
    training: dict[str, Any],
    measured: dict[str, Any],
    *,
    start: str | None = None,
    pairs: PairParts | None = None,
) -> None:
    """Compose the report and write all its forms; ``report.json`` comes last.

    ``start`` names the adapter that the training started from, if it was not a fresh one; rows of
    ``pairs`` that were left out are listed beside those of the data.
    """
    from sentilora.evaluation.reports.model_card import render_card
    from sentilora.evaluation.reports.report_html import render_html

    named = {"train": parts.train, "validation": parts.validation, "test": parts.test}
    read: list[HasSkipped] = [*named.values()]
    read += [pairs.train] if pairs is not None else []
    skipped = sum(len(part.skipped) for part in read)
    report = compose_report(
        run={
            "name": run.path.name,
            "base": base.name,
            "hub_id": base.hub_id,
            **({"start": start} if start else {}),
            "method": config.method,
            "preset": config.preset,
            "seed": config.seed,
            "labels": list(parts.train.labels.names),
            "device": training.pop("device"),
            "precision": training.pop("precision"),
            "max_tokens": config.text.max_tokens,
            "long_text": config.text.long_text,
        },
        data={
            "source": Path(config.data.train).name or config.data.train,
            **{name: len(part) for name, part in named.items()},
            "label_counts": {name: part.counts() for name, part in named.items()},
            "truncated_share": measured.pop("truncated_share"),
            "train_truncated_share": training.pop("train_truncated_share"),
            "skipped": skipped,
            "notes": list(parts.notes),
        },
        **measured,
        **training,
    )
    if skipped:
        write_skipped(read, run.path / "skipped.jsonl")
    licence = next((b.licence for b in BASES.values() if b.hub_id == base.hub_id), None)
    write_atomically(run.path / "report.html", render_html(report.data))
    write_atomically(run.path / "README.md", render_card(report.data, licence=licence))
    report.write(run.path / "report.json")
