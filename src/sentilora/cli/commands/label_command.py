"""``sentilora label``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sentilora.cli.option_words import COMMAND_LINE, typed
from sentilora.cli.options import AnyText, DateOrder, Engine, Precision, Text
from sentilora.defaults import SEED
from sentilora.message import spelled

if TYPE_CHECKING:
    from sentilora.insights.survey.survey import Survey

EXAMPLE = "Example:  sentilora label tickets.csv --text message --date created --rows 60"
_SKIP, _UNDO, _QUIT = "s", "u", "q"
_SHOWN = 3_000  # characters of a text


def label(
    context: typer.Context,
    data: Annotated[
        str, typer.Argument(help="File, folder, hub data set id, or 'sample': texts to label.")
    ],
    rows: Annotated[int, typer.Option(min=1, help="Texts to label.")] = 60,
    model: Annotated[
        str, typer.Option(help="Model whose labels are given: a run, an export, or 'general'.")
    ] = "general",
    text: Text = None,
    any_text: AnyText = False,
    date: Annotated[str | None, typer.Option(help="Column with dates, which are shown.")] = None,
    date_order: DateOrder = None,
    segments: Annotated[
        list[str] | None,
        typer.Option("--segment", help="Column (product, country) to show; may be repeated."),
    ] = None,
    output: Annotated[
        Path, typer.Option(help="File for the labels; what it holds already is gone on with.")
    ] = Path("labels.csv"),
    limit: Annotated[
        int | None,
        typer.Option(min=1, help="Texts that shares are of (20,000); of more, as many are drawn."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of all draws.")] = SEED,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    precision: Precision = "auto",
    engine: Engine = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print the shares as JSON.")] = False,
) -> None:
    """Label the texts that tell most of how many there are of each label.

    One key a text: 1, 2, 3 for the labels, s to skip, u to undo, q to stop. What the model says of
    a text is not shown. The labels correct the shares, and train a model.
    """
    from sentilora.cli.progress import ProgressBar
    from sentilora.data.files.read_options import Reading
    from sentilora.data.labelled.scan import Asked
    from sentilora.inference.sentiment_model import load
    from sentilora.insights.feedback_columns import FeedbackColumns
    from sentilora.insights.survey.survey_data import MOST_TEXTS, open_survey

    with ProgressBar() as listener:
        survey = open_survey(
            load(model, device=device, precision=precision, engine=engine),
            data,
            columns=FeedbackColumns(text, date, tuple(segments or ())),
            asked=Asked(text, None, None, None, True, Reading(**context.obj), None, any_text),
            rows=rows,
            limit=MOST_TEXTS if limit is None else limit,
            seed=seed,
            date_order=date_order,
            listener=listener,
        )
    for note in spelled(survey.feedback.notes, COMMAND_LINE):
        print(f"note: {note}", file=sys.stderr)
    if output.exists():
        print(f"{survey.resume(output)} labels of {output} are kept", file=sys.stderr)
    else:
        survey.write(output)  # refused now, not after the work
    _ask(survey, output, _reader())
    _show(survey, output, as_json)
    if len(survey) and not as_json:
        print(f"next      {typed('train', output)}")
        how: dict[str, Any] = {"text": text, "any_text": any_text, "date": date}
        how |= {"date_order": date_order, "segments": segments}
        again = typed("insights", model, data, **how, labelled=output, **context.obj)
        print(f"          {again}")


def _ask(survey: Survey, output: Path, read: Callable[[], str]) -> None:
    """Ask for one text after the other, and keep each label at once."""
    from sentilora.cli.answer_lines import on_one_line

    names = survey.feedback.labels.names
    keys = "  ".join(f"{place} {name}" for place, name in enumerate(names, 1))
    while (index := survey.next_text()) is not None:
        about = on_one_line(", ".join(survey.about(index)))
        print(f"\n{len(survey) + 1} of {survey.rows} · {about}", file=sys.stderr)
        print(_shown(survey.feedback.texts[index]), file=sys.stderr)
        print(f"{keys}  s skip  u undo  q quit: ", end="", file=sys.stderr, flush=True)
        key = read()
        print(key, file=sys.stderr)
        if key in (_QUIT, ""):
            return
        if key == _SKIP:
            survey.skip(index)
        elif key == _UNDO:
            if not survey.undo():
                print("there is nothing to undo", file=sys.stderr)
        elif key.isdigit() and 1 <= int(key) <= len(names):
            survey.answer(index, int(key) - 1)
        else:
            print(f"expected 1 to {len(names)}, s, u or q", file=sys.stderr)
            continue
        survey.write(output)


def _shown(text: str) -> str:
    """Return what a person reads of a text: its lines, cut where nobody would read on."""
    from sentilora.cli.answer_lines import on_one_line

    lines = "\n".join(map(on_one_line, text[:_SHOWN].splitlines()))
    more = f"… (the first {_SHOWN:,} of {len(text):,} characters)" if len(text) > _SHOWN else ""
    return f"{lines}{more}"


def _reader() -> Callable[[], str]:
    """Return what reads one key: of a terminal at once, of anything else a line."""
    if sys.stdin.isatty():
        from click import getchar

        return lambda: getchar().strip().casefold()[:1] or " "
    return lambda: _line()


def _line() -> str:
    """Return the first sign of the next line; nothing at the end."""
    line = sys.stdin.readline()
    return line.strip().casefold()[:1] or (" " if line else "")


def _show(survey: Survey, output: Path, as_json: bool) -> None:
    from sentilora.insights.survey.survey import FEWEST_LABELS

    shares, counted = survey.shares(), survey.counted()
    if as_json:
        told = {
            "labelled": len(survey),
            "texts": len(survey.feedback),
            "shares": None
            if shares is None
            else {name: one.model_dump() for name, one in shares.items()},
            "counted": counted,
            "output": str(output),
        }
        print(json.dumps(told, indent=2, ensure_ascii=False))
        return
    print(f"\nlabelled  {len(survey)} of {len(survey.feedback):,} texts, in {output}")
    if shares is None:
        print(f"          shares are corrected from {FEWEST_LABELS} labels on")
        return
    for name, one in shares.items():
        print(
            f"{name} share {one.value:.0%} ({100 * one.low:.0f}–{100 * one.high:.0f}), corrected; "
            f"counted {counted[name]:.0%}"
        )
