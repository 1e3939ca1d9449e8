"""Parts of the data that were read once: what their labels mean, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from sentilora.data.columns import known_columns
from sentilora.data.files.sources import SAMPLE, Location, locate
from sentilora.data.files.temporary import read_batches
from sentilora.data.labelled.scan import MAX_SPELLINGS, Asked, Scan, scan
from sentilora.data.labelled.sister_columns import sister_problem
from sentilora.data.labelled.values.label_spellings import fold
from sentilora.data.labelled.values.label_values import read_meanings
from sentilora.data.labelled.values.meanings import Column, Meanings
from sentilora.data.problems import raise_if_any, shortened
from sentilora.errors import DataError
from sentilora.labels import Labels
from sentilora.message import setting


@dataclass
class Draft:
    """A part that was read once.

    Attributes:
        source: the data as the user named them.
        meanings: what the label values of the part stand for, once that is settled.
    """

    source: str
    scan: Scan
    asked: Asked
    meanings: Meanings | None = None


def draft(location: Location, part: str, asked: Asked) -> Draft:
    """Read a part once and note what is wrong with it.

    Raises:
        DataError: it cannot be opened, or not read to its end.
    """
    if location.source == SAMPLE:  # it has labels and ratings, which would be ambiguous
        label = asked.label or ("label" if asked.rating_scale is None else "rating")
        asked = replace(asked, text=asked.text or "text", label=label)
    return Draft(location.source, scan(location.open(part), asked), asked)


def settle(
    draft: Draft,
    labels: Labels | None,
    min_per_label: int,
    *,
    known: Labels | None = None,
    before: Mapping[str, int | str] | None = None,
) -> None:
    """Decide what the label values mean; note the rows and the labels that this rules out.

    Args:
        draft: part that was read once.
        labels: label names that the user gave for the values.
        min_per_label: smallest number of rows of each label.
        known: labels that the values have to be, of a model or of the train part.
        before: what the values of the train part stand for.
    """
    found = draft.scan
    problems = found.problems
    if found.columns.label is None or len(found.spellings) > MAX_SPELLINGS:
        return
    tally = {name: found.tally[code] for name, code in found.spellings.items()}
    if not any(tally.values()):
        if problems.keeps_rows and not problems.whole:
            problems.add(f"no row can be used. {'; '.join(problems.row_lines())}")
        return
    meanings = draft.meanings = read_meanings(
        tally,
        Column(
            name=found.columns.label,
            names=found.table.names,
            labels=labels,
            known=known,
            before=before or {},
            scale=draft.asked.rating_scale,
            class_names=None
            if found.columns.one_hot
            else found.table.class_names(found.columns.label),
        ),
    )
    if meanings.labels is None:
        problems.add(meanings.problem)
        if problems.keeps_rows:  # they may be why: else raise_if_any tells them
            problems.whole += problems.row_lines()
        return
    is_said = (labels, before, draft.asked.rating_scale) != (None, None, None)
    has_others = len(found.table.names) > len(found.columns.used)
    if has_others and not is_said and not found.columns.one_hot:
        told = sister_problem(found.columns, found.sample(), meanings)
        problems.whole += [told] if told else []
    if meanings.cuts_off and not draft.asked.skip_bad_rows:
        problems.add(meanings.problem)
        problems.may_skip = False
    _note_bad_labels(found, meanings)
    counts = _counts(meanings.labels, meanings, tally)
    for problem in rare_labels(counts, min_per_label, way_without(draft, counts, min_per_label)):
        problems.add(problem)
    if not any(counts.values()):
        problems.add(f"no row has one of the labels {', '.join(meanings.labels.names)}.")


def read_drafts(
    data: Any,
    files: Mapping[str, Any],
    asked: Asked,
    labels: Labels | None,
    min_per_part: int = 0,
) -> dict[str, Draft]:
    """Read train and the other parts that are given, and settle their labels by train's.

    Args:
        data: source of train, and of the other parts that it holds.
        files: sources of the other parts by name; None where none was given.
        asked: how to read all parts: columns, labels, bad rows.
        labels: the label names; decided by train when None.
        min_per_part: rows of each label that train needs for itself, and for each part that is to
            be carved out of it because it is not given.

    Raises:
        DataError: a part cannot be read or used; the problems of all parts are named.
    """
    location = locate(data, asked.reading)
    given = {part: file for part, file in files.items() if file is not None}
    wanted = ["train", *(part for part in files if part in given or location.has(part))]
    drafts: dict[str, Draft] = {}
    failures: list[str] = []
    for part in wanted:
        try:
            place = locate(given[part], asked.reading) if part in given else location
            drafts[part] = draft(place, part, asked)
        except DataError as error:
            failures.append(error.template)
    if "train" in drafts:
        for part in [part for part in drafts if part != "train" and part not in given]:
            if _is_unlabelled(drafts[part], drafts["train"]):
                del drafts[part]
                wanted.remove(part)
        carved = len(files.keys() - set(wanted))
        _settle_all(drafts, labels, min_per_part * (1 + carved))
    raise_if_any([one.scan.problems for one in drafts.values()], failures)
    return drafts


def _is_unlabelled(other: Draft, train: Draft) -> bool:
    """Tell whether a part of a folder has no labels, as the test files of contests; note it."""
    table, label = other.scan.table, train.scan.columns.label
    is_found = other.scan.columns.label is not None
    if label is None or is_found or known_columns(table.names, "label"):
        return False
    train.scan.table.notes += (f"{table.name} has no column '{label}': it is not used",)
    return True


def rare_labels(counts: Mapping[str, int], min_per_label: int, way: str) -> list[str]:
    """Say which labels have too few rows, and the way to leave them out."""
    return [
        f"label '{name}' has {count} usable row(s); at least {min_per_label} are needed. {way}"
        for name, count in counts.items()
        if count < min_per_label
    ]


def way_without(draft: Draft, counts: Mapping[str, int], min_per_label: int) -> str:
    """Say how the data are read without the labels that have too few rows, where it can be."""
    kept = [name for name, count in counts.items() if count >= min_per_label]
    meanings = draft.meanings
    if len(kept) < 2 or meanings is None or meanings.labels is None:
        return "Add rows."
    names = meanings.labels.names
    given = [
        (value, names[meaning])
        for value, meaning in meanings.of.items()
        if isinstance(meaning, int) and names[meaning] in kept
    ]
    if draft.asked.rating_scale is None and not all(fold(v) == fold(name) for v, name in given):
        kept = [f"{value}={name}" for value, name in given]
    if any("," in name or name.count("=") > 1 for name in kept):
        return "Add rows."
    labels, skip = setting("labels", kept), setting("skip_bad_rows", True)
    are_many = len(kept) < len(counts) - 1
    it = "all such labels" if are_many else "it"
    return f"Add rows, or leave {it} out with {labels} and {skip}."


def _settle_all(drafts: dict[str, Draft], labels: Labels | None, min_per_label: int) -> None:
    settle(drafts["train"], labels, min_per_label)
    decided = drafts["train"].meanings
    if decided is None or decided.labels is None:
        return
    for part in drafts.keys() - {"train"}:
        settle(drafts[part], None, 0, known=decided.labels, before=decided.of)


def _note_bad_labels(found: Scan, meanings: Meanings) -> None:
    spellings = list(found.spellings)
    meaning_of = [meanings.of[spelling] for spelling in spellings]
    if all(isinstance(meaning, int) for meaning in meaning_of):
        return
    for row, code in chain(_codes(found), found.bad):
        if isinstance(kind := meaning_of[code], str):
            found.problems.add_row(row, kind, f"'{shortened(spellings[code])}'")


def _codes(found: Scan) -> Iterator[tuple[int, int]]:
    for batch in read_batches(found.path):
        rows, codes = batch.column("row").to_pylist(), batch.column("code").to_pylist()
        yield from zip(rows, codes, strict=True)


def _counts(labels: Labels, meanings: Meanings, tally: Mapping[str, int]) -> dict[str, int]:
    counts = dict.fromkeys(labels.names, 0)
    for spelling, count in tally.items():
        meaning = meanings.of[spelling]
        if isinstance(meaning, int):
            counts[labels.names[meaning]] += count
    return counts
