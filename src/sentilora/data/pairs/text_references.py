"""Where the texts of a pair come from: written in its row, or in another file under a key."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sentilora.data.columns import find_text_column, match_column
from sentilora.data.files.first_rows import first_rows
from sentilora.data.files.sources import locate
from sentilora.data.labelled.values.label_spellings import spell
from sentilora.data.pairs.text_pool import TextPool
from sentilora.data.problems import Problems, quoted, raise_if_any, shortened
from sentilora.data.text_cells import cell_problem
from sentilora.errors import DataError
from sentilora.message import setting


@dataclass(frozen=True)
class NoText:
    """Why a value leads to no text; ``detail`` is appended to what the value was for."""

    problem: str
    detail: str = ""


class TextSource(Protocol):
    """Finds the text that a value of a pair stands for.

    Attributes:
        files: paths of the files that it reads, beside that of the pairs.
    """

    files: tuple[Path, ...]

    def find(self, value: object) -> int | NoText:
        """Return the number of the text in the pool, or why there is none."""
        ...


@dataclass
class Written:
    """The value is the text."""

    pool: TextPool
    files: tuple[Path, ...] = ()

    def find(self, value: object) -> int | NoText:
        """Return the number of the text in the pool, or why there is none."""
        problem = cell_problem(value)
        if problem is not None:
            return NoText(problem)
        assert isinstance(value, str)
        return self.pool.add(value)


@dataclass
class References:
    """The value is a key; the text stands beside it in another file.

    Attributes:
        name: name of the file with the texts.
        column: name of the column in which the keys stand.
        files: paths of the files that were read.
    """

    name: str
    column: str
    files: tuple[Path, ...]
    numbers: dict[str, int | NoText] = field(default_factory=dict)

    def find(self, value: object) -> int | NoText:
        """Return the number of the text in the pool, or why there is none."""
        key = spell(value)
        if key is None:
            return NoText("no reference")
        missing = NoText(f"reference that column '{self.column}' of {self.name} does not have")
        found = self.numbers.get(key, missing)
        return found if isinstance(found, int) else NoText(found.problem, f" '{shortened(key)}'")


def read_references(path: str, column: str | None, pool: TextPool) -> References:
    """Read the texts that references can stand for into a pool.

    Args:
        path: path of a file with a column of keys and one of texts.
        column: name of the column with the keys.
        pool: pool that takes in the texts.

    Raises:
        DataError: the file cannot be read, or its columns are not there.
    """
    table = locate(path).open("train")
    name = None if column is None else match_column(table.names, column)
    if name not in table.names or name is None:
        what = (
            "which column holds the keys was not said"
            if column is None
            else f"no column '{column}'"
        )
        raise DataError(
            f"{table.name}: {what}. Found: {quoted(table.names)}. Say which one the references of "
            f"the pairs name with {setting('pairs_key', 'COL')}."
        )
    text = find_text_column(table.names, None, table.name, first_rows(table))
    found = References(table.name, name, table.files)
    problems = Problems(table.name)
    twice = NoText(f"reference that stands for several texts of {table.name}")
    for chunk in table.chunks((name, text), problems):
        for value, written in zip(chunk.columns[name], chunk.columns[text], strict=True):
            key = spell(value)
            if key is None:
                continue
            problem = cell_problem(written)
            number = pool.add(written) if problem is None else NoText(problem)
            before = found.numbers.get(key, number)
            found.numbers[key] = number if before == number else twice
    raise_if_any([problems], hint="Mend these rows: a pair may refer to them.")
    return found
