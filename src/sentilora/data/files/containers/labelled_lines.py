"""Texts and labels in plain lines: both in one line (fastText), or in two files side by side."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from sentilora.data.files.containers.row_spool import spool
from sentilora.data.files.jsonlines import JsonLinesFile
from sentilora.data.files.streams import open_text
from sentilora.data.files.text_form.charset import find_encoding
from sentilora.errors import DataError

MARK = "__label__"
MAPPING = "mapping.txt"


def is_labelled(first_line: str) -> bool:
    """Tell whether a line is one of fastText."""
    return first_line.lstrip("\ufeff \t").startswith(MARK)


def open_labelled_lines(path: Path, name: str, encoding: str | None = None) -> JsonLinesFile:
    """Open a file of lines such as ``__label__2 a text``, as fastText reads them.

    Raises:
        DataError: it cannot be read.
    """
    found, notes = find_encoding(path, name, encoding)
    told = [*notes, f"labels from the words that begin with {MARK}"]
    return spool(_labelled(_lines(path, name, found), told), [path], name, told)


def open_line_pair(
    texts: Path, labels: Path, name: str, encoding: str | None = None
) -> JsonLinesFile:
    """Open a file of texts and a file of their labels, line by line.

    A file ``mapping.txt`` beside them, with an id and a name in each line, names the labels.

    Raises:
        DataError: they do not have as many lines, or cannot be read.
    """
    found, notes = find_encoding(texts, name, encoding)
    notes = (*notes, f"texts from {texts.name}, labels from {labels.name}")
    mapping = texts.with_name(MAPPING)
    names = _mapping(mapping) if mapping.is_file() else None
    files = [texts, labels, *([mapping] if names else [])]
    return spool(_paired(texts, labels, name, found), files, name, notes, names)


def _labelled(lines: Iterator[str], notes: list[str]) -> Iterator[dict[str, Any]]:
    """Part lines into labels and texts; a comma between them is part of neither."""
    has_commas = False
    for line in lines:
        if not line.strip():
            continue
        words = line.split()
        count = next((i for i, word in enumerate(words) if not word.startswith(MARK)), len(words))
        labels = [word.removeprefix(MARK) for word in words[:count]]
        text = line.split(maxsplit=count)[count] if count < len(words) else ""
        is_parted = text.startswith(",") or any(
            len(label) > 1 and label[-1] == "," for label in labels
        )
        if is_parted:
            labels = [label.rstrip(",") or label for label in labels]
            text = text.removeprefix(",").lstrip()
        if is_parted and not has_commas:
            has_commas = True
            notes.append("the comma between labels and text is left out")
        label = labels[0] if len(labels) == 1 else labels or None
        yield {"text": text, "label": label}


def _paired(texts: Path, labels: Path, name: str, encoding: str) -> Iterator[dict[str, Any]]:
    lines = zip_longest(_lines(texts, name, encoding), _lines(labels, name, "utf-8-sig"))
    counts = [0, 0]
    for text, label in lines:
        counts[0] += text is not None
        counts[1] += label is not None
        if counts[0] == counts[1]:
            yield {"text": text, "label": label}
    if counts[0] != counts[1]:
        raise DataError(
            f"{texts} has {counts[0]:,} lines and {labels} has {counts[1]:,}; expected a label in "
            "the same line of its file for each text."
        )


def _lines(path: Path, name: str, encoding: str) -> Iterator[str]:
    with open_text(path, name, encoding=encoding) as stream:
        for line in stream:
            yield line.rstrip("\r\n").removeprefix("\ufeff")


def _mapping(path: Path) -> list[str] | None:
    """Return the label names in the order of their ids; None unless they count from 0."""
    pairs = [line.split(None, 1) for line in _lines(path, str(path), "utf-8-sig") if line.strip()]
    if not all(len(pair) == 2 and pair[0].isdecimal() for pair in pairs):
        return None
    names = {int(number): label.strip() for number, label in pairs}
    return [names[i] for i in range(len(names))] if names.keys() == {*range(len(names))} else None
