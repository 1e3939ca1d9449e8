"""Pairs that were made of other data: what they are made from, and how they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sentilora.data.columns import find_text_column
from sentilora.data.files.first_rows import first_rows
from sentilora.data.files.read_options import USUAL, Reading
from sentilora.data.files.sources import Location, locate
from sentilora.data.files.table_files import write_batches
from sentilora.data.pairs.contradictions import contradictions
from sentilora.data.pairs.preference_pairs import Pairs
from sentilora.data.problems import Problems
from sentilora.data.same_text import text_hashes
from sentilora.errors import ConfigError

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 4096


@dataclass(frozen=True)
class BuiltPairs:
    """Pairs with what they were made from.

    Attributes:
        pairs: the pairs, as :func:`~sentilora.data.pairs.pair_reader.read_pairs` would read them.
        more: further columns of the file by name (group, ratings), with ``(P,)`` values each.
        notes: remarks for the user on what was done, and what was left out.
    """

    pairs: Pairs
    more: Mapping[str, Sequence[Any]]
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.pairs)


def select_built(built: BuiltPairs, places: npt.NDArray[Any], *notes: str) -> BuiltPairs:
    """Return the pairs at these places, with notes that say why."""
    more = {name: [values[place] for place in places] for name, values in built.more.items()}
    return BuiltPairs(built.pairs.select(places), more, (*built.notes, *notes))


def limit_pairs(built: BuiltPairs, most: int, seed: int) -> BuiltPairs:
    """Choose ``most`` pairs at random, each as likely as the others."""
    count = len(built)
    if count <= most:
        return built
    chosen = np.sort(np.random.default_rng(seed).choice(count, most, replace=False))
    return select_built(built, chosen, f"{most:,} of {count:,} pairs taken at random")


def drop_contradictions(built: BuiltPairs) -> BuiltPairs:
    """Leave out pairs of texts that are preferred one way here and the other way there."""
    pairs = built.pairs
    opposite = contradictions(np.zeros(len(pairs)), pairs.keys[pairs.sides])
    if not opposite:
        return built
    why = f"{len(opposite):,} pairs left out: the same two texts are ordered both ways"
    return select_built(built, np.setdiff1d(np.arange(len(pairs)), list(opposite)), why)


def text_keys(
    data: str | Path | Location, text: str | None = None, *, reading: Reading = USUAL
) -> npt.NDArray[np.uint64]:
    """Return a hash of each folded text of a file, or of the test part of a folder, ``(N,)``.

    Rows without a text are passed over.

    Raises:
        DataError: it cannot be read, or it cannot be decided which column holds the texts.
    """
    table = locate(data, reading).open("test")
    column = find_text_column(table.names, text, table.name, first_rows(table))
    values = (
        value
        for chunk in table.chunks((column,), Problems(table.name))
        for value in chunk.columns[column]
    )
    return text_hashes(_whole(value) for value in values if isinstance(value, str))


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def write_pairs(built: BuiltPairs, path: str | Path) -> None:
    r"""Write pairs in the format of the file name's ending, whole or not at all.

    Columns: those of the kind, ``margin`` for graded texts, and what they were made from.

    Raises:
        DataError: the ending is unknown, or the file cannot be written.

    Example:
        >>> import sentilora
        >>> from pathlib import Path
        >>> _ = Path("rated.csv").write_text("text,stars\nLovely,5\nIt broke,1")
        >>> built = sentilora.pairs_from_ratings("rated.csv", rating="stars")
        >>> sentilora.write_pairs(built, "pairs.csv")
        >>> Path("pairs.csv").read_text().splitlines()[1][:15]
        'Lovely,It broke'
    """
    import pyarrow as pa

    if not isinstance(built, BuiltPairs):
        raise ConfigError(
            f"A {type(built).__name__} holds no pairs that were built. Expected what "
            "pairs_from_ratings or pairs_from_edits returned."
        )
    fields = [(name, pa.string()) for name in _text_columns(built.pairs)]
    if built.pairs.is_graded:
        fields.append(("margin", pa.float64()))
    for name, values in built.more.items():
        fields.append((name, pa.array(values).type))
    schema = pa.schema(fields)
    with write_batches(path, schema) as writer:
        for batch in _batches(built, schema):
            writer.write(batch)


def _text_columns(pairs: Pairs) -> tuple[str, ...]:
    return ("text_preferred", "text_other") if pairs.is_graded else ("text", "chosen", "rejected")


def _batches(built: BuiltPairs, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    pairs = built.pairs
    names = pairs.labels.names if pairs.labels is not None else ()
    for start in range(0, len(pairs), _ROWS):
        part = slice(start, start + _ROWS)
        sides = pairs.sides[part].T
        columns: list[Any] = [pairs.table.select(side)["text"][:] for side in sides]
        columns += [[names[label_id] for label_id in ids] for ids in pairs.label_ids[part].T]
        if pairs.is_graded:
            columns.append(pairs.margins[part])
        columns += [values[part] for values in built.more.values()]
        arrays = [pa.array(list(c), f.type) for c, f in zip(columns, schema, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)
