"""``sentilora export``."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from sentilora.cli.option_words import typed
from sentilora.cli.options import (
    AnyText,
    Label,
    LabelNames,
    Scale,
    SkipBadRows,
    Stars,
    Text,
)
from sentilora.defaults import MAX_CHANGED, MAX_DISAGREEMENT, MAX_DROP
from sentilora.events import Event

EXAMPLE = "Example:  sentilora export runs/NAME --to onnx --quantize int8 --output exports/reviews"


def export(
    context: typer.Context,
    run: Annotated[str, typer.Argument(help="Run folder, its model/, an export, or 'general'.")],
    to: Annotated[
        str,
        typer.Option(
            help="merged: a plain transformers folder; onnx: a file for ONNX Runtime; "
            "openvino: a model for OpenVINO; browser: a web page."
        ),
    ] = "merged",
    output: Annotated[
        Path | None, typer.Option(help="Folder to write. Default: exports/NAME-TO.")
    ] = None,
    quantize: Annotated[
        str | None,
        typer.Option(help="int8: the fastest 8-bit way that keeps --max-drop; not for merged."),
    ] = None,
    max_drop: Annotated[
        float,
        typer.Option(help="Points of macro F1 that int8 may lose on the run's validation part."),
    ] = MAX_DROP,
    max_changed: Annotated[
        float,
        typer.Option(help="Share of labels that int8 may change, of validation and train texts."),
    ] = MAX_CHANGED,
    cascade: Annotated[
        bool,
        typer.Option("--cascade", help="Let a linear model answer easy texts first."),
    ] = False,
    max_disagreement: Annotated[
        float, typer.Option(help="Share of labels that the cascade may change.")
    ] = MAX_DISAGREEMENT,
    data: Annotated[
        str | None,
        typer.Option(
            help="Labelled file, folder with test.*, hub data set id or 'sample': also measure run "
            "and export on it."
        ),
    ] = None,
    text: Text = None,
    label: Label = None,
    labels: LabelNames = None,
    stars: Stars = None,
    scale: Scale = None,
    any_text: AnyText = False,
    skip_bad_rows: SkipBadRows = False,
    runtime: Annotated[
        Path | None,
        typer.Option(
            help="With --to browser: node_modules with the page's libraries, copied into the "
            "export. Default: the page loads them from a CDN."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print path and parity as JSON.")] = False,
) -> None:
    """Write a model as files to deploy, and prove that they answer as the run does."""
    from sentilora.cli.report_tables import show_ways
    from sentilora.evaluation.report_parts.seen_part import SeenPart
    from sentilora.evaluation.reports.comparison import caution_of
    from sentilora.exports.export import export as write_export
    from sentilora.exports.first_stage_data import cascade_line
    from sentilora.exports.first_stage_fit import Cascaded
    from sentilora.exports.parity import read_parity

    print("export      writing, comparing and loading again …", file=sys.stderr)
    meant = {"labels": labels, "stars": stars, "scale": scale}
    switches = {"any_text": any_text, "skip_bad_rows": skip_bad_rows}
    rows: dict[str, Any] = {name: value for name, value in (meant | switches).items() if value}
    folder = write_export(
        run,
        to,
        output=output,
        quantize=quantize,
        max_drop=max_drop,
        max_changed=max_changed,
        cascade=cascade,
        max_disagreement=max_disagreement,
        data=data,
        text=text,
        label=label,
        listener=_print_way,
        runtime=runtime,
        **rows,
        **context.obj,
    )
    parity = read_parity(folder)
    if as_json:
        print(json.dumps({"path": str(folder), **parity}, indent=2, ensure_ascii=False))
        return
    print(
        f"parity   {parity['texts']} texts, largest logit difference "
        f"{parity['max_logit_difference']:.2g}, {parity['flipped_share']:.1%} of labels changed"
    )
    if "quantisation" in parity:
        show_ways(parity["quantisation"])
        print(_mates_line(parity["batch_mates"]))
    if "cascade" in parity:
        print(f"cascade  {cascade_line(Cascaded(**parity['cascade']))}")
    if "labelled" in parity:
        print(f"data     {_judged(parity['labelled'])}")
        if parity["labelled"]["seen"]:
            print(f"warning  {caution_of(SeenPart.from_dict(parity['labelled']['seen']))}")
    print(f"export   {folder}")
    print(f"next     {_next(folder, to)}")


def _print_way(event: Event) -> None:
    if event["kind"] == "way":
        of = f"{event['number']} of {event['total']}"
        print(f"trying      {event['name']} ({of}) …", file=sys.stderr)


def _judged(labelled: dict[str, Any]) -> str:
    """Return how right run and export are, for people."""
    parity, run, export = (labelled[part] for part in ("parity", "run", "export"))
    early = labelled["early_share"]
    return (
        f"{labelled['source']}, {parity['texts']:,} texts: accuracy {export['accuracy']:.4f} (run "
        f"{run['accuracy']:.4f}), macro F1 {export['macro_f1']:.4f} (run {run['macro_f1']:.4f}), "
        f"{labelled['changed_share']:.2%} of labels changed, largest logit difference "
        f"{parity['max_logit_difference']:.2g}"
        + ("" if early is None else f", {early:.1%} answered by the first stage")
    )


def _mates_line(mates: dict[str, Any]) -> str:
    """Return what other texts of a batch change, for people."""
    return (
        f"batches  {mates['texts']} texts alone and in batches: largest logit difference "
        f"{mates['max_logit_difference']:.2g}, {mates['flipped_share']:.1%} of labels changed"
    )


def _next(folder: Path, to: str) -> str:
    if to == "browser":
        words = ["python", "-m", "http.server", "--directory", str(folder)]
        return f"{shlex.join(words)}, and open http://localhost:8000"
    return typed("predict", folder, "a text")
