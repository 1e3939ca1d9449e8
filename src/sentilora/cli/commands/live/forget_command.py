"""``sentilora forget``."""

from __future__ import annotations

from typing import Annotated

import typer

EXAMPLE = "Example:  sentilora forget T-4711"


def forget(
    id_: Annotated[str, typer.Argument(metavar="ID", help="Id of the text.")],
    store: Annotated[
        str, typer.Option(help="SQLite file, or the address of a PostgreSQL database.")
    ] = "feedback.db",
    source: Annotated[str | None, typer.Option(help="Channel; all of them if not given.")] = None,
) -> None:
    """Remove a text from the store of a monitor, with all that was counted of it."""
    from sentilora.monitoring.forget import forget as take_out

    number = take_out(id_, store=store, source=source)
    print(f"forgotten   {number} {'text' if number == 1 else 'texts'} of {store}")
