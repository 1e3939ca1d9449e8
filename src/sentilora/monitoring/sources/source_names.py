"""What ``source`` names: a file, or standard input."""

from __future__ import annotations

from pathlib import Path

from sentilora.errors import ConfigError
from sentilora.files import path_of
from sentilora.message import setting
from sentilora.monitoring.feedback_record import RecordColumns
from sentilora.monitoring.sources.grown_file import GrownFile
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
) -> Source:
    """Open a source.

    Args:
        source: path of a file, which may be yet to come; ``-`` for standard input.
        name: name of its channel; the file's when None, or ``stdin``.
        form: ``jsonl``, ``csv`` or ``text``; as the ending of the file says when None, JSON Lines
            for standard input.
        columns: where the parts of a record stand.
        follows: whether to wait for more at the end of a file.

    Raises:
        ConfigError: it is no such thing, or its form is not known.
    """
    if form is not None and form not in FORMATS:
        raise ConfigError(f"{setting('form', form)}: expected {', '.join(FORMATS)}.")
    if str(source) == STDIN:
        return StandardInput(name or "stdin", form or "jsonl", columns)
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
