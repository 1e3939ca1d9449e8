"""``sentilora insights``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sentilora.cli.option_words import COMMAND_LINE, typed
from sentilora.cli.options import (
    AnyText,
    DateOrder,
    Engine,
    LabelNames,
    Precision,
    Scale,
    Stars,
    Text,
)
from sentilora.defaults import SEED

if TYPE_CHECKING:
    from sentilora.insights.insight_report import InsightReport, Theme
    from sentilora.insights.insights_result import Insights

EXAMPLE = (
    "Example:  sentilora insights general tickets.csv --text message --date created "
    "--segment product"
)
_SHOWN = 5  # themes of a kind
_QUOTE = 60  # characters


def insights(
    context: typer.Context,
    model: Annotated[str, typer.Argument(help="Run folder, its model/, an export, or 'general'.")],
    data: Annotated[
        str, typer.Argument(help="File, folder, hub data set id, or 'sample': texts to look at.")
    ],
    text: Text = None,
    label: Annotated[
        str | None, typer.Option(help="Column with labels, used instead of the model's answers.")
    ] = None,
    labels: LabelNames = None,
    stars: Stars = None,
    scale: Scale = None,
    any_text: AnyText = False,
    date: Annotated[str | None, typer.Option(help="Column with dates, in any spelling.")] = None,
    date_order: DateOrder = None,
    segments: Annotated[
        list[str] | None,
        typer.Option(
            "--segment", help="Column (product, country, version) to compare by; may be repeated."
        ),
    ] = None,
    id_: Annotated[
        str | None, typer.Option("--id", help="Column with your own id of each row.")
    ] = None,
    author: Annotated[
        str | None, typer.Option(help="Column with the writer, who weighs three texts at most.")
    ] = None,
    aspects: Annotated[
        str, typer.Option(help="Aspects to look for, e.g. 'delivery, price, staff'.")
    ] = "",
    aspect_examples: Annotated[
        str | None,
        typer.Option(help="File of texts with the aspects a person saw, in a column 'aspects'."),
    ] = None,
    since: Annotated[str | None, typer.Option(help="First day to take, e.g. 2026-09-01.")] = None,
    until: Annotated[str | None, typer.Option(help="Last day to take.")] = None,
    compare: Annotated[
        str | None,
        typer.Option(help="day, week or month: the last beside those before; or a segment."),
    ] = None,
    review: Annotated[
        int, typer.Option(min=0, help="Also write so many texts that are worth a label next.")
    ] = 0,
    labelled: Annotated[
        str | None, typer.Option(help="Labels that `sentilora label` wrote: they correct shares.")
    ] = None,
    themes: Annotated[
        str | None, typer.Option(help="themes.toml of the last report, whose themes are kept.")
    ] = None,
    output: Annotated[Path, typer.Option(help="Folder for the report.")] = Path("insights"),
    limit: Annotated[
        int | None, typer.Option(min=1, help="Texts at most (100,000); of more, as many are drawn.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of all draws.")] = SEED,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    precision: Precision = "auto",
    engine: Engine = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Tell what customers feel, and why: mood, themes, changes and segments, with evidence."""
    from sentilora.cli.progress import ProgressBar
    from sentilora.inference.sentiment_model import load
    from sentilora.insights.feedback_question import MOST_TEXTS
    from sentilora.insights.insights import insights as look_into
    from sentilora.insights.insights_result import THEMES_FILE, check_folder

    check_folder(output)
    with ProgressBar() as listener:
        found = look_into(
            load(model, device=device, precision=precision, engine=engine),
            data,
            text=text,
            label=label,
            labels=labels,
            stars=stars,
            scale=scale,
            any_text=any_text,
            date=date,
            date_order=date_order,
            segments=tuple(segments or ()),
            id=id_,
            author=author,
            aspects=aspects,
            aspect_examples=aspect_examples,
            since=since,
            until=until,
            compare=compare,
            review=review,
            labelled=labelled,
            themes=themes,
            limit=MOST_TEXTS if limit is None else limit,
            seed=seed,
            listener=listener,
            **context.obj,
        )
    found = found.spelled(COMMAND_LINE)
    page = found.write(output)
    if as_json:
        print(found.report.model_dump_json(indent=2))
    else:
        _show(found, page)
        if found.kept is not None:
            kept = page.with_name(THEMES_FILE)
            how: dict[str, Any] = {"text": text, "any_text": any_text, "label": label}
            how |= {"labels": labels, "stars": stars, "scale": scale, "date": date}
            how |= {"date_order": date_order, "segments": segments, "id": id_, "author": author}
            how |= {"compare": compare, "aspects": aspects.strip() or None}
            how |= {"aspect_examples": aspect_examples}
            again = typed("insights", model, "NEW_DATA", themes=kept, **how, **context.obj)
            print(f"next      {again}")


def _show(found: Insights, page: Path) -> None:
    """Print what a reader wants to know first, and where the rest stands."""
    from sentilora.insights.report.sentences import theme_groups
    from sentilora.insights.report.summary import summary

    report = found.report
    basis = report.basis
    skipped = "".join(f"; {count:,} left out: {why}" for why, count in basis.skipped.items())
    _lines("read", [f"{basis.texts:,} texts of {basis.source}{skipped}", *basis.notes])
    how = "labels of the data; statements by " if basis.labels_are_given else ""
    _lines("model", [f"{how}{basis.model}"])
    print()
    _lines("in short", summary(report))
    pains, delights, _ = theme_groups(report)
    _themes("Pain points", pains, report)
    _themes("Delights", delights, report)
    _aspects(report)
    print()
    _lines("page", [str(page)])
    rows = [str(page.with_name("statements.parquet"))]
    if found.review:
        rows.append(f"{page.with_name('review.csv')} ({len(found.review)} texts to label)")
    _lines("rows", rows)


def _lines(name: str, lines: Sequence[str]) -> None:
    from sentilora.cli.answer_lines import on_one_line

    for place, line in enumerate(lines):
        print(f"{name if place == 0 else '':<10}{on_one_line(line)}")


def _themes(title: str, themes: Sequence[Theme], report: InsightReport) -> None:
    from sentilora.cli.answer_lines import on_one_line
    from sentilora.insights.report import figure_words as words
    from sentilora.insights.report.sentences import direction_word

    if not themes:
        return
    print(f"\n{title:<44}{'texts':>7}{'share':>9}{'net':>7}  trend")
    for theme in themes[:_SHOWN]:
        name = theme.name if len(theme.name) < 43 else f"{theme.name[:41]}…"
        told = direction_word(theme.trend)
        share, net = words.share(theme.share.value), words.net(theme.net.value)
        print(f"{on_one_line(name):<44}{theme.texts:>7,}{share:>9}{net:>7}  {told}")
        if theme.quotes:
            said = " ".join(on_one_line(theme.quotes[0].statement).split())
            said = said if len(said) < _QUOTE else f"{said[: _QUOTE - 1]}…"
            print(f"  “{said}” (row {theme.quotes[0].row + 1:,})")
    if len(themes) > _SHOWN:
        print(f"  and {len(themes) - _SHOWN} more on the page")


def _aspects(report: InsightReport) -> None:
    from sentilora.insights.report import figure_words as words

    if not report.aspects:
        return
    print(f"\n{'Aspects':<44}{'texts':>7}{'share':>9}{'net':>7}")
    for one in report.aspects:
        net = "–" if one.net is None else words.net(one.net.value)
        print(f"{one.name:<44}{one.texts:>7,}{words.share(one.share.value):>9}{net:>7}")
