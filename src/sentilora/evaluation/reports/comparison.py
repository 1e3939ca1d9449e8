"""The model beside its untrained self and the baselines, and what that comes to in a sentence.

One order and one spelling for the terminal, the report page, the model card and the web app: the
baselines as they were asked for, the model before training, and the model.
"""

from __future__ import annotations

from dataclasses import dataclass

from sentilora.evaluation.baselines import BASELINES
from sentilora.evaluation.metrics import Intervals, Metrics
from sentilora.evaluation.report_parts.old_and_new import OldAndNew, SameRows
from sentilora.evaluation.report_parts.seen_part import SeenPart
from sentilora.evaluation.reports import wording
from sentilora.evaluation.reports.report import Report

MODEL, BEFORE = "model", "before"

_WAYS = {"lora": ", trained with LoRA", "full": ", all weights trained"}


@dataclass(frozen=True)
class Line:
    """One classifier in the comparison table.

    Attributes:
        key: key of the classifier: ``model``, ``before`` or the key of a baseline.
        name: name for people.
        what: explanation in one line.
        metrics: figures by name, as plain numbers.
        intervals: 95 % intervals of the figures.
    """

    key: str
    name: str
    what: str
    metrics: Metrics
    intervals: Intervals


def comparison(report: Report) -> list[Line]:
    """List the baselines, the model before training, and last the model."""
    run, others = report.run, report.comparison
    lines = [
        Line(key, baseline_name(key), part.what, part.metrics, part.intervals)
        for key, part in others.baselines.items()
    ]
    base = run.base or "model"
    if before := others.before:
        name = f"{run.start or base} before training"
        what = "the same head and adapter before the first update"
        lines.append(Line(BEFORE, name, what, before.metrics, before.intervals))
    name = f"{base} + LoRA" if run.method == "lora" else base
    what = f"this model{_WAYS.get(run.method or '', '')}"
    return [*lines, Line(MODEL, name, what, report.metrics, report.intervals)]


def best_baseline(report: Report) -> Line | None:
    """Return the most accurate baseline; None if none was run."""
    baselines = [line for line in comparison(report) if line.key not in (MODEL, BEFORE)]
    return max(baselines, key=lambda line: line.metrics["accuracy"], default=None)


def baseline_name(key: str) -> str:
    """Return the name of a baseline for people; its key, if this version does not know it."""
    return BASELINES[key].name if key in BASELINES else key


def headline(report: Report) -> str:
    """Say the result in one sentence."""
    *others, model = comparison(report)
    accuracy = wording.percent(model.metrics["accuracy"])
    ends = model.intervals.get("accuracy") or ()
    limits = ", ".join(wording.percent(end).removesuffix(" %") for end in ends)
    sentence = f"{accuracy} of {wording.count(model.metrics['rows'])} test texts right"
    before = next((line for line in others if line.key == BEFORE), None)
    rivals = [line for line in (before, best_baseline(report)) if line is not None]
    told = ", ".join(f"{line.name}: {wording.percent(line.metrics['accuracy'])}" for line in rivals)
    return sentence + (f" [{limits}]" if limits else "") + (f"; {told}" if told else "")


def verdict(report: Report) -> str | None:
    """Say whether the model beats the best baseline by more than luck; None if none was run."""
    test = report.comparison.significance
    if test is None:
        return None
    name = baseline_name(test.against)
    ours, theirs = test.only_model_right, test.only_baseline_right
    if test.is_luck:
        says = f"Not distinguishable from {name} on these rows"
    elif ours > theirs:
        says = f"Better than {name} by more than luck"
    else:
        says = f"Worse than {name} by more than luck"
    return (
        f"{says}: {wording.count(ours)} texts only this model gets right, "
        f"{wording.count(theirs)} only the baseline "
        f"(McNemar's test, {wording.p_value(test.p_value)})."
    )


def against_old(part: OldAndNew) -> list[str]:
    """Say how a model and the one that it started from did, a sentence for each set of rows."""
    told = [_both("test texts", part.old, part.test)]
    if part.corrections is not None:
        told.append(_both("held-out corrections", part.old, part.corrections))
    return told


def _both(what: str, old: str, rows: SameRows) -> str:
    says = "can be luck" if rows.is_luck else f"{'worse' if rows.is_worse else 'better'}, no luck"
    return (
        f"{wording.count(rows.rows)} {what}: {wording.percent(rows.new_accuracy)} right, {old} "
        f"{wording.percent(rows.old_accuracy)}; {wording.count(rows.only_new_right)} only this "
        f"model gets right, {wording.count(rows.only_old_right)} only {old} "
        f"({says}: McNemar's test, {wording.p_value(rows.p_value)})"
    )


def plain_words(report: Report) -> str:
    """Say the result to someone who knows no statistics: how often right, and against what."""
    model = comparison(report)[-1]
    ends = model.intervals.get("accuracy") or ()
    between = " to ".join(_of_100(end) for end in ends)
    limits = f" ({between} on other texts of this kind)" if ends else ""
    sentence = f"right on {_of_100(model.metrics['accuracy'])} of 100 texts{limits}"
    rival, test = best_baseline(report), report.comparison.significance
    if rival is None:
        return f"{sentence}."
    told = f"{sentence}; the best simple method, {rival.name}, on "
    told += _of_100(rival.metrics["accuracy"])
    if test is None:
        return f"{told}."
    luck = "can be luck: more test texts would tell" if test.is_luck else "is not luck"
    return f"{told}. The difference {luck} ({wording.p_value(test.p_value)})."


def caution(report: Report) -> str | None:
    """Say how many of the texts were seen in training, and the figures on the others."""
    return None if report.seen is None else caution_of(report.seen)


def caution_of(seen: SeenPart) -> str:
    """Say the same of the rows that any measurement met."""
    rows = wording.count(seen.train + seen.validation + seen.unseen)
    parts = {"learned from": seen.train, "used to choose and calibrate the model": seen.validation}
    counts = [(wording.count(number), how) for how, number in parts.items() if number]
    (first, how), *rest = counts
    told = f"{first} of {rows} texts were {how}" + "".join(f", {n} more {how}" for n, how in rest)
    told += ": figures that count them say little about new texts."
    if seen.figures is None:
        return f"{told} None of the texts is new to the model; measure it on others."
    metrics, ends = seen.figures.metrics, seen.figures.intervals
    both = []
    for key in ("accuracy", "macro_f1"):
        limits = wording.interval(key, ends.get(key), seen.unseen)
        name = wording.METRICS[key].title
        value = wording.metric(key, metrics[key], seen.unseen)
        both.append(f"{name[0].lower()}{name[1:]} {value}" + (f" [{limits}]" if limits else ""))
    return f"{told} On the {wording.count(seen.unseen)} others: {', '.join(both)}."


def _of_100(share: float) -> str:
    return f"{share * 100:.0f}"


def skipped_baselines(report: Report) -> dict[str, str]:
    """Return the reason for each baseline that was left out, by its name for people."""
    return {baseline_name(key): why for key, why in report.comparison.skipped.items()}
