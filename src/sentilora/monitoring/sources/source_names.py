"""What ``source`` names: a file, standard input, a message broker, or an address to listen at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sentilora.errors import ConfigError
from sentilora.files import path_of
from sentilora.message import setting
from sentilora.monitoring.feedback_record import RecordColumns
from sentilora.monitoring.sources.broker_address import read_address
from sentilora.monitoring.sources.grown_file import GrownFile
from sentilora.monitoring.sources.http.door_address import (
    HTTP_SCHEMES,
    Visitors,
    open_door,
)
from sentilora.monitoring.sources.record_batch import Source
from sentilora.monitoring.sources.record_lines import FORMATS
from sentilora.monitoring.sources.stdin_source import StandardInput

STDIN = "-"
_FORMS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".txt": "text"}


def open_source(
    source: str | Path,
    *,
    name: str | None = None,
    form: str | None = None,
    columns: RecordColumns,
    follows: bool = True,
    visitors: Visitors | None = None,
    listening: Callable[[str], None] = lambda _: None,
) -> Source:
    """Open a source.

    Args:
        source: path of a file, which may be yet to come; ``-`` for standard input; the address of a
            message broker, such as ``redis://localhost/feedback``, or one to listen at, such as
            ``http://127.0.0.1:8100``.
        name: name of its channel; the file's or the stream's when None, or ``stdin`` or ``http``.
        form: ``jsonl``, ``csv`` or ``text``; as the ending of the file says when None, JSON for
            standard input and brokers.
        columns: where the parts of a record stand.
        follows: whether to wait for more at the end of a file.
        visitors: whom to let in at an address.
        listening: function that is called with the address once connections are taken.

    Raises:
        ConfigError: it is no such thing, or its form is not known.
        MissingExtraError: it needs packages that are not installed.
    """
    if form is not None and form not in FORMATS:
        raise ConfigError(f"{setting('form', form)}: expected {', '.join(FORMATS)}.")
    if str(source).startswith(HTTP_SCHEMES):
        if not follows:
            raise ConfigError(
                f"{source} never ends, and the end of a source is wanted here. Expected a file of "
                f"texts, or {setting('follow', True)}."
            )
        door = open_door("source", str(source), visitors or Visitors())
        from sentilora.monitoring.sources.http.feedback_inbox import FeedbackInbox
        from sentilora.monitoring.sources.http.listening_source import ListeningSource

        return ListeningSource(FeedbackInbox(name or "http", columns), door, listening)
    if str(source) == STDIN:
        return StandardInput(name or "stdin", form or "jsonl", columns)
    if "://" in str(source):
        return _open_broker(str(source), name, form or "jsonl", columns, follows=follows)
    path = path_of(source)
    if path.is_dir() or not path.parent.is_dir():
        what = "is a folder" if path.is_dir() else f"lies in no folder: there is no {path.parent}"
        raise ConfigError(f"{source} {what}. Expected a file of texts, or - for standard input.")
    if not follows and not path.is_file():
        raise ConfigError(
            f"There is no file {source}. Expected one, or one that is yet to come: that is waited "
            f"for with {setting('follow', True)}."
        )
    found = form or _FORMS.get(path.suffix.lower())
    if found is None:
        raise ConfigError(
            f"{source}: its ending does not say what it holds. Say it with "
            f"{setting('form', 'jsonl')}, csv or text."
        )
    return GrownFile(path.resolve(), name or path.stem, found, columns, follows=follows)


def _open_broker(
    source: str, name: str | None, form: str, columns: RecordColumns, *, follows: bool
) -> Source:
    address = read_address(source)
    if form == "csv":
        raise ConfigError(
            f"{setting('form', form)}: a message of a broker has no header. Expected jsonl, a JSON "
            "object a message, or text."
        )
    from sentilora.monitoring.sources.brokers.broker_source import BrokerSource

    return BrokerSource(address, name or address.stream, form, columns, follows=follows)
