"""``sentilora check``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sentilora.cli.option_words import COMMAND_LINE, typed
from sentilora.cli.options import (
    AnyText,
    Group,
    Label,
    LabelNames,
    Scale,
    SkipBadRows,
    Stars,
    Test,
    Text,
    Validation,
)
from sentilora.message import spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.table import Table

    from sentilora.data.labelled.check import Check, Finding, PartCheck

EXAMPLE = "Example:  sentilora check reviews.csv --text body --label stars --stars 5"


def check(
    context: typer.Context,
    data: Annotated[
        str,
        typer.Argument(help="File, folder with train.* and test.*, hub data set id, or 'sample'."),
    ],
    text: Text = None,
    label: Label = None,
    group: Group = None,
    labels: LabelNames = None,
    stars: Stars = None,
    scale: Scale = None,
    any_text: AnyText = False,
    skip_bad_rows: SkipBadRows = False,
    validation: Validation = None,
    test: Test = None,
    base: Annotated[
        str | None,
        typer.Option(
            help="Base whose unknown words are counted; minilm where it is installed.",
            metavar="BASE",
        ),
    ] = None,
    deep: Annotated[
        bool,
        typer.Option(
            "--deep",
            help="Look at each row, too: likely wrong labels, near copies, junk, personal data.",
        ),
    ] = False,
    fix: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT",
            help="Write train without such rows, and a log of what was moved out, beside it.",
        ),
    ] = None,
    mask_personal: Annotated[
        bool,
        typer.Option("--mask-personal", help="Mask personal data in the texts of that file."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Say what is wrong with a data set before it is trained on.

    The exit code is 1 when a training would refuse the data.
    """
    from sentilora.cli.row_progress import RowBar
    from sentilora.quality.quality_check import check as check_data

    with RowBar("texts", is_shown=deep or fix is not None) as bar:
        found = check_data(
            data,
            deep=deep,
            fix=fix,
            mask_personal=mask_personal,
            listener=bar if deep or fix is not None else None,
            validation=validation,
            test=test,
            text=text,
            label=label,
            group=group,
            labels=labels,
            stars=stars,
            scale=scale,
            any_text=any_text,
            skip_bad_rows=skip_bad_rows,
            remarks=_remarks(base),
            **context.obj,
        )
    if as_json:
        print(json.dumps(spelled(found.to_dict(), COMMAND_LINE), indent=2, ensure_ascii=False))
    else:
        options = {
            "text": text,
            "label": label,
            "group": group,
            "labels": labels,
            "stars": stars,
            "scale": scale,
            "any_text": any_text,
            "validation": validation,
            "test": test,
            "skip_bad_rows": skip_bad_rows,
            "base": base,
        }
        from sentilora.model.bases.embedded_base import base_at_hand

        _show(found, data, options, context.obj, base or base_at_hand())
    if not found.is_usable:
        raise typer.Exit(1)


def _remarks(base: str | None) -> Callable[[Sequence[str]], list[str]] | None:
    """Return what tells of words that a base does not know, if it is at hand or named."""
    from sentilora.model.bases.coverage import remarks_of
    from sentilora.model.bases.embedded_base import embedded_folder
    from sentilora.model.bases.known_bases import BASES

    if base is None or base in BASES:
        folder = embedded_folder(BASES[base or "minilm"])
        if folder is not None:
            return remarks_of(folder, base or "minilm")
        if base is None:
            return None
    from sentilora.model.bases.coverage import remarks_by
    from sentilora.model.bases.resolved_base import resolve_base
    from sentilora.model.classifier import load_tokenizer

    resolved = resolve_base(base)
    tokenizer = load_tokenizer(resolved.source, resolved.revision)
    return remarks_by(tokenizer.backend_tokenizer, tokenizer.unk_token_id, resolved.name)


def _show(
    found: Check, data: str, options: dict[str, Any], reading: dict[str, Any], base: str | None
) -> None:
    from sentilora.cli.report_tables import console

    out = console()
    out.print(_parts(found))
    for name, part in found.parts.items():
        findings = {
            "exact duplicates": part.exact_duplicates,
            "near duplicates (case, white space)": part.near_duplicates,
            "same text, other label": part.conflicts,
        }
        for what, finding in findings.items():
            if finding.count:
                out.print(f"{name}: {_told(what, finding)}", markup=False, soft_wrap=True)
    for pair, finding in found.shared.items():
        if finding.count:
            first, second = pair.split("/")
            what = f"texts of {second} that stand in {first} as well (rows {first}/{second})"
            out.print(_told(what, finding), markup=False, soft_wrap=True)
    for note in spelled(found.notes, COMMAND_LINE):
        out.print(f"note: {note}", markup=False, soft_wrap=True)
    _show_rows(found)
    out.print()
    train = options | {"base": base}
    if found.is_usable:
        then = _training(found, data, train, reading)
        out.print("nothing stops a training", markup=False)
        out.print(f"next     {then}", markup=False, soft_wrap=True)
        return
    out.print(f"{len(found.problems)} problem(s) would stop a training", markup=False)
    for problem in spelled(found.problems, COMMAND_LINE):
        out.print(f"  {problem}", markup=False, soft_wrap=True)
    of_rows = sum(len(part.bad_rows) for part in found.parts.values())
    if len(found.problems) == of_rows and not options["skip_bad_rows"]:
        skipping = typed("train", data, **train | reading | {"skip_bad_rows": True})
        then = f"mend the rows, or leave them out: {skipping}"
    else:
        then = f"mend the data, then: {typed('check', data, **options, **reading)}"
    out.print(f"next     {then}", markup=False, soft_wrap=True)


def _training(found: Check, data: str, options: dict[str, Any], reading: dict[str, Any]) -> str:
    """Return the command that trains: on what was written, beside the parts that stayed.

    What was written is read without being told how, but may have several columns with labels.
    """
    if found.cleaned is None:
        return typed("train", data, **options | reading)
    stayed = {part: options[part] or data for part in found.parts if part != "train"}
    label = options["label"] or found.label_column or None
    return typed("train", found.cleaned.path, **options | stayed | {"label": label})


def _show_rows(found: Check) -> None:
    """Print what was found row by row, and what was written."""
    from sentilora.cli.quality_tables import cleaned_lines, show_quality
    from sentilora.cli.report_tables import console

    if found.quality is None:
        return
    out = console()
    show_quality(out, found.quality)
    if found.cleaned is not None:
        for line in cleaned_lines(found.cleaned, found.quality):
            out.print(line, markup=False, soft_wrap=True)


def _parts(found: Check) -> Table:
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=found.source, title_justify="left")
    table.add_column("")
    for name in found.parts:
        table.add_column(name, justify="right")
    parts = list(found.parts.values())
    table.add_row("rows that can be used", *map(_usable, parts))
    for label in found.labels:
        cells = [
            f"{part.counts[label]:,} ({_share(part.counts[label], part.usable)})" for part in parts
        ]
        table.add_row(f"  {escape(label)}", *cells)
    table.add_row("characters, 5 %", *[f"{part.lengths['5%']:,}" for part in parts])
    table.add_row("characters, median", *[f"{part.lengths['50%']:,}" for part in parts])
    table.add_row("characters, 95 %", *[f"{part.lengths['95%']:,}" for part in parts])
    table.add_row("characters, longest", *[f"{part.lengths['100%']:,}" for part in parts])
    return table


def _usable(part: PartCheck) -> str:
    return f"{part.usable:,}" + (f" of {part.rows:,}" if part.usable < part.rows else "")


def _share(count: int, total: int) -> str:
    return f"{count / max(1, total):.1%}"


def _told(what: str, finding: Finding) -> str:
    """Write a finding with its first rows: ``exact duplicates: 3; rows 4 = 9, 7 = 8``."""
    shown = ", ".join(" = ".join(map(str, rows)) for rows in finding.rows)
    more = ", …" if len(finding.rows) >= 10 else ""
    return f"{what}: {finding.count:,}; rows {shown}{more}"
