"""``sentilora predict``."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from sentilora.cli.option_words import COMMAND_LINE, typed
from sentilora.cli.options import Engine, Precision, Text
from sentilora.cli.predict_request import (
    STDIN,
    PredictRequest,
    check_request,
    refuse_dashed_text,
)
from sentilora.cli.setting_options import ReadingCommand

if TYPE_CHECKING:
    from sentilora.inference.rows.answers import FileSummary
    from sentilora.inference.rows.text_rows import TextRows
    from sentilora.inference.sentiment_model import SentimentModel

EXAMPLE = (
    "Example:  sentilora predict runs/NAME 'Great film' 'Never again'"
    "   or:  sentilora predict runs/NAME --input reviews.csv --output scored.csv"
)


class PredictCommand(ReadingCommand):  # type: ignore[valid-type, misc]
    """The command, which tells texts that begin like options how to come in."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Refuse a text that would be taken for an option, before it is."""
        options = [one for one in self.get_params(ctx) if one.param_type_name == "option"]
        valued = {name for one in options if not one.is_flag for name in one.opts}
        refuse_dashed_text(args, valued)
        left: list[str] = super().parse_args(ctx, args)
        return left


def predict(
    context: typer.Context,
    run: Annotated[
        str | None, typer.Argument(help="Run folder, its model/, an export, or 'general'.")
    ] = None,
    texts: Annotated[
        list[str] | None, typer.Argument(metavar="TEXT", help="Texts, in quotes.")
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--input",
            metavar="FILE|-",
            help="File of rows of any format (CSV, Excel, JSON, Parquet, Arrow, one text a line; "
            "packed, too), or a folder that is one table. '-' is standard input: JSON or JSON "
            "Lines when it begins like that, CSV when its first line that is not blank names "
            "columns, else one text a line.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(help="File to write, in the format of its ending, all input columns kept."),
    ] = None,
    text: Text = None,
    threshold: Annotated[
        float | None,
        typer.Option(help="Mark answers with a lower score as abstained (shown with '?')."),
    ] = None,
    skip_bad_rows: Annotated[
        bool, typer.Option("--skip-bad-rows", help="Leave rows without a text unanswered.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show what each word contributed to the label.")
    ] = False,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help="Go on with an --output whose prediction was stopped, if it was."
        ),
    ] = False,
    escape_formulas: Annotated[
        bool,
        typer.Option(
            "--escape-formulas",
            help="Put a ' before cells of a .csv or .tsv --output that a spreadsheet would run "
            "(they begin with = + - @).",
        ),
    ] = False,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help="Print one JSON object a text; with --output, one with the summary."
        ),
    ] = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    precision: Precision = "fp32",
    engine: Engine = "auto",
) -> None:
    """Predict texts, standard input, or a file of any length, in input order.

    Without --output the answers are printed, one line a text: label, score, text.

    Into a pipe these are separated by tabs; on a terminal the text is cut to the width.
    """
    request = PredictRequest(
        run=_named(run),
        texts=texts or [],
        source=source,
        output=output,
        text=text,
        threshold=threshold,
        skip_bad_rows=skip_bad_rows,
        resume=resume,
        escape_formulas=escape_formulas,
        explain=explain,
        as_json=as_json,
        reading=context.obj,
    )
    check_request(request)
    from sentilora.inference.sentiment_model import load

    with _opened(request) as opened:
        model = load(request.run, device=device, precision=precision, engine=engine)
        gc.freeze()  # all that was imported stays, and need not be looked at for each few rows
        try:
            _run(request, model, opened)
        finally:
            gc.unfreeze()


def _named(run: str | None) -> str:
    from sentilora.errors import ConfigError

    if run is None:
        raise ConfigError(
            "No run was named. Expected the folder of a run, its model/ folder, an export, or "
            f"'general'. Type: {typed('predict', 'general', 'Great film')}"
        )
    return run


@contextmanager
def _opened(request: PredictRequest) -> Iterator[TextRows | Iterable[list[Any]]]:
    """Open what is to be predicted: rows of a file, or lists of texts."""
    from sentilora.data.files.read_options import Reading
    from sentilora.inference.rows.text_lines import NAME, LineStream, spooled, texts_as_json
    from sentilora.inference.rows.text_rows import open_rows, refuse_bad_rows

    skip = request.skip_bad_rows
    how = Reading(**request.reading)
    if request.source not in (None, STDIN):
        yield open_rows(str(request.source), text=request.text, skip_bad_rows=skip, reading=how)
        return
    if request.source is None:
        name, column, lines = "the texts", "text", texts_as_json(request.texts)
        if not skip:
            refuse_bad_rows(name, [request.texts])
        values: Iterable[list[Any]] = [request.texts]
    else:
        if sys.stdin.isatty():
            print("type one text a line; end with Ctrl-D", file=sys.stderr)
        stdin = cast(BufferedReader, sys.stdin.buffer)
        stream = LineStream(stdin, text=request.text, reading=how)
        if stream.whole:
            kind = stream.whole.upper()
            print(f"note: {NAME} is read as {kind}, not as one text a line", file=sys.stderr)
            how = replace(how, encoding=None)  # the lines are UTF-8 now
            with spooled(stream.raw_lines(), f"lines.{stream.whole}") as path:
                yield open_rows(path, text=request.text, skip_bad_rows=skip, name=NAME, reading=how)
            return
        if stream.lone_name is not None:
            name = stream.lone_name.strip('" ')
            # A text of the only column may hold commas, but hardly tabs.
            way = COMMAND_LINE.setting("text", name)
            way += f" {COMMAND_LINE.setting('delimiter', 'tab')}"
            told = f"'{name}', is answered as a text; if it names the column, add {way}"
            print(f"note: the first line of {NAME}, {told}", file=sys.stderr)
        name, column, lines = NAME, stream.column, stream.json_lines(skip_bad_rows=skip)
        values = stream.values(skip_bad_rows=skip)
    if request.output is None:
        yield values
        return
    with spooled(lines) as path:
        yield open_rows(path, text=column, skip_bad_rows=skip, name=name)


def _run(
    request: PredictRequest, model: SentimentModel, opened: TextRows | Iterable[list[Any]]
) -> None:
    from sentilora.cli import answer_lines
    from sentilora.cli.row_progress import RowBar
    from sentilora.inference.rows.predict_file import predict_file
    from sentilora.inference.rows.text_rows import TextRows

    if request.output is not None and isinstance(opened, TextRows):
        with _resumable(request.output), RowBar("predict") as bar:
            summary = predict_file(
                model,
                opened,
                request.output,
                threshold=request.threshold,
                skip_bad_rows=request.skip_bad_rows,
                resume=request.resume,
                escape_formulas=request.escape_formulas,
                listener=bar,
            )
        answer_lines.print_summary(summary)
        if request.as_json:
            answer_lines.print_summary_json(summary, request.output)
        names = opened.batches.schema.names
        answer_lines.print_output(request.output, _following(request, names))
        return
    summary = _print_all(request, model, opened)
    if request.source is not None:
        answer_lines.print_summary(summary)
        return
    if summary.truncated:
        limit = model.encoder.rule.max_tokens
        print(f"note: texts over {limit} tokens: {summary.truncated}", file=sys.stderr)
    if summary.unknown:
        print(
            f"note: texts of which the base {model.artifact.settings.base} does not know half or "
            f"more: {summary.unknown}",
            file=sys.stderr,
        )
    for note in summary.notes:
        print(f"note: {note}", file=sys.stderr)


@contextmanager
def _resumable(output: Path) -> Iterator[None]:
    """Tell who stops the block how to go on."""
    from sentilora.inference.rows.resume_file import kept_path

    try:
        yield
    except KeyboardInterrupt:
        if kept_path(output).exists():
            print("\nThe answers so far are kept. To go on, add --resume.", file=sys.stderr)
        raise


def _print_all(
    request: PredictRequest, model: SentimentModel, opened: TextRows | Iterable[list[Any]]
) -> FileSummary:
    """Print the answers as they come."""
    from sentilora.cli.answer_lines import print_json, print_plain
    from sentilora.cli.row_progress import RowBar
    from sentilora.inference.rows.answers import Answerer
    from sentilora.inference.rows.text_rows import TextRows

    show = print_json if request.as_json else print_plain
    total: int | None = None
    notes: tuple[str, ...] = ()
    if isinstance(opened, TextRows):
        notes = opened.batches.notes
        total = opened.batches.row_count
        opened = map(opened.texts_of, opened.batches)
    is_typing = request.source == STDIN and sys.stdin.isatty()
    is_shown = request.source is not None and not sys.stdout.isatty() and not is_typing
    with RowBar("predict", is_shown=is_shown) as bar:
        answerer = Answerer(model, threshold=request.threshold, total=total, listener=bar)
        for values in opened:
            predictions = answerer.answer(values).predictions()
            if request.explain:
                for value, prediction in zip(values, predictions, strict=True):
                    why = None if prediction is None else model.explain(value)
                    show([value], [prediction], [why])
            else:
                show(values, predictions)
    return answerer.summary(notes=notes)


def _following(request: PredictRequest, names: list[str]) -> str:
    """Return the next command: measure what has labels, else find the doubtful rows."""
    from sentilora.data.columns import LABEL_NAMES, RATING_NAMES, fold_name

    labelled = [name for name in map(fold_name, names) if name in LABEL_NAMES]
    # Ratings would have to be explained, and of two columns one to be chosen.
    is_plain = len(labelled) == 1 and labelled[0] not in RATING_NAMES
    if request.source not in (None, STDIN) and is_plain:
        given: dict[str, Any] = {"text": request.text, **request.reading}
        given["skip_bad_rows"] = request.skip_bad_rows
        return typed("evaluate", request.run, request.source, **given)
    return typed("predict", request.run, "another text", json=True)
