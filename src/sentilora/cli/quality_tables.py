"""What a deep check found in single rows, as a table for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sentilora.cli.option_words import COMMAND_LINE
from sentilora.data.labelled.quality_findings import (
    KINDS,
    MOVED,
    PERSONAL,
    Cleaned,
    QualityFindings,
)
from sentilora.message import spelled

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

SHOWN = 10  # rows of a kind; the JSON has all


def show_quality(out: Console, quality: QualityFindings) -> None:
    """Print the first rows of each kind of finding, and how many there are."""
    out.print()
    if not quality.rows:
        out.print("row by row: nothing found", markup=False)
    else:
        out.print(_table(quality))
    hidden = {
        kind: sum(by_part.values()) - SHOWN
        for kind, by_part in quality.counts.items()
        if sum(by_part.values()) > SHOWN
    }
    if hidden:
        more = ", ".join(f"{count:,} more of “{kind}”" for kind, count in hidden.items())
        out.print(f"not shown: {more}; the JSON has all", markup=False, soft_wrap=True)
    if quality.judge:
        out.print(f"labels: {quality.judge}", markup=False, soft_wrap=True)
    for part, tally in quality.languages.items():
        told = ", ".join(f"{code} {count:,}" for code, count in list(tally.items())[:5])
        out.print(f"languages of {part}: {told}", markup=False, soft_wrap=True)
    for note in spelled(quality.notes, COMMAND_LINE):
        out.print(f"note: {note}", markup=False, soft_wrap=True)


def _table(quality: QualityFindings) -> Table:
    from rich.markup import escape
    from rich.table import Table

    table = Table(title="row by row", title_justify="left")
    table.add_column("row", justify="right")
    for name in ("found", "label", "why", "text"):
        table.add_column(name, overflow="fold")
    counts = quality.counts
    for kind in (kind for kind in KINDS if kind in counts):
        rows = [one for one in quality.rows if one.kind == kind]
        for place, one in enumerate(rows[:SHOWN]):
            what = f"{kind} ({len(rows):,})" if place == 0 else ""
            where = str(one.row) if one.part == "train" else f"{one.part} {one.row}"
            table.add_row(where, what, *map(escape, (one.label, one.reason, one.text)))
        table.add_section()
    return table


def cleaned_lines(cleaned: Cleaned, quality: QualityFindings) -> list[str]:
    """Say what was written, and what stayed in spite of a finding."""
    lines = [
        f"wrote    {cleaned.path}: {cleaned.kept:,} rows; {cleaned.moved_rows:,} moved out"
        + (f", {cleaned.masked_rows:,} masked" if cleaned.masked_rows else "")
    ]
    if cleaned.moved:
        told = ", ".join(f"{count:,} {kind}" for kind, count in cleaned.moved.items())
        lines.append(f"log      {cleaned.log}: {told}")
    train = [one for one in quality.rows if one.part == "train"]
    gone = {one.row for one in train if one.kind in MOVED}
    kept = {one.kind for one in train if one.row not in gone}
    if cleaned.masked_rows:
        kept.discard(PERSONAL)
    if stays := [kind for kind in KINDS if kind in kept]:
        lines.append(f"stayed   rows with {' and '.join(stays)}")
    return lines
