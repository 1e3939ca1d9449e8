"""``sentilora correct``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sentilora.cli.option_words import COMMAND_LINE, typed
from sentilora.errors import ConfigError

if TYPE_CHECKING:
    from sentilora.monitoring.corrections.stored_corrections import Correction

EXAMPLE = (
    "Example:  sentilora correct T-4711 negative   or:  sentilora correct --file corrected.csv"
)


def correct(
    id_: Annotated[str | None, typer.Argument(metavar="[ID]", help="Id of the text.")] = None,
    label: Annotated[
        str | None, typer.Argument(metavar="[LABEL]", help="What it is; the same label confirms.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(help="File with columns id and label, and source where it is needed."),
    ] = None,
    store: Annotated[
        str, typer.Option(help="SQLite file, or the address of a PostgreSQL database.")
    ] = "feedback.db",
    source: Annotated[
        str | None, typer.Option(help="Channel, where several of them have the id.")
    ] = None,
    by: Annotated[
        str | None, typer.Option(help="Who says so; the user of this machine if not given.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Model whose answer is meant; the last one if not given.")
    ] = None,
    text: Annotated[
        str | None,
        typer.Option(help="Words of the text, to be kept where the store keeps none."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object a line.")] = False,
) -> None:
    """Say what texts of a monitor's store really are, so that a model can learn it."""
    from sentilora.monitoring.corrections.correction import correct as say
    from sentilora.monitoring.corrections.correction import correct_file

    if file is not None:
        if id_ is not None or source is not None or text is not None:
            named = COMMAND_LINE.setting("file", str(file))
            raise ConfigError(
                f"{named} names the texts, and one was named beside it. Leave out one of the two."
            )
        done = correct_file(file, store=store, by=by, model=model)
    elif id_ is None or label is None:
        raise ConfigError(
            f"No text was named. Type: {typed('correct', 'ID', 'LABEL')}; or name a file with "
            f"columns id and label: {COMMAND_LINE.setting('file', 'FILE')}"
        )
    else:
        how = {"store": store, "source": source, "by": by, "model": model, "text": text}
        done = [say(id_, label, origin="command", **how)]  # type: ignore[arg-type]
    if as_json:
        for one in done:
            print(json.dumps(asdict(one), ensure_ascii=False))
        return
    if len(done) == 1:
        print(
            f"{'corrected' if done[0].is_change else 'confirmed':<12}{_told(done[0])}, in {store}"
        )
    else:
        changed = sum(one.is_change for one in done)
        print(f"corrected   {changed:,} texts, {len(done) - changed:,} confirmed, in {store}")
    print(f"next        {typed('train', start_from='RUN', feedback=store)}")


def _told(one: Correction) -> str:
    """Say which text was what, and is what now."""
    from sentilora.cli.answer_lines import on_one_line

    named = on_one_line(f"{one.id} of {one.source}")
    return f"{named}: {f'{one.before} → ' if one.is_change else ''}{one.after}"
