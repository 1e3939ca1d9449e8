"""Aspects as a user asks for them: names, and a file of texts whose aspects a person saw.

The file has a column ``aspects`` with the names of each text, several parted by ``;`` or ``,``, or
as a list; a text that mentions none has an empty one. Such texts teach as much as the others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.data.columns import find_text_column, match_column
from sentilora.data.files.first_rows import first_rows
from sentilora.data.files.sources import locate
from sentilora.data.files.streams import Table, text_problem
from sentilora.data.labelled.values.label_spellings import is_missing, spell
from sentilora.data.problems import Problems, quoted, raise_if_any
from sentilora.data.same_text import fold
from sentilora.errors import ConfigError, DataError
from sentilora.message import setting

ASPECTS = "aspects"  # the column
_PARTS = re.compile(r"[;,]")


@dataclass(frozen=True)
class AspectExamples:
    """Texts whose aspects are known.

    Attributes:
        source: name of the file, as the user gave it.
        texts: L texts.
        names: A names of aspects.
        answers: whether each text mentions each aspect, ``(L, A)``.
    """

    source: str
    texts: list[str]
    names: tuple[str, ...]
    answers: NDArray[np.bool_]

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader has to know of them."""
        told = [f"aspects learned from {len(self.texts):,} texts of {self.source}"]
        columns = zip(self.names, self.answers.T, strict=True)
        names = [name for name, answer in columns if answer.all() or not answer.any()]
        if names:
            told.append(f"none or all of these texts mention {quoted(names)}: found by name alone")
        return tuple(told)


def aspect_names(aspects: str | Sequence[str]) -> tuple[str, ...]:
    """Return the names of aspects, each once.

    Raises:
        ConfigError: one is no name, or something was given that names none.
    """
    given = aspects.split(",") if isinstance(aspects, str) else list(aspects)
    if not all(isinstance(name, str) for name in given):
        raise ConfigError(
            f"aspects = {given!r}: expected names. Type for instance: "
            f"{setting('aspects', ['price', 'staff'])}"
        )
    names = tuple(dict.fromkeys(name.strip() for name in given if name.strip()))
    if given not in ([""], []) and not names:
        raise ConfigError(
            f"{setting('aspects', aspects)} names no aspect. Expected names, such as "
            f"{setting('aspects', ['price', 'staff'])}, or nothing."
        )
    return names


def read_aspect_examples(data: Any, asked: Sequence[str]) -> AspectExamples:
    """Read texts whose aspects a person saw.

    Args:
        data: file with a column of texts and one called ``aspects``; or rows in memory.
        asked: names of the aspects to look for; those of the file if there are none.

    Raises:
        DataError: it cannot be read, has no such columns, no texts, names no aspect, or names some
            that were not asked for; all of them are told at once.
    """
    table = locate(data).open("train")
    column = match_column(table.names, ASPECTS)
    if column not in table.names or column is None:
        raise DataError(
            f"{table.name} has no column '{ASPECTS}'. Found: {quoted(table.names)}. Expected the "
            "texts and, in that column, the aspects of each, such as 'price; staff'."
        )
    text = find_text_column(table.names, None, table.name, first_rows(table))
    texts, found = _read(table, text, column)
    spelled: dict[str, str] = {}
    for name in asked or (name for names in found for name in names):
        spelled.setdefault(fold(name), name)
    if not spelled or not texts:
        raise DataError(
            f"{table.name} names no aspect of any text. Expected some in column '{column}', such "
            "as 'price; staff'."
        )
    strange = Counter(name for names in found for name in names if fold(name) not in spelled)
    if strange:
        told = [f"{name} ({count:,})" for name, count in strange.most_common()]
        raise DataError(
            f"{table.name} has aspects that were not asked for: {', '.join(told)}. Expected "
            f"{quoted(list(asked))}. Ask for them as well, or mend the names: "
            f"{setting('aspects', [*asked, *strange])}"
        )
    keys = list(spelled)
    answers = np.zeros((len(texts), len(keys)), np.bool_)
    for row, names in enumerate(found):
        for name in names:
            answers[row, keys.index(fold(name))] = True
    return AspectExamples(table.name, texts, tuple(spelled.values()), answers)


def _read(table: Table, text: str, column: str) -> tuple[list[str], list[list[str]]]:
    problems = Problems(table.name)
    problems.may_skip = False
    texts, found = [], []
    for chunk in table.chunks((text, column), problems):
        rows = zip(chunk.columns[text], chunk.columns[column], strict=True)
        for said, names in rows:
            if text_problem(said) is None:
                texts.append(said)
                found.append(_names_in(names))
    raise_if_any([problems])
    return texts, found


def _names_in(value: Any) -> list[str]:
    if isinstance(value, list | tuple | np.ndarray):
        return [name for one in value if (name := spell(one))]
    if value is None or is_missing(value):
        return []
    return [part.strip() for part in _PARTS.split(spell(value) or "") if part.strip()]
