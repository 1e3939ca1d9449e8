"""Train, validation and test parts: given, or carved out of the training data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from sentilora.data.files.read_options import USUAL, Reading
from sentilora.data.labelled.draft import read_drafts
from sentilora.data.labelled.examples import Examples, Parts
from sentilora.data.labelled.reader import finish
from sentilora.data.labelled.scan import Asked
from sentilora.data.labelled.stratification import MIN_PER_SIDE, Ids, allocate, thin
from sentilora.defaults import SEED, TEST_SHARE, VALIDATION_SHARE
from sentilora.errors import DataError
from sentilora.labels import Labels
from sentilora.message import Message, marked, setting


def read_parts(
    data: str | Path,
    *,
    validation: str | Path | None = None,
    test: str | Path | None = None,
    text: str | None = None,
    label: str | None = None,
    group: str | None = None,
    labels: Labels | None = None,
    stars: int | None = None,
    scale: str | None = None,
    any_text: bool = False,
    skip_bad_rows: bool = False,
    validation_share: float = VALIDATION_SHARE,
    test_share: float = TEST_SHARE,
    limit: int | None = None,
    seed: int = SEED,
    reading: Reading = USUAL,
) -> Parts:
    """Read the parts of the data of a run; what is not given is carved out of train.

    The test part is carved first (``test_share`` of all rows), then validation
    (``validation_share`` of the rest), then ``limit`` thins train. Files that were given stay
    whole; the notes count the texts that they share with train.

    Raises:
        DataError: a part cannot be read or used, or train cannot be split; all problems are named.
        ConfigError: ``stars`` is neither 5 nor 10, or ``scale`` is none.
    """
    asked = Asked(text, label, group, stars, skip_bad_rows, reading, scale, any_text)
    files = {"validation": validation, "test": test}
    drafts = read_drafts(data, files, asked, labels, MIN_PER_SIDE)
    carved = [part for part in files if part not in drafts]
    parts = {part: finish(one) for part, one in drafts.items()}
    given = tuple(parts)
    shares = {"test": test_share, "validation": validation_share}
    parts |= _carve(parts["train"], {part: shares[part] for part in shares if part in carved}, seed)
    notes = _notes_on_carving(parts, carved, group)
    notes += _notes_on_shared_texts(parts, given)
    train = parts["train"]
    if limit is not None and limit < len(train):
        parts["train"] = train.select(thin(train.label_ids, limit, seed))
        kept = f"{len(parts['train']):,} of {len(train):,}"
        notes.append(f"train thinned to {kept} rows, label by label")
    return Parts(
        parts["train"], parts["validation"], parts["test"], _all_notes(parts, given, notes)
    )


def split(examples: Examples, share: float, *, seed: int) -> tuple[Examples, Examples]:
    """Split into the rest and a part with about ``share`` of the rows of each label.

    The same text (but for case and white space) never stands on both sides, nor does the same
    group, when the examples have a ``group`` column. What was skipped, and notes, stay with the
    rest.

    Raises:
        DataError: a label would stand on one side with fewer than two rows.
    """
    parts = _carve(examples, {"taken": share}, seed)
    return parts["train"], parts["taken"]


def _carve(examples: Examples, shares: dict[str, float], seed: int) -> dict[str, Examples]:
    """Take parts out one after the other, each with its share of what is left; train is the rest.

    Raises:
        DataError: no way was found to give each label two rows in every part.
    """
    if not shares:
        return {}
    label_ids = examples.label_ids.astype(np.int32)
    together = examples.clusters()
    left = np.arange(len(examples), dtype=np.int32)
    parts = {}
    for done, (part, share) in enumerate(shares.items(), start=1):
        min_rest = MIN_PER_SIDE * (1 + len(shares) - done)
        chosen = allocate(together[left], label_ids[left], share, seed, min_rest=min_rest)
        if chosen is None:
            raise DataError(_why_not(examples, label_ids[left], together[left], share))
        taken = examples.select(left[chosen])
        parts[part] = replace(taken, skipped=(), notes=())
        left = left[~chosen]
    return {"train": examples.select(left), **parts}


def _why_not(examples: Examples, label_ids: Ids, together: Ids, share: float) -> str:
    clauses = []
    for label_id, name in enumerate(examples.labels.names):
        rows = label_ids == label_id
        if rows.any():
            kinds = len(np.unique(together[rows]))
            clauses.append(f"'{name}' {int(rows.sum())} rows in {kinds} independent units")
    unit = "text or group" if "group" in examples.table.column_names else "text"
    return (
        f"{examples.source} cannot be split: rows with the same {unit} stay together, and with "
        f"{share:.0%} taken no way was found that leaves every label {MIN_PER_SIDE} rows on both "
        f"sides. Found: {'; '.join(clauses)}. Add rows, or give the parts as files with "
        f"{setting('validation')} and {setting('test')}."
    )


def _notes_on_carving(
    parts: dict[str, Examples], carved: list[str], group: str | None
) -> list[str]:
    if not carved:
        return []
    sizes = ", ".join(f"{len(parts[part]):,} rows for {part}" for part in carved)
    same = f"texts and values of '{group}'" if group is not None else "texts"
    source = parts["train"].source
    return [f"{sizes} taken from {source}, label by label, the same {same} kept together"]


def _notes_on_shared_texts(parts: dict[str, Examples], given: tuple[str, ...]) -> list[str]:
    notes = []
    keys = {part: examples.text_hashes() for part, examples in parts.items()} if given[1:] else {}
    for first, second in (("train", "validation"), ("train", "test"), ("validation", "test")):
        if not {first, second} & set(given[1:]):
            continue
        shared = int(np.isin(keys[second], keys[first]).sum())
        if shared:
            notes.append(
                f"{shared:,} of {len(keys[second]):,} texts of {second} stand in {first} as well; "
                f"they were kept"
            )
    return notes


def _all_notes(
    parts: dict[str, Examples], given: tuple[str, ...], notes: list[str]
) -> tuple[str, ...]:
    told = list(parts["train"].notes)
    for part in given[1:]:
        new = [note for note in parts[part].notes if note not in told]
        told += [Message(f"{part}: {marked(note)}") for note in new]
    return (*told, *notes)
