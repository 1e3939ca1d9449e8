"""``sentilora evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sentilora.cli.option_words import COMMAND_LINE
from sentilora.cli.options import (
    AnyText,
    Engine,
    Label,
    LabelNames,
    PairsColumns,
    PairsKey,
    PairsTexts,
    Precision,
    Scale,
    SkipBadRows,
    Stars,
    Text,
)
from sentilora.defaults import SHOWN_MISTAKES
from sentilora.message import spelled

if TYPE_CHECKING:
    from sentilora.data.pairs.preference_pairs import PairFile
    from sentilora.evaluation.reports.report import Report

EXAMPLE = (
    "Example:  sentilora evaluate runs/NAME reviews-test.csv --baselines --train reviews-train.csv"
)


def evaluate(
    context: typer.Context,
    run: Annotated[str, typer.Argument(help="Run folder, its model/, an export, or 'general'.")],
    data: Annotated[
        str,
        typer.Argument(help="File, folder with test.*, hub data set id, or 'sample'."),
    ],
    text: Text = None,
    label: Label = None,
    labels: LabelNames = None,
    stars: Stars = None,
    scale: Scale = None,
    any_text: AnyText = False,
    baselines: Annotated[
        bool, typer.Option("--baselines", help="Compare with majority, VADER, TF-IDF, frozen.")
    ] = False,
    train: Annotated[
        str | None,
        typer.Option(help="What baselines learn from. Default: the train part of the data."),
    ] = None,
    pairs: Annotated[
        str | None, typer.Option(help="File of pairs: also measure how well they are ordered.")
    ] = None,
    pairs_columns: PairsColumns = None,
    pairs_texts: PairsTexts = None,
    pairs_key: PairsKey = None,
    rating: Annotated[
        str | None, typer.Option(help="Column with ratings: also measure rank correlation.")
    ] = None,
    group: Annotated[
        str | None, typer.Option(help="Column of pair ids: also count groups that are all right.")
    ] = None,
    skip_bad_rows: SkipBadRows = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    precision: Precision = "fp32",
    engine: Engine = "auto",
    mistakes: Annotated[
        int, typer.Option(min=0, help="Wrong texts that the report shows at most; 0: none.")
    ] = SHOWN_MISTAKES,
    html: Annotated[
        Path | None, typer.Option(help="Also write the report as a web page to this file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Measure a model on a labelled file, beside baselines on request."""
    from sentilora.cli.progress import ProgressBar
    from sentilora.cli.report_tables import show_evaluation
    from sentilora.evaluation.baselines import BASELINES
    from sentilora.evaluation.evaluate import evaluate as measure
    from sentilora.inference.sentiment_model import load

    _check_page(html)
    with ProgressBar() as listener:
        report = measure(
            load(run, device=device, precision=precision, engine=engine),
            data,
            text=text,
            label=label,
            labels=labels,
            stars=stars,
            scale=scale,
            any_text=any_text,
            baselines=tuple(BASELINES) if baselines else (),
            train=train,
            pairs=_pair_file(pairs, pairs_columns, pairs_texts, pairs_key),
            rating=rating,
            group=group,
            mistakes=mistakes,
            skip_bad_rows=skip_bad_rows,
            listener=listener,
            **context.obj,
        )
    report = spelled(report, COMMAND_LINE)
    if html is not None:
        _write_page(report, html)
    show_evaluation(report, run, page=html, as_json=as_json)


def _pair_file(
    path: str | None, columns: str | None, texts: str | None, key: str | None
) -> PairFile | None:
    """Put the options about pairs together."""
    from sentilora.data.pairs.pair_columns import parse_pair_columns
    from sentilora.data.pairs.preference_pairs import PairFile
    from sentilora.errors import ConfigError

    if path is None:
        options = {"columns": columns, "texts": texts, "key": key}
        given = [f"--pairs-{name}" for name, value in options.items() if value is not None]
        if given:
            raise ConfigError(f"{', '.join(given)} without pairs: name a file with --pairs FILE.")
        return None
    return PairFile(path, parse_pair_columns(columns), texts, key)


def _check_page(path: Path | None) -> None:
    """Refuse a page that could not be written now, rather than after the work."""
    from sentilora.errors import ConfigError
    from sentilora.files import path_of

    if path is not None and (path_of(path).is_dir() or not path.parent.is_dir()):
        raise ConfigError(
            f"--html {path}: expected the name of a file in a folder that exists, "
            f"e.g. --html report.html"
        )


def _write_page(report: Report, path: Path) -> None:
    from sentilora.evaluation.reports.report_html import render_html
    from sentilora.files import replacing_output

    with replacing_output(path) as stream:
        stream.write(render_html(report).encode("utf-8"))
