"""What a deep check found in single rows: the shapes; ``quality/`` finds it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

WRONG_LABEL = "likely wrong label"
COPY = "copy"
LEAK = "stands in another part"
CONFLICT = "same text, other label"
CONTRAST = "near copy, other label"
JUNK = "junk"
PERSONAL = "personal data"
LANGUAGE = "other language"
BAD_ROW = "row that cannot be used"
KINDS = (WRONG_LABEL, COPY, LEAK, CONFLICT, CONTRAST, JUNK, PERSONAL, LANGUAGE)
MOVED = (WRONG_LABEL, COPY, LEAK, CONFLICT, JUNK)  # that a cleaned file goes without


@dataclass(frozen=True)
class RowFinding:
    """Something that was found in one row.

    Attributes:
        part: part of the data: ``train``, ``validation`` or ``test``.
        row: number of the row in its file, from 1.
        kind: what was found, one of :data:`KINDS`.
        reason: why it is thought so, for people.
        label: label that the row has.
        text: start of the text, with what looks like personal data masked.
        score: how sure it is, 0 to 1: the judge's probability that the label is not the given one,
            the similarity of a copy, or the probability of the language; None where there is none.
        suggested: label that the judge would give; None for other kinds.
        twin: part and row of the earlier text; None for other kinds.
    """

    part: str
    row: int
    kind: str
    reason: str
    label: str
    text: str
    score: float | None = None
    suggested: str | None = None
    twin: tuple[str, int] | None = None


@dataclass(frozen=True)
class QualityFindings:
    """What a deep check found.

    Attributes:
        rows: findings, the likeliest wrong labels first, then by kind, part and row; one row may
            have several.
        judge: how labels were judged, in one line; empty when they were not.
        languages: number of texts by language (ISO code) and part, of those long enough to tell.
        notes: what was not looked for, and why.
    """

    rows: tuple[RowFinding, ...]
    judge: str
    languages: dict[str, dict[str, int]]
    notes: tuple[str, ...]

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """Number of findings by kind and part, of kinds that were found."""
        tally = Counter((one.kind, one.part) for one in self.rows)
        return {
            kind: {part: tally[kind, part] for k, part in tally if k == kind}
            for kind in KINDS
            if any(k == kind for k, _ in tally)
        }


@dataclass(frozen=True)
class Cleaned:
    """The file that a deep check wrote.

    Attributes:
        path: path of the file with the rows that stayed.
        log: path of the log, JSON Lines: ``row``, ``change`` (``moved out`` or ``masked``),
            ``reasons`` (each with ``kind`` and ``reason``), and ``values`` of rows moved out.
        kept: number of rows that stayed.
        moved: number of rows that were moved out, by kind; a row with several counts for each.
        moved_rows: number of rows that were moved out.
        masked_rows: number of rows in which personal data were masked.
    """

    path: str
    log: str
    kept: int
    moved: dict[str, int]
    moved_rows: int
    masked_rows: int
