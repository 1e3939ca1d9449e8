"""``forget``: take a text out of a store, and out of all that was counted of it."""

from __future__ import annotations

from pathlib import Path

from sentilora.errors import DataError
from sentilora.files import path_of
from sentilora.message import setting
from sentilora.monitoring.store.store import open_store


def forget(
    id: str,  # noqa: A002 - the user's word for it
    *,
    store: str | Path = "feedback.db",
    source: str | None = None,
) -> int:
    """Remove a text from a store: its words, its answers, and what was counted of it.

    Alerts that quoted it lose the quote. What was sent to somebody, or lies in the file that it
    came from, is beyond reach.

    Args:
        id: id of the text.
        store: SQLite file, or the address of a PostgreSQL database.
        source: channel that it came by; all of them when None.

    Returns:
        How many texts were removed: one of each channel that had the id.

    Raises:
        DataError: there is no such store, or no such text in it.

    Example:
        >>> import sentilora
        >>> from pathlib import Path
        >>> _ = Path("mail.jsonl").write_text('{"id": "T-1", "text": "It broke after a day."}')
        >>> sentilora.monitor("general", "mail.jsonl", follow=False).texts
        1
        >>> sentilora.forget("T-1")
        1
    """
    if "://" not in str(store) and not path_of(store).is_file():
        raise DataError(
            f"There is no store {store}. Expected the file that texts were stored in: name it with "
            f"{setting('store', 'FILE')}."
        )
    with open_store(store) as opened:
        number = opened.forget(id, source)
    if not number:
        where = f"{store}, source {source}" if source else str(store)
        raise DataError(f"{where} holds no text with the id {id!r}. Expected an id as it was sent.")
    return number
