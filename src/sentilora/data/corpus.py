"""Texts without labels: found in files and folders, checked, and each text kept once.

Two texts are the same when they differ only in case and white space
(:mod:`~sentilora.data.same_text`). Texts that stand in a guarded file, which a model is later
measured on, are left out: an encoder must not have read what it is tested with. The files are read
twice, once to decide and once to use; between the two, only 8 bytes a text are held in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sentilora.data.columns import find_text_column
from sentilora.data.files.containers.folder_parts import is_table, line_pairs
from sentilora.data.files.first_rows import first_rows
from sentilora.data.files.formats import EXPECTED, has_ending
from sentilora.data.files.plaintext import PlainTextFile, is_plain_text
from sentilora.data.files.read_options import USUAL, Reading
from sentilora.data.files.sources import PART_NAMES, Location, is_saved, locate
from sentilora.data.files.streams import Table, text_problem
from sentilora.data.files.tables import open_texts
from sentilora.data.problems import Problems, doubled_names, quoted, raise_if_any
from sentilora.data.same_text import text_hashes
from sentilora.data.text_cells import cell_problem
from sentilora.errors import DataError, several
from sentilora.files import path_of
from sentilora.message import setting

# Files of a folder with these names are for measuring: their texts are left out.
GUARDED_NAMES = (*PART_NAMES["test"], *PART_NAMES["validation"])

_EXPECTED = f"a file ending in {EXPECTED}; or a folder with such files"
_SKIP_HINT = f"Leave bad rows out with {setting('skip_bad_rows', True)}; they are counted."


@dataclass(frozen=True)
class CorpusCounts:
    """How many texts there were, and why some are not used.

    Attributes:
        read: number of rows in all files.
        bad: number of rows without a usable text, left out on request.
        duplicates: number of texts that stand earlier in the corpus as well.
        guarded: number of other texts that stand in a guarded file.
        kept: number of texts that are used.
    """

    read: int
    bad: int
    duplicates: int
    guarded: int
    kept: int

    def to_dict(self) -> dict[str, int]:
        """Return the counts by name."""
        return asdict(self)


@dataclass(frozen=True)
class Source:
    """A table and the column of it that holds the texts."""

    table: Table
    column: str


@dataclass(frozen=True)
class Corpus:
    """Texts to learn from, still in their files.

    Attributes:
        sources: the files and tables that the texts stand in.
        guards: names of the tables whose texts were left out.
        counts: how many texts there are, and why some are left out.
        is_kept: ``(R,)`` bool, whether a row with a usable text is used, in the order of reading.
    """

    sources: tuple[Source, ...]
    guards: tuple[Source, ...]
    counts: CorpusCounts
    is_kept: npt.NDArray[np.bool_]

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that are read, each once."""
        return tuple(dict.fromkeys(file for one in self.sources for file in one.table.files))

    @property
    def guard_files(self) -> tuple[Path, ...]:
        """The files whose texts were left out, each once."""
        return tuple(dict.fromkeys(file for one in self.guards for file in one.table.files))

    def batches(self) -> Iterator[list[str]]:
        """Iterate the kept texts, some thousand at a time at most."""
        position = 0
        for source in self.sources:
            for texts in _texts(source, Problems(source.table.name, keeps_rows=True)):
                kept = self.is_kept[position : position + len(texts)]
                position += len(texts)
                yield [text for text, is_kept in zip(texts, kept, strict=True) if is_kept]


def read_corpus(
    data: Sequence[str | Path],
    *,
    guards: Sequence[str | Path] = (),
    text: str | None = None,
    skip_bad_rows: bool = False,
    reading: Reading = USUAL,
) -> Corpus:
    """Find the texts of files and folders, and decide which of them are used.

    Args:
        data: files (tables, or ``.txt`` with a text a line), folders, hub data set ids or
            ``sample``. Of a folder all files are read but those named ``test.*``,
            ``validation.*``, ``val.*`` and ``dev.*``, which become guards; so do the parts of that
            name of a hub data set and of the sample.
        guards: files, folders or data sets whose texts must not be learnt from.
        text: column with the texts; found by name when None, or where a guard has no such column.
        skip_bad_rows: whether to leave out rows without a usable text; else they are an error.
        reading: how the files are read.

    Raises:
        DataError: something is not there, has no column with texts, or has bad rows, or no text is
            left; all problems are named.
    """
    sources, guard_sources = _open_all(data, guards, text, reading)
    known, guard_problems = _guarded_hashes(guard_sources)
    hashes, problems = [np.zeros(0, np.uint64)], []
    for source in sources:
        found = Problems(source.table.name, keeps_rows=skip_bad_rows)
        problems.append(found)
        hashes += [text_hashes(texts) for texts in _texts(source, found)]
    raise_if_any([*problems, *guard_problems], hint=_SKIP_HINT)
    keys = np.concatenate(hashes)
    is_first = np.zeros(len(keys), np.bool_)
    is_first[np.unique(keys, return_index=True)[1]] = True
    is_guarded = np.isin(keys, known)
    is_kept = is_first & ~is_guarded
    bad = sum(len(found.rows) for found in problems)
    counts = CorpusCounts(
        read=len(keys) + bad,
        bad=bad,
        duplicates=int((~is_first).sum()),
        guarded=int((is_first & is_guarded).sum()),
        kept=int(is_kept.sum()),
    )
    if not counts.kept:
        raise DataError(
            f"No text is left of {', '.join(map(str, data))}: {counts.read:,} rows, "
            f"{counts.bad:,} bad, {counts.duplicates:,} duplicates, {counts.guarded:,} that stand "
            "in a test or validation file. Give files with texts that are in none of those."
        )
    return Corpus(tuple(sources), tuple(guard_sources), counts, is_kept)


def _open_all(
    data: Sequence[str | Path],
    guards: Sequence[str | Path],
    text: str | None,
    reading: Reading,
) -> tuple[list[Source], list[Source]]:
    """Open every table and choose its column; all that fails is told at once."""
    failures: list[str] = []
    found: dict[str, Table] = {}
    guarded: dict[str, Table] = {}
    for one in data:
        try:
            read, kept_out = _tables_of(one, reading)
        except DataError as error:
            failures.append(error.template)
            continue
        found |= {table.name: table for table in read}
        guarded |= {table.name: table for table in kept_out}
    for one in guards:
        try:
            guarded |= {table.name: table for both in _tables_of(one, reading) for table in both}
        except DataError as error:
            failures.append(error.template)
    found = {name: table for name, table in found.items() if name not in guarded}
    sources = [_source(table, text, False, failures) for table in found.values()]
    guard_sources = [_source(table, text, True, failures) for table in guarded.values()]
    if not found and not failures:
        names = ", ".join(map(str, data))
        failures.append(f"{names} holds nothing but test and validation files: no texts to read")
    if failures:
        raise DataError(failures[0] if len(failures) == 1 else several("the texts", failures))
    return [s for s in sources if s is not None], [s for s in guard_sources if s is not None]


def _tables_of(data: str | Path, reading: Reading) -> tuple[list[Table], list[Table]]:
    """Open the tables that ``data`` names: to read, and to guard."""
    path = path_of(data)
    if path.is_dir():
        return _folder(path, reading)
    if path.suffix.lower() != ".zip" and (path.exists() or is_plain_text(path)):
        return [open_texts(path, reading)], []
    if not path.exists() and has_ending(str(data)):
        raise DataError(f"{data} does not exist. Expected {_EXPECTED}.")
    return _parts(locate(data, reading))


def _folder(folder: Path, reading: Reading) -> tuple[list[Table], list[Table]]:
    files = [path for path in sorted(folder.iterdir()) if is_table(path)]
    if not files or line_pairs(files) or is_saved(folder):
        location = locate(folder, reading)
        if not location.parts:
            raise DataError(
                f"{folder} holds no file of texts. Found: {quoted(location.inside)}. "
                f"Expected {_EXPECTED}."
            )
        return _parts(location)
    read: list[Table] = []
    guarded: list[Table] = []
    for path in files:
        is_guard = path.name.lower().partition(".")[0] in GUARDED_NAMES
        (guarded if is_guard else read).append(open_texts(path, reading))
    return read, guarded


def _parts(location: Location) -> tuple[list[Table], list[Table]]:
    guarded = [location.open(part) for part in ("validation", "test") if part in location.parts]
    return [location.open("train")], guarded


def _source(table: Table, text: str | None, is_guard: bool, failures: list[str]) -> Source | None:
    if isinstance(table, PlainTextFile):
        return Source(table, table.names[0])
    if doubled := doubled_names(table.names):
        failures.append(f"{table.name}: {doubled}")
        return None
    wanted = None if is_guard and text not in table.names else text
    try:
        return Source(table, find_text_column(table.names, wanted, table.name, first_rows(table)))
    except DataError as error:
        failures.append(f"{error.template} Files without texts: name only those with texts.")
        return None


def _guarded_hashes(guards: Sequence[Source]) -> tuple[npt.NDArray[np.uint64], list[Problems]]:
    """Hash the texts of guards; a bad row there guards nothing, and is no problem."""
    parts = [np.zeros(0, np.uint64)]
    problems = []
    for source in guards:
        found = Problems(source.table.name, keeps_rows=True)
        problems.append(found)
        parts += [text_hashes(texts) for texts in _texts(source, found)]
    return np.unique(np.concatenate(parts)), problems


def _texts(source: Source, problems: Problems) -> Iterator[list[str]]:
    # A line of plain text is a text, be it a dash.
    problem_of = text_problem if isinstance(source.table, PlainTextFile) else cell_problem
    for chunk in source.table.chunks((source.column,), problems):
        good = []
        for row, value in zip(chunk.rows, chunk.columns[source.column], strict=True):
            kind = problem_of(value)
            if kind is None:
                good.append(value)
            else:
                problems.add_row(row, kind)
        yield good
