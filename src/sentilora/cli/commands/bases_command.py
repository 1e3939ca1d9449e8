"""``sentilora bases``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sentilora.cli.option_words import typed

if TYPE_CHECKING:
    from sentilora.model.bases.known_bases import Base

EXAMPLE = "Example:  sentilora bases --install minilm"


def bases(
    install: Annotated[
        str | None,
        typer.Option(help="Put an embedded base into the Hugging Face cache, for plain libraries."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the table as JSON.")] = False,
) -> None:
    """List the bases that have a name, and where their weights are."""
    from sentilora.model.bases.embedded_base import install_base
    from sentilora.model.bases.known_bases import BASES

    if install is not None:
        path = install_base(install)
        if as_json:
            print(json.dumps({"installed": install, "path": str(path)}))
            return
        print(f"installed   {path}")
        print(f"next        {typed('train', 'DATA', base=install)}")
        return
    rows = [_describe(base) for base in BASES.values()]
    if as_json:
        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    _show(rows)


def _describe(base: Base) -> dict[str, Any]:
    facts = asdict(base)
    kept = ("name", "hub_id", "revision", "parameters_m", "max_tokens", "licence", "note")
    return {**{key: facts[key] for key in kept}, "weights": _places(base)}


def _places(base: Base) -> list[str]:
    """Say where the weights are: ``embedded``, ``cache``, ``hub``, or ``extra`` (to install)."""
    from huggingface_hub import try_to_load_from_cache

    from sentilora.errors import MissingExtraError
    from sentilora.model.bases.resolved_base import resolve_base

    places = []
    try:
        if Path(resolve_base(base.name).source).is_dir():
            places.append("embedded")
    except MissingExtraError:
        return ["extra"]
    files = ("model.safetensors", "pytorch_model.bin")
    found = [try_to_load_from_cache(base.hub_id, file, revision=base.revision) for file in files]
    if any(isinstance(path, str) for path in found):
        places.append("cache")
    return places or ["hub"]


def _show(rows: list[dict[str, Any]]) -> None:
    from rich.table import Table

    from sentilora.cli.report_tables import console

    said = {
        "embedded": "embedded",
        "cache": "in the cache",
        "hub": "hub",
        "extra": "pip install 'sentilora[embedded]'",
    }
    table = Table()
    for heading in ("name", "hub id"):
        table.add_column(heading, no_wrap=True)
    for heading in ("parameters", "tokens"):
        table.add_column(heading, justify="right")
    for heading in ("licence", "weights"):
        table.add_column(heading)
    for row in rows:
        table.add_row(
            row["name"],
            row["hub_id"],
            f"{row['parameters_m']:.0f} M",
            f"{row['max_tokens']:,}",
            row["licence"],
            ", ".join(said[place] for place in row["weights"]),
        )
    out = console()
    out.print(table)
    out.print(f"\nnext     {typed('train', 'DATA', base='NAME')}", markup=False)
