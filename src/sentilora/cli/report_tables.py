"""Results as tables on stdout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sentilora.cli.option_words import COMMAND_LINE, typed
from sentilora.evaluation.reports.wording import COLUMNS, calibrated_by, duration, exact
from sentilora.message import spelled

if TYPE_CHECKING:
    from sentilora.evaluation.metrics import Measured
    from sentilora.evaluation.report_parts.order_part import OrderFigures, OrderPart, TrainedPairs
    from sentilora.evaluation.report_parts.training_part import Cost
    from sentilora.evaluation.reports.comparison import Line
    from sentilora.evaluation.reports.report import Report
    from sentilora.runs.run_folder import Run
    from sentilora.training.seeds import SeedSummary

MOST_LABELS_ACROSS = 10  # more do not fit on a screen


def console() -> Console:
    """Return a console on stdout that never wraps what is piped."""
    out = Console(highlight=False)
    return out if out.is_terminal else Console(highlight=False, width=120)


def show_run(run: Run, *, as_json: bool) -> None:
    """Print the outcome of a training, and what to try if simple methods are as good."""
    from sentilora.evaluation.reports.remedies import remedies
    from sentilora.evaluation.reports.report import Report
    from sentilora.runs.run_folder import CONFIG

    if as_json:
        print(json.dumps(run.report, indent=2, ensure_ascii=False))
        return
    report = Report.from_dict(run.report)
    out = console()
    out.print(comparison_table(report))
    print_words(out, report)
    if report.cost is not None:
        out.print(cost_line(report.cost), markup=False)
    if report.order.trained is not None:
        out.print(pairs_line(report.order.trained), markup=False, soft_wrap=True)
    if report.training is not None and report.training.proof is not None:
        proof = report.training.proof
        out.print(
            f"proved: loaded in a clean process, {proof.texts} texts, largest logit difference "
            f"{proof.max_logit_difference:g}",
            markup=False,
        )
    out.print(f"\nreport   {run.path / 'report.html'}", markup=False, soft_wrap=True)
    out.print(f"model    {run.model_path}", markup=False, soft_wrap=True)
    is_better = report.old_and_new is not None and not report.old_and_new.is_worse
    then = typed("promote", run.path) if is_better else typed("predict", run.path, "a text")
    out.print(f"next     {then}", markup=False, soft_wrap=True)
    for remedy in remedies(report, run.config, run.path / CONFIG):
        told = remedy.spelled(COMMAND_LINE)
        out.print(f"helps    {told}", markup=False, soft_wrap=True)


def cost_line(cost: Cost) -> str:
    """Say what a training took, in one line."""
    energy = "" if cost.energy_kwh is None else f", {cost.energy_kwh * 1000:.2f} Wh"
    return (
        f"trained in {duration(cost.seconds)}, {cost.tokens_per_second or 0:,.0f} tokens/s"
        f"{energy}; {(cost.model_bytes or 0) / 1e6:.1f} MB stored, the full model has "
        f"{(cost.full_model_bytes or 0) / 1e6:.0f} MB"
    )


def comparison_table(report: Report) -> Table:
    """Build the table of the baselines, the untrained model and the model, which stands out."""
    from sentilora.evaluation.reports.comparison import MODEL, comparison

    table = Table(
        title=f"{report.metrics['rows']:,.0f} test rows, 95 % intervals", title_justify="left"
    )
    table.add_column("")
    for column in COLUMNS:
        table.add_column(column.heading, justify="right")
    for line in comparison(report):
        style = "bold" if line.key == MODEL else None
        table.add_row(escape(line.name), *_cells(line), style=style)
    return table


def print_words(out: Console, report: Report) -> None:
    """Print what the figures come to, and what to beware of."""
    from sentilora.evaluation.reports.comparison import against_old, caution, plain_words

    out.print(plain_words(report), markup=False, soft_wrap=True)
    for line in against_old(report.old_and_new) if report.old_and_new else []:
        out.print(f"old and new: {line}", markup=False, soft_wrap=True)
    if warning := caution(report):
        out.print(f"warning: {warning}", style="bold yellow", markup=False, soft_wrap=True)


def show_ways(part: dict[str, Any]) -> None:
    """Print what ``sentilora export --quantize`` tried, and what it shipped."""
    fp32, fp32_bytes = part["fp32"], part["fp32_bytes"]
    table = Table(
        title=f"int8 on {part['rows']:,} {part['source']}, at most {part['max_drop']:g} points "
        f"lost; at most {part['max_changed']:.2%} of {part['changed_texts']:,} labels changed",
        title_justify="left",
    )
    table.add_column("")
    for heading in ("macro F1", "points", "labels changed", "texts/s", "speed", "MB"):
        table.add_column(heading, justify="right")
    rates = [f"{way['speeds']['fp32']:,.1f}" for way in part["ways"] if way["speeds"]]
    rate = rates[0] if rates else ""  # the same beside every way
    size = f"{fp32_bytes / 1e6:.1f}"
    table.add_row("fp32", f"{fp32['macro_f1']:.4f}", "", "", rate, "1.00", size)
    for way in part["ways"]:
        style = "bold" if way["name"] == part["chosen"] else None
        name = f"{way['name']} (shipped)" if style else way["name"]
        table.add_row(escape(name), *_way_cells(way), style=style)
    out = console()
    out.print(table)
    if part["doubt"]:
        out.print(part["doubt"], markup=False, soft_wrap=True)
    if part["bf16"]:
        ratios = {name: f"{speeds['ratio']:.2f}" for name, speeds in part["bf16"].items()}
        out.print(
            f"with --precision bf16: {ratios['int8']} times the speed of fp32, and "
            f"{ratios['fp32']} times without int8",
            markup=False,
            soft_wrap=True,
        )
    for way in part["ways"]:
        if way["problem"]:
            out.print(f"{way['name']}: {way['problem']}", markup=False, soft_wrap=True)


def _way_cells(way: dict[str, Any]) -> list[str]:
    if way["problem"]:
        return ["does not work"]
    speeds = way["speeds"]
    return [
        f"{way['accuracy']['macro_f1']:.4f}",
        f"{-way['drop'] if way['drop'] else 0:+.2f}",
        f"{way['flipped_share']:.2%}",
        f"{speeds['way']:,.1f}",
        f"{speeds['ratio']:.2f}",
        f"{way['bytes'] / 1e6:.1f}",
    ]


def pairs_line(pairs: TrainedPairs) -> str:
    """Say what became of the order of the held-out pairs of a run."""
    told = f"{pairs.trained:,} {pairs.kind} trained on"
    if pairs.after is None or pairs.before is None:
        return f"pairs: {told}, none held out to measure with"
    return (
        f"pairs: {told}, {pairs.held_out:,} held out: {order_line(pairs.after)}, before training "
        f"{exact(pairs.before.value)}"
    )


def order_line(figures: OrderFigures) -> str:
    """Write the one figure about order with its interval: ``ranking accuracy 0.81 (0.79–0.83)``."""
    limits = ""
    if figures.interval and figures.value is not None:
        limits = f" ({'–'.join(exact(end) for end in figures.interval)})"
    return f"{figures.name.replace('_', ' ')} {exact(figures.value)}{limits}"


def order_lines(order: OrderPart) -> list[str]:
    """Say what an evaluation measured about order, a line for each thing it was measured on."""
    lines = []
    if pairs := order.pairs:
        told = f"{pairs.figures.metrics['pairs']:,} pairs of {pairs.source}"
        lines.append(f"{told}: {order_line(pairs.figures)}")
    if ratings := order.ratings:
        told = f"{ratings.figures.metrics['rows']:,} rows, column '{ratings.column}'"
        lines.append(f"{told}: {order_line(ratings.figures)}")
    if groups := order.groups:
        told = f"{groups.figures.metrics['groups']:,} groups of '{groups.column}'"
        lines.append(f"{told}: {order_line(groups.figures)}")
    return lines


def show_evaluation(report: Report, run: str, *, page: Path | None, as_json: bool) -> None:
    """Print what ``sentilora evaluate`` measured."""
    if as_json:
        print(json.dumps(report.to_dict(), indent=2, ensure_ascii=False))
        return
    out = console()
    out.print(comparison_table(report))
    print_words(out, report)
    out.print(per_label(report.after))
    if report.after.confusion and len(report.label_names) <= MOST_LABELS_ACROSS:
        out.print(confusion(report))
    if calibration := report.calibration:
        out.print(
            f"{calibrated_by(calibration.fitted)}: ECE {exact(calibration.ece_uncalibrated)} → "
            f"{exact(calibration.ece)}; {report.dataset.truncated_share or 0:.1%} of the texts "
            "were cut",
            markup=False,
        )
    for line in order_lines(report.order):
        out.print(line, markup=False, soft_wrap=True)
    out.print()
    if page is not None:
        out.print(f"report   {page}", markup=False, soft_wrap=True)
    out.print(f"next     {typed('predict', run, 'a text')}", markup=False, soft_wrap=True)


def per_label(measured: Measured) -> Table:
    """Build the table of precision, recall and F1 of each label."""
    table = Table(title="labels", title_justify="left")
    table.add_column("")
    for heading in ("precision", "recall", "F1", "rows"):
        table.add_column(heading, justify="right")
    for name, figures in measured.per_label.items():
        shares = [exact(share) for share in (figures.precision, figures.recall, figures.f1)]
        table.add_row(escape(name), *shares, f"{figures.support:,}")
    return table


def confusion(report: Report) -> Table:
    """Build the confusion matrix: true labels down, answers across, right answers in bold."""
    names = report.label_names
    table = Table(title="true label down, answer across", title_justify="left")
    table.add_column("")
    for name in names:
        table.add_column(escape(name), justify="right")
    for down, (name, row) in enumerate(zip(names, report.after.confusion, strict=True)):
        cells = [f"{count:,}" for count in row]
        cells[down] = f"[bold]{cells[down]}[/bold]"
        table.add_row(escape(name), *cells)
    return table


def _cells(line: Line) -> list[str]:
    cells = [exact(line.metrics.get(column.key)) for column in COLUMNS]
    if limits := line.intervals.get("accuracy"):
        low, high = limits
        cells[0] += f" ({low:.3f}–{high:.3f})"
    return cells


def show_seeds(summary: SeedSummary) -> None:
    """Print mean and interval over several seeds."""
    out = console()
    table = Table(title=f"{len(summary.runs)} seeds, mean and 95 % interval", title_justify="left")
    table.add_column("")
    for run in summary.runs:
        table.add_column(run.path.name.rsplit("-", 1)[-1], justify="right")
    table.add_column("mean", justify="right")
    table.add_column("interval", justify="right")
    for column in COLUMNS:
        low, high = summary.intervals[column.key]
        table.add_row(
            column.heading,
            *[exact(value) for value in summary.values[column.key]],
            exact(summary.means[column.key]),
            f"{exact(low)}–{exact(high)}",
        )
    out.print(table)
    out.print(f"\nsummary  {summary.path}", markup=False, soft_wrap=True)


def show_dry_run(estimate: dict[str, Any], *, as_json: bool) -> None:
    """Print what a training would do and take."""
    estimate = spelled(estimate, COMMAND_LINE)
    if as_json:
        print(json.dumps(estimate, indent=2, ensure_ascii=False))
        return
    import tomli_w

    out = console()
    out.print(tomli_w.dumps(estimate["config"]), markup=False)
    rows = {part: f"{count:,} {part}" for part, count in estimate["rows"].items()}
    trainable, total = estimate["trainable_parameters"], estimate["total_parameters"]
    facts = {
        "rows": ", ".join(rows[part] for part in ("train", "validation", "test")),
        **({"left out": f"{estimate['left_out']:,} rows"} if estimate["left_out"] else {}),
        "labels": ", ".join(f"{name} {n:,}" for name, n in estimate["label_counts"].items()),
        **({"pairs": f"{estimate['pairs']:,} to train on"} if "pairs" in estimate else {}),
        "cut texts": f"{estimate['truncated_share']:.1%} of train",
        "device": f"{estimate['device']} ({estimate['precision']})",
        "updates": f"{estimate['steps']:,} over {estimate['epochs']} epochs",
        "tokens": f"{estimate['tokens']:,}",
        "trainable": f"{trainable:,} of {total:,} weights ({trainable / total:.2%})",
        "speed": f"{estimate['tokens_per_second']:,.0f} tokens/s, measured on two updates",
        "training": f"about {duration(estimate['training_s'])}",
        "memory": f"about {estimate['memory_bytes'] / 1e9:.1f} GB",
        "disk": f"about {estimate['disk_bytes'] / 1e6:.0f} MB",
    }
    for name, text in [*facts.items(), *(("note", note) for note in estimate["notes"])]:
        out.print(f"{name:<11} {text}", markup=False, soft_wrap=name == "note")
    out.print("\nnothing was written; leave out --dry-run to train", markup=False)
