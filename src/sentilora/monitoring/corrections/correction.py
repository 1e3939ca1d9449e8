"""``correct``: say what a text of the store really is, so that the model can learn it.

What was counted of the model's answers stays as it is: it tells what the model said.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sentilora.data.columns import match_column
from sentilora.data.files.sources import locate
from sentilora.data.labelled.values.label_spellings import is_missing, spell
from sentilora.data.problems import Problems, doubled_names, quoted, raise_if_any
from sentilora.errors import ConfigError, DataError
from sentilora.files import path_of
from sentilora.message import setting
from sentilora.monitoring.corrections.stored_corrections import (
    ORIGINS,
    AskedCorrection,
    Correction,
    store_corrections,
)
from sentilora.monitoring.store.store import Store, open_store


def correct(
    id: str,  # noqa: A002 - the user's word for it
    label: str,
    *,
    store: Store | str | Path = "feedback.db",
    source: str | None = None,
    by: str | None = None,
    origin: str = "api",
    model: str | None = None,
    text: str | None = None,
) -> Correction:
    r"""Give a text of a store the label that it should have had; the same label confirms it.

    Args:
        id: id of the text.
        label: label of the model that answered, in whatever case.
        store: open store, SQLite file, or address of a PostgreSQL database.
        source: channel that the text came by; found when None and only one has the id.
        by: who says so; the user of this machine when None.
        origin: where it is said: ``page``, ``file``, ``api`` or ``command``.
        model: name of the model whose answer is corrected; the one that answered last when None.
        text: words of the text, where the store keeps none: they are kept with the correction
            then, until the text is forgotten.

    Raises:
        DataError: there is no such store, text or label; or its words are neither kept nor given.
        ConfigError: ``origin`` is none.

    Example:
        >>> import sentilora
        >>> from pathlib import Path
        >>> _ = Path("mail.jsonl").write_text('{"id": "T-1", "text": "Well, thanks a lot."}\n')
        >>> sentilora.monitor("general", "mail.jsonl", follow=False).texts
        1
        >>> sentilora.correct("T-1", "negative").after
        'negative'
    """
    asked = AskedCorrection(id, label, source, text)
    return correct_all([asked], store=store, by=by, origin=origin, model=model)[0]


def correct_all(
    asked: Sequence[AskedCorrection],
    *,
    store: Store | str | Path = "feedback.db",
    by: str | None = None,
    origin: str = "api",
    model: str | None = None,
) -> list[Correction]:
    """Give labels to several texts, or to none of them if anything is wrong with one.

    Args:
        asked: the corrections, in their order.
        store: as for :func:`correct`.
        by: as there.
        origin: as there.
        model: as there.

    Raises:
        DataError, ConfigError: as for :func:`correct`; all problems are told at once.
    """
    if origin not in ORIGINS:
        raise ConfigError(f"origin = {origin!r}: expected {', '.join(ORIGINS)}.")
    with opened(store) as there:
        return store_corrections(there, asked, by=by or _user(), origin=origin, model=model)


def correct_file(
    path: str | Path,
    *,
    store: Store | str | Path = "feedback.db",
    by: str | None = None,
    model: str | None = None,
) -> list[Correction]:
    r"""Give labels to the texts that a file names; it is checked as a whole first.

    Args:
        path: file with the columns ``id`` and ``label``, and ``source`` and ``text`` where they
            are needed.
        store: as for :func:`correct`.
        by: as there.
        model: as there.

    Raises:
        DataError: the file cannot be read, or something in it is wrong; all of it is told, and
            nothing is stored.

    Example:
        >>> import sentilora
        >>> from pathlib import Path
        >>> _ = Path("mail.jsonl").write_text('{"id": "T-1", "text": "Well, thanks a lot."}\n')
        >>> sentilora.monitor("general", "mail.jsonl", follow=False).texts
        1
        >>> _ = Path("corrections.csv").write_text("id,label\nT-1,negative\n")
        >>> len(sentilora.correct_file("corrections.csv"))
        1
    """
    return correct_all(read_asked(path), store=store, by=by, origin="file", model=model)


def read_asked(path: str | Path) -> list[AskedCorrection]:
    """Read a file of corrections.

    Raises:
        DataError: it cannot be read, lacks a column, or has rows without an id or a label.
    """
    table = locate(path).open("train")
    if doubled := doubled_names(table.names):
        raise DataError(f"{path}: {doubled}")
    columns = {name: match_column(table.names, name) for name in ("id", "label", "source", "text")}
    missing = [name for name in ("id", "label") if columns[name] not in table.names]
    if missing:
        raise DataError(
            f"{path} has no column {quoted(missing)}. Found: {quoted(table.names)}. Expected the "
            "id of a text and its label in each row: columns 'id' and 'label', and 'source' where "
            "an id is in several."
        )
    used = {name: found for name, found in columns.items() if found in table.names}
    problems = Problems(str(path))
    asked: list[AskedCorrection] = []
    for chunk in table.chunks(tuple(str(found) for found in used.values()), problems):
        for place, row in enumerate(chunk.rows):
            values = {name: _value(chunk.columns[str(at)][place]) for name, at in used.items()}
            empty = [name for name in ("id", "label") if values[name] is None]
            for name in empty:
                problems.add_row(row, f"no {name}")
            if not empty:
                told = {name: value for name, value in values.items() if value is not None}
                asked.append(AskedCorrection(**told, place=f"row {row}"))
    raise_if_any([problems], hint="Mend these rows: nothing was stored.")
    if not asked:
        raise DataError(f"{path} holds no corrections, only a header. Expected one in each row.")
    return asked


def _value(value: Any) -> str | None:
    word = spell(value)
    return None if word is None or not word.strip() or is_missing(word) else word.strip()


@contextmanager
def opened(store: Store | str | Path) -> Iterator[Store]:
    """Open a store that is there; one that is open stays so."""
    if isinstance(store, Store):
        yield store
        return
    if "://" not in str(store) and not path_of(store).is_file():
        raise DataError(
            f"There is no store {store}. Expected the file that texts were stored in: name it with "
            f"{setting('store', 'FILE')}."
        )
    with open_store(store) as opened:
        yield opened


def _user() -> str:
    """Return who works on this machine."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no such user: as in many containers
        return "unknown"
