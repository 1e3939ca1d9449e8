"""The check of a data set: quick, and on request row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Unpack

from sentilora.data.files.read_options import Reading, ReadOptions
from sentilora.data.labelled.check import Check, check_parts
from sentilora.data.labelled.examples import Examples
from sentilora.data.labelled.quality_findings import QualityFindings
from sentilora.data.labelled.scan import Asked
from sentilora.data.problems import RowProblem
from sentilora.errors import ConfigError
from sentilora.events import EventLog, Listener
from sentilora.labels import Labels, parse_labels
from sentilora.message import setting
from sentilora.quality.cleaned_file import check_target, write_cleaned


def check(
    data: Any,
    *,
    deep: bool = False,
    fix: str | Path | None = None,
    mask_personal: bool = False,
    validation: Any = None,
    test: Any = None,
    text: str | None = None,
    label: str | None = None,
    group: str | None = None,
    labels: str | Sequence[str] | Mapping[str, str] | Labels | None = None,
    stars: int | None = None,
    scale: str | None = None,
    any_text: bool = False,
    skip_bad_rows: bool = False,
    remarks: Callable[[list[str]], Sequence[str]] | None = None,
    listener: Listener | None = None,
    **reading: Unpack[ReadOptions],
) -> Check:
    """Read all parts of the data and report what is in them.

    Args:
        data: file, folder with ``train.*`` and ``test.*``, hub data set id, or ``sample``; or rows
            in memory: a table, rows as dicts, or ``(texts, labels)``.
        deep: whether to look at each row as well: likely wrong labels, near copies, junk, personal
            data, languages; takes minutes for some thousand long texts.
        fix: path of a file to write the train part to, without the rows that a deep check would
            move out; what is moved out stands in a log beside it, whole and with its reason.
        mask_personal: whether personal data are masked in the file that ``fix`` names.
        validation: validation file, or rows; its part of the data, if there is one, when None.
        test: test file, or rows; its part of the data, if there is one, when None.
        text: column with the text; found by name when None.
        label: column with the label; found by name when None.
        group: column whose values never stand on two sides of a split.
        labels: label names of the values: of ids from 0 on, or of as many other numbers from the
            lowest up; values with ``=`` and a name, or a mapping, give each value its name.
        stars: highest rating (5 or 10), if the labels are ratings from 1 on; None if they are not.
        scale: worst and best rating, such as ``0-10``, if the labels are ratings on another scale.
        any_text: whether texts may be nearly all numbers, dates or single words.
        skip_bad_rows: whether the training is to leave out rows that cannot be used, so that they
            are no problem.
        remarks: function that is given a sample of the train texts, and returns notes on them, such
            as what a base does not know; a :class:`ModelError` of it is a problem.
        listener: function that is told ``phase`` and ``progress`` of a deep check.
        reading: keywords that say how the files are read: ``encoding``, ``delimiter``, ``quoting``,
            ``header``, ``columns``, ``skip_lines``, ``sheet``; found out where they are left out.

    Raises:
        DataError: the data cannot be opened, or it cannot be decided which column is what or how
            the labels are meant; or ``fix`` cannot be written. Bad rows and rare labels are
            reported, not raised.
        ConfigError: ``fix`` is the data itself or lies in their folder, or ``mask_personal``
            stands without ``fix``.

    Example:
        >>> import sentilora
        >>> found = sentilora.check("sample")
        >>> found.is_usable, found.labels
        (True, ('negative', 'neutral', 'positive'))
    """
    if mask_personal and fix is None:
        raise ConfigError(
            "Personal data are masked in the file that is written, and none is: give its name with "
            f"{setting('fix', 'cleaned.csv')}."
        )
    if fix is not None:
        check_target(Path(fix), data, validation, test)
    skipped: list[RowProblem] = []

    def look(examples: Mapping[str, Examples]) -> QualityFindings:
        from sentilora.quality.row_quality import find_quality

        skipped.extend(examples["train"].skipped)
        return find_quality(examples, log=EventLog(listener))

    how = Reading(**reading)
    skips = skip_bad_rows or fix is not None
    found = check_parts(
        data,
        {"validation": validation, "test": test},
        Asked(text, label, group, stars, skips, how, scale, any_text),
        parse_labels(labels),
        remarks=remarks,
        look=look if deep or fix is not None else None,
    )
    if fix is None:
        return found
    return replace(
        found,
        cleaned=write_cleaned(found, data, Path(fix), skipped, masks=mask_personal, reading=how),
    )
