"""``sentilora forget``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sentilora.errors import DataError
from sentilora.message import setting

EXAMPLE = "Example:  sentilora forget --id T-4711"


def forget(
    id_: Annotated[str, typer.Option("--id", help="Id of the text, or of several sources' texts.")],
    store: Annotated[
        str, typer.Option(help="SQLite file, or the address of a PostgreSQL database.")
    ] = "feedback.db",
    source: Annotated[str | None, typer.Option(help="Channel; all of them if not given.")] = None,
) -> None:
    """Remove a text from a store, with its answers and what was counted of it."""
    from sentilora.monitoring.store.store import open_store

    if "://" not in store and not Path(store).is_file():
        raise DataError(
            f"There is no store {store}. Expected the file that texts were stored in: name it with "
            f"{setting('store', 'FILE')}."
        )
    with open_store(store) as opened:
        number = opened.forget(id_, source)
    if not number:
        where = f"{store}, source {source}" if source else store
        raise DataError(
            f"{where} holds no text with the id {id_!r}. Expected an id as it was sent."
        )
    print(f"forgotten   {number} {'text' if number == 1 else 'texts'} of {store}")
