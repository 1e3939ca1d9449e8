"""Pairs from counterfactual edits: texts of one group that an edit gave another label.

Counterfactually augmented data (Kaushik, Hovy and Lipton 2020, arXiv:1909.12434) hold a text and
its smallest revision that turns the label, under one id. What differs is what decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Unpack

import numpy as np
import numpy.typing as npt

from sentilora.data.files.read_options import Reading, ReadOptions
from sentilora.data.files.sources import locate
from sentilora.data.labelled.reader import read_examples
from sentilora.data.pairs.built_pairs import BuiltPairs, limit_pairs, text_keys
from sentilora.data.pairs.preference_pairs import GRADED, LABELS, Kind, Pairs
from sentilora.data.pairs.random_pairs import draw_pairs
from sentilora.defaults import MAX_PAIRS, PER_GROUP, SEED
from sentilora.errors import ConfigError, DataError
from sentilora.labels import Labels, parse_labels
from sentilora.message import setting

Ids = npt.NDArray[np.int64]


def pairs_from_edits(
    data: str | Path,
    *,
    group: str,
    text: str | None = None,
    label: str | None = None,
    labels: str | Sequence[str] | Labels | None = None,
    stars: int | None = None,
    scale: str | None = None,
    any_text: bool = False,
    kind: Kind = GRADED,
    leave_out: Sequence[str | Path] = (),
    per_group: int = PER_GROUP,
    max_pairs: int = MAX_PAIRS,
    seed: int = SEED,
    skip_bad_rows: bool = False,
    **reading: Unpack[ReadOptions],
) -> BuiltPairs:
    r"""Pair texts of one group whose labels differ.

    Graded texts: the text with the more positive label is preferred; the margin is 1 between
    negative and positive, a half to and from neutral. Label preferences: each text chooses its own
    label over that of every other text of its group.

    Args:
        data: a file, a folder (its train part, without texts of its test part), a hub data set.
        group: column with the id that a text shares with its edits.
        text: column with the texts; found by name when None.
        label: column with the labels; found by name when None.
        labels: label names that ids stand for, in id order; decided by the values when None.
        stars: highest rating (5 or 10), if the labels are ratings from 1 on; None if they are not.
        scale: worst and best rating, such as ``0-10``, if the labels are ratings on another scale.
        any_text: whether texts may be nearly all numbers, dates or single words.
        kind: kind of the pairs to make: ``graded texts`` or ``label preferences``.
        leave_out: files whose texts may not be in a pair, such as that of the test.
        per_group: largest number of pairs of one group, drawn at random.
        max_pairs: largest number of pairs in all, drawn at random.
        seed: seed of the random draws; the same seed gives the same pairs.
        skip_bad_rows: whether to leave out rows that cannot be used, which the notes then tell;
            else they are an error.
        reading: keywords that say how the files are read: ``encoding``, ``delimiter``, ``quoting``,
            ``header``, ``columns``, ``skip_lines``, ``sheet``; found out where they are left out.

    Raises:
        DataError: the data cannot be read, have bad rows, or no group has two labels.
        ConfigError: a limit is below 1, or texts are to be graded by labels that are no sentiments.

    Example:
        >>> import sentilora
        >>> from pathlib import Path
        >>> rows = ["text,label,id", "A good film,positive,1", "A bad film,negative,1"]
        >>> _ = Path("edits.csv").write_text("\n".join(rows))
        >>> sentilora.pairs_from_edits("edits.csv", group="id").pairs.texts
        ['A good film', 'A bad film']
    """
    if per_group < 1 or max_pairs < 1:
        raise ConfigError(
            f"{setting('per_group', per_group)}, {setting('max_pairs', max_pairs)}: expected at "
            "least 1 pair a group and in all."
        )
    how = Reading(**reading)
    location = locate(data, how)
    examples = read_examples(
        location,
        text=text,
        label=label,
        group=group,
        labels=parse_labels(labels),
        stars=stars,
        scale=scale,
        any_text=any_text,
        skip_bad_rows=skip_bad_rows,
        reading=how,
    )
    grades = _grades(examples.labels, kind)
    files = [*leave_out, *([location] if location.has("test") else [])]
    closed = np.concatenate(
        [np.zeros(0, np.uint64), *(text_keys(file, reading=how) for file in files)]
    )
    keys, label_ids = examples.text_hashes(), examples.label_ids
    is_open = ~np.isin(keys, closed)
    notes = [*examples.notes]
    if not is_open.all():
        notes.append(f"{int((~is_open).sum()):,} texts left out: they stand in the test")
    names = [name for batch in examples.batches("group") for name in batch.to_pylist()]
    sides = _pair(names, np.flatnonzero(is_open), keys, grades[label_ids], per_group, seed)
    if not len(sides):
        raise DataError(
            f"{examples.source}: no group of column '{group}' has two texts with different labels. "
            f"Found {len(set(names)):,} groups. Choose the column of the pair ids with "
            f"{setting('group')}."
        )
    if kind == LABELS:  # what one text chooses, the other one rejects
        sides = np.concatenate([sides, sides[:, ::-1]])
    pairs = Pairs(
        kind=kind,
        table=examples.table,
        keys=keys,
        sides=sides if kind == GRADED else sides[:, :1],
        label_ids=label_ids[sides] if kind == LABELS else np.zeros((len(sides), 0), np.int64),
        margins=_margins(grades[label_ids[sides]], kind),
        weights=np.ones(len(sides)),
        rows=np.arange(1, len(sides) + 1),
        labels=examples.labels if kind == LABELS else None,
        source=str(data),
        files=examples.files,
        skipped=examples.skipped,
    )
    more = {"group": [names[place] for place in sides[:, 0]]}
    return limit_pairs(BuiltPairs(pairs, more, tuple(notes)), max_pairs, seed)


def _pair(
    names: list[str],
    places: Ids,
    keys: npt.NDArray[np.uint64],
    grades: npt.NDArray[np.float64],
    per_group: int,
    seed: int,
) -> Ids:
    """Return positions of texts of one group, the one with the higher grade first, ``(P, 2)``."""
    numbers: dict[str, int] = {}
    group_ids = np.asarray([numbers.setdefault(names[i], len(numbers)) for i in places], np.int64)
    drawn = draw_pairs(group_ids, grades[places], most=per_group, seed=seed)
    sides = places[drawn]
    return np.asarray(sides[keys[sides[:, 0]] != keys[sides[:, 1]]])


def _margins(grades: npt.NDArray[np.float64], kind: Kind) -> npt.NDArray[np.float64]:
    """Return half the difference of polarities for graded texts, 0 for label preferences."""
    return np.asarray((grades[:, 0] - grades[:, 1]) / 2) if kind == GRADED else grades[:, 0] * 0


def _grades(labels: Labels, kind: Kind) -> npt.NDArray[np.float64]:
    """Return how positive each label is, ``(C,)``; different for all when labels are chosen."""
    if kind != GRADED:
        return np.arange(len(labels), dtype=np.float64)
    polarities = labels.polarities
    if polarities is None:
        raise ConfigError(
            f"The labels {', '.join(labels.names)} do not say which is more positive, so texts "
            "cannot be graded by them. Build label preferences instead: "
            f"{setting('kind', 'labels')}"
        )
    return np.asarray(polarities, np.float64)
