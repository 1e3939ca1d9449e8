"""Graded pairs from ratings: of two reviews of one product, the one with more stars is preferred.

Pairs are drawn within a group (a product, a film), so that what is learned is how pleased the
writer is, not what the text is about. Of all pairs of a group whose ratings differ, each is equally
likely.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Unpack

import numpy as np
import numpy.typing as npt

from sentilora.data.column_values import no_text_problem
from sentilora.data.columns import find_text_column, match_column
from sentilora.data.files.first_rows import first_rows
from sentilora.data.files.read_options import Reading, ReadOptions
from sentilora.data.files.sources import locate
from sentilora.data.files.streams import Table, number_of
from sentilora.data.files.temporary import new_folder
from sentilora.data.labelled.values.label_spellings import spell
from sentilora.data.labelled.values.rating_scale import (
    Scale,
    parse_scale,
    read_rating,
    scale_of_stars,
)
from sentilora.data.pairs.built_pairs import BuiltPairs, drop_contradictions, limit_pairs, text_keys
from sentilora.data.pairs.preference_pairs import GRADED, Pairs
from sentilora.data.pairs.random_pairs import draw_pairs
from sentilora.data.pairs.text_pool import TextPool, gather_texts, open_texts
from sentilora.data.problems import Problems, quoted, raise_if_any, shown_value
from sentilora.data.text_cells import cell_problem
from sentilora.defaults import MAX_PAIRS, PER_GROUP, SEED
from sentilora.errors import ConfigError, DataError
from sentilora.message import Message, setting

Ids = npt.NDArray[np.int64]


def pairs_from_ratings(
    data: str | Path,
    *,
    rating: str,
    group: str | None = None,
    text: str | None = None,
    stars: int | None = None,
    scale: str | None = None,
    any_text: bool = False,
    leave_out: Sequence[str | Path] = (),
    per_group: int = PER_GROUP,
    max_pairs: int = MAX_PAIRS,
    min_gap: float = 0.0,
    seed: int = SEED,
    skip_bad_rows: bool = False,
    **reading: Unpack[ReadOptions],
) -> BuiltPairs:
    r"""Pair texts of one group whose ratings differ.

    The margin of a pair is the difference of its ratings, divided by the largest that there can be:
    ``stars - 1``, the width of the scale, or that of the highest and the lowest rating of the file.
    It lies in (0, 1].

    Args:
        data: a file, a folder (its train part, without texts of its test part), a hub data set.
        rating: column with the ratings, which are numbers; more is more positive. With ``stars`` or
            ``scale`` spellings such as ``4/5`` are read, too.
        group: column whose values pairs may not cross; without one, all texts are one group.
        text: column with the texts; found by name when None.
        stars: highest rating; ratings go from 1 to this, and others are bad rows.
        scale: worst and best rating, such as ``0-10``, or ``6-1`` where 1 is the best; others are
            bad rows.
        any_text: whether texts may be nearly all numbers, dates or single words.
        leave_out: files whose texts may not be in a pair, such as that of the test.
        per_group: largest number of pairs of one group, drawn at random; without groups it does not
            count.
        max_pairs: largest number of pairs in all, drawn at random.
        min_gap: smallest difference between the ratings of a pair; 0: any difference.
        seed: seed of the random draws; the same seed gives the same pairs.
        skip_bad_rows: whether to leave out rows that cannot be used, which the notes then tell;
            else they are an error.
        reading: keywords that say how the files are read: ``encoding``, ``delimiter``, ``quoting``,
            ``header``, ``columns``, ``skip_lines``, ``sheet``; found out where they are left out.

    Raises:
        DataError: the data cannot be read, have bad rows, or no two texts can be paired.
        ConfigError: a limit is below 1, ``min_gap`` below 0, or the scale is none, or there are
            both stars and a scale.

    Example:
        >>> import sentilora
        >>> from pathlib import Path
        >>> rows = ["text,stars,product", "Lovely,5,a", "It broke,1,a", "Works,4,b", "Too loud,2,b"]
        >>> _ = Path("rated.csv").write_text("\n".join(rows))
        >>> len(sentilora.pairs_from_ratings("rated.csv", rating="stars", group="product", stars=5))
        2
    """
    if per_group < 1 or max_pairs < 1 or min_gap < 0:
        raise ConfigError(
            f"{setting('per_group', per_group)}, {setting('max_pairs', max_pairs)}, "
            f"{setting('min_gap', min_gap)}: expected at least 1 pair a group and in all, and a "
            "gap of at least 0."
        )
    on = _scale(stars, scale)
    how = Reading(**reading)
    location = locate(data, how)
    table = location.open("train")
    files = [*leave_out, *([location] if location.has("test") else [])]
    closed = np.concatenate(
        [np.zeros(0, np.uint64), *(text_keys(file, reading=how) for file in files)]
    )
    path = new_folder() / "texts.arrow"
    with gather_texts(path) as pool:
        found = _read(table, rating, group, text, on, skip_bad_rows, any_text, pool)
    rows, notes = _usable(found, pool.keys, closed)
    sides = rows[
        draw_pairs(
            found.group_ids[rows],
            found.ratings_of[rows],
            most=per_group if group else max_pairs,
            min_gap=min_gap,
            seed=seed,
        )
    ]
    if not len(sides):
        raise DataError(
            f"{table.name}: no two texts of one group have ratings that differ"
            f"{f' by {min_gap:g}' if min_gap else ''}. Found {len(rows):,} texts in "
            f"{len(np.unique(found.group_ids[rows])):,} groups. Leave "
            f"{setting('group')} out to pair any two."
        )
    gaps = found.ratings_of[sides[:, 0]] - found.ratings_of[sides[:, 1]]
    built = BuiltPairs(
        Pairs(
            kind=GRADED,
            table=open_texts(path),
            keys=pool.keys,
            sides=found.text_ids[sides],
            label_ids=np.zeros((len(sides), 0), np.int64),
            margins=np.minimum(1, gaps / (np.ptp(found.ratings_of) if on is None else on.width)),
            weights=np.ones(len(sides)),
            rows=np.arange(1, len(sides) + 1),
            labels=None,
            source=str(data),
            files=table.files,
            skipped=found.problems.rows,
        ),
        _columns(found, sides, -1 if on is not None and on.is_falling else 1, group),
        tuple(notes),
    )
    return limit_pairs(drop_contradictions(built), max_pairs, seed)


def _scale(stars: int | None, scale: str | None) -> Scale | None:
    if stars is not None and scale is not None:
        raise ConfigError(
            f"{setting('stars', stars)} and {setting('scale', scale)} both say how ratings are "
            "read. Leave one out."
        )
    return parse_scale(scale) if stars is None else scale_of_stars(stars)


@dataclass
class _Rated:
    """The rows of the data, good ones only; more is more positive, also where 1 is the best."""

    problems: Problems
    texts: list[int] = field(default_factory=list)
    ratings: list[float] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.text_ids = self.group_ids = np.zeros(0, np.int64)
        self.ratings_of = np.zeros(0)

    def close(self) -> None:
        self.text_ids = np.asarray(self.texts, np.int64)
        self.group_ids = np.asarray(self.groups, np.int64)
        self.ratings_of = np.asarray(self.ratings, np.float64)


def _read(
    table: Table,
    rating: str,
    group: str | None,
    text: str | None,
    scale: Scale | None,
    skip_bad_rows: bool,
    any_text: bool,
    pool: TextPool,
) -> _Rated:
    found = _Rated(Problems(table.name, keeps_rows=skip_bad_rows))
    sample = first_rows(table)
    columns = [find_text_column(table.names, text, table.name, sample)]
    for option, wanted in (("rating", rating), ("group", group)):
        name = match_column(table.names, wanted)
        if wanted is not None and name is None:
            raise DataError(
                f"{table.name}: no column '{wanted}' for {setting(option)}. Found: "
                f"{quoted(table.names)}."
            )
        columns += [name] if name is not None else []
    for chunk in table.chunks(tuple(dict.fromkeys(columns)), found.problems):
        lists = [chunk.columns[name] for name in columns]
        for row, written, value, *more in zip(chunk.rows, *lists, strict=True):
            _take(found, row, written, value, spell(more[0]) if more else "", scale, pool)
    if not any_text:
        first = [
            value
            for value in sample().get(columns[0], ())  # nothing where no row can be read
            if isinstance(value, str) and value.strip()
        ]
        told = no_text_problem(columns[0], first, sample, columns)
        found.problems.whole += [told] if told else []
    raise_if_any([found.problems])
    found.close()
    return found


def _take(
    found: _Rated,
    row: int,
    written: object,
    value: object,
    name: str | None,
    scale: Scale | None,
    pool: TextPool,
) -> None:
    kinds = []
    if (kind := cell_problem(written)) is not None:
        kinds.append((kind, ""))
    number = number_of(value) if scale is None else _number_on(scale, value)
    if number is None:
        kinds.append(("rating that is no number", shown_value(value)))
    elif scale is not None and not scale.holds(number):
        kinds.append((f"rating outside {scale}", shown_value(value)))
    if name is None:
        kinds.append(("no value in the group column", ""))
    for kind, detail in kinds:
        found.problems.add_row(row, kind, detail)
    if kinds:
        return
    assert isinstance(written, str)
    assert number is not None
    assert name is not None
    found.texts.append(pool.add(written))
    found.ratings.append(-number if scale is not None and scale.is_falling else number)
    found.groups.append(found.names.setdefault(name, len(found.names)))


def _number_on(scale: Scale, value: object) -> float | None:
    rating = read_rating(spell(value) or "")
    return None if rating is None else scale.number_of(rating)


def _usable(
    found: _Rated, keys: npt.NDArray[np.uint64], closed: npt.NDArray[np.uint64]
) -> tuple[Ids, list[str]]:
    """Return the rows to pair: each text once a group, none that is closed or rated two ways."""
    notes = []
    row_keys = keys[found.text_ids]
    rows = np.flatnonzero(~np.isin(row_keys, closed))
    if len(rows) < len(row_keys):
        notes.append(f"{len(row_keys) - len(rows):,} texts left out: they stand in the test")
    order = rows[np.lexsort((found.ratings_of[rows], row_keys[rows], found.group_ids[rows]))]
    groups, texts, ratings = found.group_ids[order], row_keys[order], found.ratings_of[order]
    is_first = np.ones(len(order), np.bool_)
    is_first[1:] = (groups[1:] != groups[:-1]) | (texts[1:] != texts[:-1])
    starts = np.flatnonzero(is_first)
    ends = np.append(starts[1:], len(order)) - 1
    is_clear = ratings[starts] == ratings[ends] if len(starts) else np.zeros(0, np.bool_)
    if not is_clear.all():
        count = int((~is_clear).sum())
        notes.append(f"{count:,} texts left out: they have several ratings in one group")
    if found.problems.rows:
        told = "; ".join(found.problems.row_lines())
        notes.append(Message(f"{len(found.problems.rows):,} rows left out: {told}"))
    return order[starts[is_clear]], notes


def _columns(found: _Rated, sides: Ids, sign: int, group: str | None) -> dict[str, list[object]]:
    """Return the columns beside the texts, ratings as they stand in the file."""
    names = list(found.names)
    columns: dict[str, list[object]] = {
        "rating_preferred": (sign * found.ratings_of[sides[:, 0]]).tolist(),
        "rating_other": (sign * found.ratings_of[sides[:, 1]]).tolist(),
    }
    if group is not None:
        columns["group"] = [names[number] for number in found.group_ids[sides[:, 0]]]
    return columns
