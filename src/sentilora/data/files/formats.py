"""The file endings that can be read and written, and the way in for those that cannot."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sentilora.errors import DataError

PACKINGS = (".gz", ".bz2", ".xz", ".zst")
LINES = (".jsonl", ".ndjson")
WORKBOOKS = (".xlsx", ".xlsm", ".ods")
ARROW = (".arrow", ".feather")
_PLAIN = (".csv", ".tsv", ".txt", ".json", *LINES, ".parquet", *ARROW, *WORKBOOKS)
_TEXT = (".csv", ".tsv", *LINES)

ENDINGS = (*_PLAIN, ".zip", *(plain + packing for plain in _PLAIN for packing in PACKINGS))
WRITABLE = (
    *(".csv", ".tsv", ".json", *LINES, ".parquet", *ARROW, ".xlsx"),
    *(plain + packing for plain in _TEXT for packing in PACKINGS),
)
EXPECTED = (
    ".csv, .tsv, .txt, .json, .jsonl, .ndjson, .parquet, .arrow, .feather, .xlsx or .ods; "
    "each also packed as .zip, .gz, .bz2, .xz or .zst"
)
EXPECTED_OUTPUT = (
    ".csv, .tsv, .json, .jsonl, .ndjson, .parquet, .arrow, .feather or .xlsx; text also packed as "
    ".gz, .bz2, .xz or .zst"
)

_TO_CSV = ".to_csv({target!r}, index=False)"
_PANDAS = {
    (".xls", ".xlsb"): (
        "a workbook of an old kind",
        "Save it as .xlsx, or convert its first sheet",
        "pandas.read_excel({source!r}, engine='calamine')",
    ),
    (".pkl", ".pickle", ".joblib"): (
        "a pickle, which is never opened here: opening one can run any program",
        "If you made it yourself",
        "pandas.read_pickle({source!r})",
    ),
    (".dta",): ("a Stata file", "Convert it", "pandas.read_stata({source!r})"),
    (".sas7bdat", ".xpt"): ("a SAS file", "Convert it", "pandas.read_sas({source!r})"),
    (".orc",): ("an ORC file", "Convert it", "pandas.read_orc({source!r})"),
}
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_DATABASES = (".sqlite", ".sqlite3", ".db")
_OTHERS = {
    (".tar", ".tgz", ".tbz2", ".txz", ".tar.gz", ".tar.bz2", ".tar.xz"): (
        "an archive. Unpack it, and give the file or the folder: tar -xf {source}"
    ),
    (".rar", ".7z"): "an archive of a kind that is not read. Unpack it, and give the file",
    (".doc", ".docx", ".odt", ".rtf", ".pdf", ".pptx"): (
        "a document, not a table. Put the texts into a table, and save it as .csv or .xlsx"
    ),
    (".html", ".htm", ".xml"): "a page, not a table. Open it in a spreadsheet, and save it as .csv",
    (".numbers", ".gsheet"): "a spreadsheet of a kind that is not read. Export it as .csv or .xlsx",
    (".sav", ".rds", ".rdata"): "a file of a statistics program. Save it there as .csv",
}


def ending_of(path: Path) -> str:
    """Return the known ending of a file name, in lower case.

    Raises:
        DataError: it is none of those that can be read; the way that works is named.
    """
    if (ending := _known(path.name, ENDINGS)) is not None:
        return ending
    raise DataError(f"{path} {_unreadable(path)}")


def output_ending(path: Path) -> str:
    """Return the ending of a file that is to be written, in lower case.

    Raises:
        DataError: files of this ending are not written.
    """
    if (ending := _known(path.name, WRITABLE)) is not None:
        return ending
    raise DataError(
        f"{path}: files ending in {path.suffix or 'nothing'} are not written. "
        f"Expected {EXPECTED_OUTPUT}. Type for instance: {path.stem or 'scored'}.csv"
    )


def split_packing(ending: str) -> tuple[str, str]:
    """Split an ending into that of the content and that of the packing, which may be empty."""
    for packing in PACKINGS:
        if ending.endswith(packing):
            return ending[: -len(packing)], packing
    return ending, ""


def has_ending(name: str) -> bool:
    """Tell whether a name ends like a file of rows, readable or not."""
    others = [ending for kinds in (_PANDAS, _OTHERS) for many in kinds for ending in many]
    return name.lower().endswith((*ENDINGS, *_DATABASES, *others))


def _known(name: str, endings: tuple[str, ...]) -> str | None:
    lowered = name.lower()
    found = [ending for ending in endings if lowered.endswith(ending)]
    return max(found, key=len, default=None)


def _unreadable(path: Path) -> str:
    """Say what a file of another ending is, and how to make one that can be read."""
    lowered = path.name.lower()
    target = f"{path.stem}.csv"
    if lowered.endswith(".xls") and not _starts(path, _OLD_EXCEL):
        return f"is called .xls, but is no old Excel file.{_first_line(path)}"
    for endings, (what, when, call) in _PANDAS.items():
        if lowered.endswith(endings):
            code = f"import pandas; {(call + _TO_CSV).format(source=str(path), target=target)}"
            return f'is {what}. {when}: python -c "{code}"'
    for endings, way in _OTHERS.items():
        if lowered.endswith(endings):
            return f"is {way.format(source=path)}."
    if lowered.endswith(_DATABASES):
        return _database(path, target)
    found = path.suffix or "none"
    return f"has an unknown file ending ({found}). Expected {EXPECTED}.{_first_line(path)}"


def _database(path: Path, target: str) -> str:
    """Name the tables of a data base; the command takes the first."""
    tables: list[str] = []
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as base:
            found = base.execute("select name from sqlite_master where type in ('table', 'view')")
            tables = [name for (name,) in found]
    except sqlite3.Error:
        return "is a data base that cannot be opened. Export the table with the texts as .csv."
    if not tables:
        return "is a data base without tables."
    query = f"select * from [{tables[0]}]"  # noqa: S608 - shown, not run
    read = f"pandas.read_sql({query!r}, sqlite3.connect({str(path)!r}))"
    code = f"import pandas, sqlite3; {read}{_TO_CSV.format(target=target)}"
    shown = ", ".join(tables[:10])
    return f'is a data base with the tables: {shown}. Export one: python -c "{code}"'


def _starts(path: Path, mark: bytes) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(mark)) in (mark, b"")
    except OSError:
        return True


def _first_line(path: Path) -> str:
    """Say how a file that begins like a table may be called; nothing when it does not."""
    try:
        with path.open("rb") as file:
            line = file.readline(200).decode("utf-8-sig").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    for ending, mark in ((".jsonl", "{"), (".json", "["), (".txt", "__label__")):
        if line.startswith(mark):
            return f" It begins like {ending}: copy it to {path.stem}{ending}."
    for ending, delimiter in ((".tsv", "\t"), (".csv", ","), (".csv", ";")):
        if delimiter in line:
            return f" It begins like {ending} ('{line[:40]}'): copy it to {path.stem}{ending}."
    return ""
