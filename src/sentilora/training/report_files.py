"""Write what a run found: ``report.json``, ``report.html`` and the model card."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sentilora.data.labelled.examples import HasSkipped, write_skipped
from sentilora.evaluation.report_parts.run_part import DataPart, RunPart
from sentilora.evaluation.reports.report import compose_report
from sentilora.files import write_atomically
from sentilora.model.bases.known_bases import by_hub_id

if TYPE_CHECKING:
    from sentilora.evaluation.report_parts.order_part import OrderPart
    from sentilora.training.context.run_context import RunContext
    from sentilora.training.measurement import MeasuredModel
    from sentilora.training.seal import TrainingRecord


def write_report(
    context: RunContext, training: TrainingRecord, measured: MeasuredModel, order: OrderPart
) -> None:
    """Compose the report and write all its forms; ``report.json`` comes last.

    Rows that were left out are listed in ``skipped.jsonl``, those of the pairs beside those of the
    data.

    Args:
        context: the surroundings of the run.
        training: what was kept of the training.
        measured: what the model is worth.
        order: what was measured about the order of texts.
    """
    from sentilora.evaluation.reports.model_card import render_card
    from sentilora.evaluation.reports.report_html import render_html

    run, parts, base = context.run, context.parts, context.base
    read: list[HasSkipped] = [parts.train, parts.validation, parts.test]
    read += [context.pairs.train] if context.pairs is not None else []
    skipped = sum(len(part.skipped) for part in read)
    report = compose_report(
        _run_part(context, training),
        _data_part(context, training, measured, skipped),
        measured.after,
        comparison=measured.comparison,
        calibration=measured.calibration,
        order=order,
        training=training.part,
        seen=measured.seen,
        mistakes=measured.mistakes,
        old_and_new=measured.old_and_new,
    )
    if skipped:
        write_skipped(read, run.path / "skipped.jsonl")
    known = by_hub_id(base.hub_id)
    licence = known.licence if known else None
    write_atomically(run.path / "report.html", render_html(report))
    write_atomically(run.path / "README.md", render_card(report, licence=licence))
    report.write(run.path / "report.json")


def _run_part(context: RunContext, training: TrainingRecord) -> RunPart:
    config = context.config
    return RunPart(
        name=context.run.path.name,
        base=context.base.name,
        hub_id=context.base.hub_id,
        start=context.start.name if context.start else None,
        method=config.method,
        preset=config.preset,
        seed=config.seed,
        labels=context.parts.train.labels.names,
        device=training.device,
        precision=training.precision,
        max_tokens=config.text.max_tokens,
        long_text=config.text.long_text,
    )


def _data_part(
    context: RunContext, training: TrainingRecord, measured: MeasuredModel, skipped: int
) -> DataPart:
    parts, source = context.parts, context.config.data.train
    named = {"train": parts.train, "validation": parts.validation, "test": parts.test}
    return DataPart(
        source=Path(source).name or source,
        train=len(parts.train),
        validation=len(parts.validation),
        test=len(parts.test),
        label_counts={name: part.counts() for name, part in named.items()},
        truncated_share=measured.truncated_share,
        train_truncated_share=training.train_truncated_share,
        skipped=skipped,
        notes=tuple(parts.notes),
    )
