"""``evaluate``: what a model that is there is worth on any labelled file.

The labels of the data are read as the model's: its names, their known spellings, or ids in its
order; 0 and 1 alone are negative and positive, as in a training. A file whose numbers mean
something else (1 and 2, or -1 to 1) needs ``labels`` or ``scale``.

Not covered: the model before training. Only a training run knows the start of its head.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Unpack

from sentilora.data.files.read_options import Reading, ReadOptions
from sentilora.data.files.sources import locate
from sentilora.data.labelled.learned_texts import LearnedTexts
from sentilora.data.labelled.scan import Asked
from sentilora.data.pairs.preference_pairs import PairFile
from sentilora.data.stored_frames import source_name
from sentilora.defaults import RESAMPLES, SEED, SHOWN_MISTAKES
from sentilora.errors import ConfigError
from sentilora.evaluation.mistakes import find_mistakes
from sentilora.evaluation.model_baselines import Compared, run_model_baselines
from sentilora.evaluation.model_figures import (
    calibration_effect,
    compare_with,
    measure_unseen,
    measure_with_intervals,
)
from sentilora.evaluation.model_rows import Rows, given_labels, read_rows
from sentilora.evaluation.order import measure_order, read_order
from sentilora.evaluation.report_parts.run_part import DataPart, RunPart
from sentilora.evaluation.reports.report import Report, compose_report
from sentilora.events import EventLog, Listener
from sentilora.inference.sentiment_model import SentimentModel, load
from sentilora.labels import Labels
from sentilora.message import setting
from sentilora.model.artifact import Artifact
from sentilora.model.bases.coverage import language_notes
from sentilora.model.bases.known_bases import by_hub_id


def evaluate(
    model: SentimentModel | str | Path,
    data: Any,
    *,
    text: str | None = None,
    label: str | None = None,
    labels: str | Sequence[str] | Mapping[str, str] | None = None,
    stars: int | None = None,
    scale: str | None = None,
    any_text: bool = False,
    baselines: Sequence[str] = (),
    train: Any = None,
    skip_bad_rows: bool = False,
    resamples: int = RESAMPLES,
    seed: int = SEED,
    pairs: PairFile | str | Path | None = None,
    rating: str | None = None,
    group: str | None = None,
    mistakes: int = SHOWN_MISTAKES,
    listener: Listener | None = None,
    **reading: Unpack[ReadOptions],
) -> Report:
    r"""Measure a model on labelled texts.

    Args:
        model: loaded model, or the path of a run, its ``model/`` or an export.
        data: file, folder (its ``test`` part is measured), hub data set id, or ``sample``;
            or rows in memory: a table, rows as dicts, or ``(texts, labels)``.
        text: column with the text; found by name when None.
        label: column with the label; found by name when None.
        labels: label names of the values: of ids from 0 on, or of as many other numbers from the
            lowest up; values with ``=`` and a name, or a mapping, give each value its name.
        stars: highest rating (5 or 10), if the labels are ratings from 1 on; None if they are not.
        scale: worst and best rating, such as ``0-10``, if the labels are ratings on another scale.
        any_text: whether texts may be nearly all numbers, dates or single words.
        baselines: names of the baselines to compare with: ``majority``, ``vader``, ``tfidf``,
            ``frozen``.
        train: file, or rows in memory, that the baselines learn from; the ``train`` part of
            ``data`` when it has one.
        skip_bad_rows: whether to leave out rows that cannot be used; they are counted, and told in
            the notes.
        resamples: number of bootstrap resamples.
        seed: seed of the bootstrap and the baselines.
        pairs: file of graded texts or label preferences, whose order is measured as well.
        rating: column with numbers that ``signed`` should rise with, for a rank correlation.
        group: column whose values texts and their edits share, for the share of groups that are all
            right.
        mistakes: number of wrongly answered texts that the report shows at most; 0 keeps texts out.
        listener: listener to the events ``note`` (text), ``phase`` (name, total) and ``progress``
            (done).
        reading: keywords that say how the files are read: ``encoding``, ``delimiter``, ``quoting``,
            ``header``, ``columns``, ``skip_lines``, ``sheet``; found out where they are left out.

    Raises:
        DataError: the data cannot be read, or hold labels that the model does not know.
        ConfigError: ``labels`` or ``baselines`` are unknown, ``train`` is given without them, or
            texts are to be ordered by labels without a positive and a negative side.
        ModelError: there is no such model.

    Example:
        >>> import sentilora
        >>> from pathlib import Path
        >>> rows = ["text,label", "Lovely film,positive", "It broke,negative"]
        >>> _ = Path("test.csv").write_text("\n".join(rows))
        >>> sentilora.evaluate("general", "test.csv", resamples=100).metrics["rows"]
        2
    """
    if train is not None and not baselines:
        raise ConfigError(
            f"The training texts {source_name(train)} would not be used: only baselines learn from "
            f"them. Ask for some with {setting('baselines')}, or leave {setting('train')} out."
        )
    if not isinstance(model, SentimentModel):
        model = load(model)
    log = EventLog(listener)
    asked = Asked(text, label, group, stars, skip_bad_rows, Reading(**reading), scale, any_text)
    given = given_labels(labels, model.labels)
    location = locate(data, asked.reading)
    test = _with_language(read_rows(location, "test", asked, given, model.labels), model)
    for note in test.examples.notes:
        log.emit("note", text=note)
    order = read_order(
        model.labels,
        location,
        test.examples,
        pairs=pairs,
        rating=rating,
        group=group,
        skip_bad_rows=skip_bad_rows,
        log=log,
    )

    compared = Compared({}, {}, None)
    if baselines:
        place = locate(train, asked.reading) if train is not None else location
        learn = None
        if train is not None or location.has("train"):
            ungrouped = replace(asked, group=None)
            learn = read_rows(place, "train", ungrouped, given, model.labels)
        compared = run_model_baselines(baselines, model, learn, test, seed, log)

    log.emit("phase", name="score the texts", total=len(test.texts))
    scored = model.score(test.texts, progress=log.count)
    probabilities = model.probabilities(scored.logits)
    sampling = {"resamples": resamples, "seed": seed}
    ordered = measure_order(
        order, model, test.texts, probabilities, test.label_ids, log, **sampling
    )
    log.emit("phase", name="resample for intervals", total=None)
    label_ids, names = test.label_ids, model.labels
    seen = measure_unseen(
        LearnedTexts.read(model.artifact.home),
        test.texts,
        label_ids,
        probabilities,
        names,
        **sampling,
    )
    wrong = None
    if mistakes:
        wrong = find_mistakes(
            test.texts,
            test.examples.numbers("row"),
            label_ids,
            probabilities,
            names,
            baselines=compared.done,
            shown=mistakes,
        )
    return compose_report(
        _run_part(model),
        _data_part(location.source, test, compared.train, scored.truncated, model.labels),
        measure_with_intervals(label_ids, probabilities, names, **sampling),
        comparison=compare_with(
            None, compared.done, compared.skipped, label_ids, probabilities, names, **sampling
        ),
        calibration=calibration_effect(label_ids, scored.logits, names, model.calibration),
        order=ordered,
        seen=seen,
        mistakes=wrong,
    )


def _with_language(rows: Rows, model: SentimentModel) -> Rows:
    """Add to the notes that the texts are of a language that the base does not read."""
    told = language_notes(rows.examples.sample_texts(), model.artifact.settings.base)
    return replace(rows, examples=replace(rows.examples, notes=(*rows.examples.notes, *told)))


def _run_part(model: SentimentModel) -> RunPart:
    artifact = model.artifact
    settings = artifact.settings
    known = by_hub_id(settings.base)
    facts = {
        "name": artifact.path.name,
        "base": known.name if known else Path(settings.base).name,
        "method": "lora" if settings.kind == "adapter" else None,
        **_told_by_training(artifact),
        "hub_id": settings.base,
        "labels": settings.labels.names,
        "device": model.device.type,
        "precision": model.precision,
        "max_tokens": settings.rule.max_tokens,
        "long_text": settings.rule.long_text,
    }
    return RunPart(**facts)


def _told_by_training(artifact: Artifact) -> dict[str, Any]:
    """Return what the run's report, or an export's parity file, says about the training."""
    file = artifact.home / ("report.json" if artifact.run_folder else "parity.json")
    try:
        run = json.loads(file.read_text(encoding="utf-8"))["run"]
        facts = {key: run[key] for key in ("base", "method", "preset", "seed") if key in run}
    except (OSError, ValueError, KeyError, TypeError):
        return {"name": artifact.name}
    return {"name": artifact.name, **facts}


def _data_part(
    source: str, test: Rows, train: Rows | None, truncated: Sequence[bool], labels: Labels
) -> DataPart:
    parts = {"test": test} if train is None else {"train": train, "test": test}
    notes = dict.fromkeys(note for rows in parts.values() for note in rows.examples.notes)
    return DataPart(
        source=Path(source).name or source,
        train=None if train is None else len(train.texts),
        test=len(test.texts),
        label_counts={name: rows.counts(labels) for name, rows in parts.items()},
        truncated_share=sum(truncated) / max(1, len(truncated)),
        skipped=sum(len(rows.examples.skipped) for rows in parts.values()),
        notes=tuple(notes),
    )
