"""From a file of pairs to checked pairs: every problem of the file at once, with row numbers.

Not covered: preferences that contradict each other by way of a third text (A over B, B over C, C
over A). They are no mistake of a row, and a training on them averages them out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from sentilora.data.files.sources import locate
from sentilora.data.files.streams import Chunk, Table, number_of
from sentilora.data.files.temporary import new_folder
from sentilora.data.labelled.values.label_spellings import spell
from sentilora.data.labelled.values.label_values import read_meanings
from sentilora.data.labelled.values.meanings import Column, Meanings
from sentilora.data.pairs.contradictions import contradictions
from sentilora.data.pairs.pair_columns import PairColumns, choose_pair_columns
from sentilora.data.pairs.preference_pairs import GRADED, PairFile, Pairs
from sentilora.data.pairs.text_pool import TextPool, gather_texts, open_texts
from sentilora.data.pairs.text_references import TextSource, Written, read_references
from sentilora.data.problems import Problems, raise_if_any, shortened, shown_value
from sentilora.files import path_of
from sentilora.labels import Labels, label_names
from sentilora.message import Message, setting

PAIRS_HINT = (
    f"Leave bad rows out with {setting('skip_bad_rows', True)}; of rows that contradict each "
    "other, all are left out."
)


def read_pairs(
    file: PairFile | str | Path,
    *,
    labels: str | Sequence[str] | Labels,
    skip_bad_rows: bool = False,
) -> Pairs:
    r"""Read pairs and check them.

    Args:
        file: the file to read, and how.
        labels: label names in id order, which ``chosen`` and ``rejected`` name, spell or number.
        skip_bad_rows: whether to leave out rows that cannot be used and keep them in ``skipped``;
            else they are an error.

    Raises:
        DataError: the file cannot be read, holds no pairs or both kinds, or has bad rows: no text,
            the same text or label twice, a contradiction, an unknown label, a margin below 0, a
            weight that is not above 0. All problems are named.

    Example:
        >>> import sentilora
        >>> from pathlib import Path
        >>> _ = Path("pairs.csv").write_text("text_preferred,text_other\nLovely,It broke")
        >>> sentilora.read_pairs("pairs.csv", labels="negative,positive").kind
        'graded texts'
    """
    names = labels if isinstance(labels, Labels) else Labels(label_names(labels))
    asked = file if isinstance(file, PairFile) else PairFile(str(path_of(file)))
    table = locate(asked.path).open("train")
    problems = Problems(table.name, keeps_rows=skip_bad_rows)
    columns = choose_pair_columns(table.names, asked.columns, problems)
    raise_if_any([problems], hint=PAIRS_HINT)
    assert columns is not None
    path = new_folder() / "pairs.arrow"
    with gather_texts(path) as pool:
        source: TextSource = Written(pool)
        if asked.texts is not None:
            source = read_references(asked.texts, asked.key, pool)
        found = _scan(table, columns, source, pool, problems)
    meanings = _settle_labels(found, table, names)
    _note_contradictions(found)
    if not found.row_count and not problems.kinds:
        problems.add("no rows, only a header. Expected rows with pairs.")
    elif not found.good_rows() and problems.keeps_rows and not problems.whole:
        problems.add(f"no row can be used. {'; '.join(problems.row_lines())}")
    raise_if_any([problems], hint=PAIRS_HINT)
    return _finish(found, path, asked, meanings, names, source)


@dataclass
class _Scan:
    """What the rows say, bad ones included; ``rows`` and the lists after it are of good ones."""

    columns: PairColumns
    problems: Problems
    table: Table
    keys: Any = None  # (U,) uint64, once all is read
    row_count: int = 0
    rows: list[int] = field(default_factory=list)
    sides: list[tuple[int, ...]] = field(default_factory=list)
    codes: list[tuple[int, ...]] = field(default_factory=list)
    margins: list[float] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    spellings: dict[str, int] = field(default_factory=dict)
    bad: set[int] = field(default_factory=set)

    @property
    def is_graded(self) -> bool:
        return self.columns.kind == GRADED

    def add_bad(self, row: int, kind: str, detail: str = "") -> None:
        self.problems.add_row(row, kind, detail)
        self.bad.add(row)

    def good_rows(self) -> list[int]:
        """Return the positions of rows without a problem."""
        return [place for place, row in enumerate(self.rows) if row not in self.bad]


def _scan(
    table: Table, columns: PairColumns, source: TextSource, pool: TextPool, problems: Problems
) -> _Scan:
    found = _Scan(columns, problems, table)
    for chunk in table.chunks(columns.used, problems):
        for row, values in _rows(chunk, columns):
            found.row_count += 1
            _check(row, values, found, source, pool)
    found.keys = pool.keys
    if found.is_graded and "rating_preferred" in columns.names and found.margins:
        found.margins = _normalised(found.margins)
    return found


def _rows(chunk: Chunk, columns: PairColumns) -> Iterator[tuple[int, dict[str, Any]]]:
    lists = [chunk.columns[name] for name in columns.names.values()]
    for row, *values in zip(chunk.rows, *lists, strict=True):
        yield row, dict(zip(columns.names, values, strict=True))


def _check(
    row: int, values: dict[str, Any], found: _Scan, source: TextSource, pool: TextPool
) -> None:
    """Note what is wrong with a row, or take it in."""
    before = len(found.bad)
    roles = ("text_preferred", "text_other") if found.is_graded else ("text",)
    sides = tuple(_text(row, role, values[role], found, source) for role in roles)
    if found.is_graded and -1 not in sides and pool.key(sides[0]) == pool.key(sides[1]):
        found.add_bad(row, "the two texts are the same", "but for case and white space")
    codes = () if found.is_graded else _codes(row, values, found)
    weight = _number(row, "weight", values, found, default=1.0)
    if weight is not None and weight <= 0:
        found.add_bad(row, "weight that is not above 0", f"{weight:g}")
    margin = _margin(row, values, found)
    if len(found.bad) == before:
        assert weight is not None
        assert margin is not None
        found.rows.append(row)
        found.sides.append(sides)
        found.codes.append(codes)
        found.weights.append(weight)
        found.margins.append(margin)


def _text(row: int, role: str, value: object, found: _Scan, source: TextSource) -> int:
    number = source.find(value)
    if isinstance(number, int):
        return number
    found.add_bad(row, number.problem, f"{role}{number.detail}")
    return -1


def _codes(row: int, values: dict[str, Any], found: _Scan) -> tuple[int, ...]:
    codes = []
    for role in ("chosen", "rejected"):
        value = values[role]
        spelling = None if isinstance(value, dict | list | bytes) else spell(value)
        if spelling is None:
            found.add_bad(row, "no label", role)
        else:
            codes.append(found.spellings.setdefault(spelling, len(found.spellings)))
    return tuple(codes)


def _margin(row: int, values: dict[str, Any], found: _Scan) -> float | None:
    """Return the margin; where there are ratings instead, their difference."""
    if "rating_preferred" not in found.columns.names:
        margin = _number(row, "margin", values, found, default=0.0)
        if margin is not None and margin < 0:
            found.add_bad(row, "margin below 0", f"{margin:g}")
        return margin
    preferred = _number(row, "rating_preferred", values, found)
    other = _number(row, "rating_other", values, found)
    if preferred is None or other is None:
        return None
    if preferred <= other:
        detail = f"{preferred:g}, the other one's is {other:g}"
        found.add_bad(row, "rating of the preferred text is not higher", detail)
    return preferred - other


def _number(
    row: int, role: str, values: dict[str, Any], found: _Scan, default: float | None = None
) -> float | None:
    if role not in values:
        return default
    number = number_of(values[role])
    if number is None:
        found.add_bad(row, f"no number for {role}", shown_value(values[role]))
    return number


def _normalised(margins: list[float]) -> list[float]:
    """Divide differences of ratings by the largest one, so that margins lie in (0, 1]."""
    largest = max(margins)
    return [margin / largest for margin in margins]


def _settle_labels(found: _Scan, table: Table, labels: Labels) -> Meanings | None:
    """Decide what the label values mean, and note rows whose labels rule them out."""
    if found.is_graded or not found.spellings:
        return None
    column = found.columns.names["chosen"]
    meanings = read_meanings(
        dict.fromkeys(found.spellings, 1),
        Column(column, table.names, known=labels, class_names=table.class_names(column)),
    )
    if meanings.labels is None:
        found.problems.add(meanings.problem)
        return None
    spellings = list(found.spellings)
    for row, codes in zip(found.rows, found.codes, strict=True):
        ids = [meanings.of[spellings[code]] for code in codes]
        for code, label_id in zip(codes, ids, strict=True):
            if isinstance(label_id, str):
                found.add_bad(row, label_id, f"'{shortened(spellings[code])}'")
        if ids[0] == ids[1] and isinstance(ids[0], int):
            found.add_bad(row, "chosen and rejected are the same label", labels.names[ids[0]])
    found.codes = [tuple(_id(meanings.of[spellings[code]]) for code in c) for c in found.codes]
    return meanings


def _id(meaning: int | str) -> int:
    return meaning if isinstance(meaning, int) else -1


def _note_contradictions(found: _Scan) -> None:
    places = found.good_rows()
    if not places:
        return
    texts = found.keys[np.asarray([found.sides[place] for place in places])]
    if found.is_graded:
        opposite = contradictions(np.zeros(len(places)), texts)
    else:
        labels = np.asarray([found.codes[place] for place in places])
        opposite = contradictions(texts.reshape(-1), labels)
    for place, other in opposite.items():
        row, contradicted = found.rows[places[place]], found.rows[places[other]]
        found.add_bad(row, "contradicts another row", f"row {contradicted}")


def _finish(
    found: _Scan,
    path: Path,
    asked: PairFile,
    meanings: Meanings | None,
    labels: Labels,
    source: TextSource,
) -> Pairs:
    places = np.asarray(found.good_rows(), np.int64)
    sides = np.asarray(found.sides, np.int64)
    codes = np.asarray(found.codes, np.int64).reshape(len(found.rows), -1)
    pairs = Pairs(
        kind=found.columns.kind,
        table=open_texts(path),
        keys=found.keys,
        sides=sides,
        label_ids=codes,
        margins=np.asarray(found.margins, np.float64),
        weights=np.asarray(found.weights, np.float64),
        rows=np.asarray(found.rows, np.int64),
        labels=None if found.is_graded else labels,
        source=asked.path,
        files=found.table.files + source.files,
        skipped=found.problems.rows,
        notes=_notes(found, meanings),
    )
    return pairs.select(places)


def _notes(found: _Scan, meanings: Meanings | None) -> tuple[str, ...]:
    named = ", ".join(
        name if name == role else f"{role} from '{name}'"
        for role, name in found.columns.names.items()
    )
    notes = [f"pairs: {len(found.good_rows()):,} {found.columns.kind}, columns {named}"]
    notes += meanings.notes if meanings is not None else ()
    if found.problems.rows:
        kinds = "; ".join(found.problems.row_lines())
        count = len(found.problems.rows)
        notes.append(Message(f"{count:,} rows of {found.table.name} left out: {kinds}"))
    return tuple(notes)
