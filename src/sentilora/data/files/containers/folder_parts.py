"""Which files of a folder are the parts train, validation and test, or one table together.

Known are files called after a part (``train.csv``), pieces of a part as the hub and Spark lay them
out (``data/train-00000-of-00002.parquet``, ``split=train/part-0.parquet``, ``train/0000.parquet``),
texts and labels in two files (``train_text.txt``, ``train_labels.txt``), and folders without any
part, whose files are one table if they have the same columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from sentilora.data.files.formats import ENDINGS
from sentilora.data.problems import quoted
from sentilora.data.stored_frames import WHOLE
from sentilora.errors import DataError

# What the files of a folder, or the parts of a hub data set, may be called.
PART_NAMES = {"train": ("train",), "validation": ("validation", "val", "dev"), "test": ("test",)}

_PART_OF = {spelling: part for part, names in PART_NAMES.items() for spelling in names}
_KEY = re.compile(r"([A-Za-z_]\w*)=(.*)")
_NULL = "__HIVE_DEFAULT_PARTITION__"
_FASTTEXT = (".ft.txt", ".ft.txt.bz2", ".ft.txt.gz")
_DEEPEST = 4
_MOST_FILES = 10_000
_DESCRIPTIONS = ("dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json")


@dataclass(frozen=True)
class Piece:
    """A file that belongs to a part.

    Attributes:
        path: path of the file, or of the texts where the labels stand in another one.
        labels: path of the file of labels, if there is one.
        constants: values that its path says of all rows, as in ``label=positive/``.
    """

    path: Path
    labels: Path | None = None
    constants: Mapping[str, str | None] = field(default_factory=dict)


def find_parts(folder: Path, source: str) -> dict[str, list[Piece]]:
    """Find the pieces of each part, in order; empty when there is nothing to read.

    Raises:
        DataError: two files are called after one part.
    """
    files = sorted(path for path in folder.iterdir() if is_table(path))
    parts = _exact(files, source) | line_pairs(files)
    if parts:
        return parts
    for path in _below(folder, 1):
        spelling = _part_of(path.relative_to(folder))
        if spelling is not None:
            parts.setdefault(spelling, []).append(Piece(path, None, _constants(path, folder)))
    if parts:
        return parts
    root = _top(folder)
    pieces = [Piece(path, None, _constants(path, folder)) for path in _below(folder, 1)]
    pieces = [piece for piece in pieces if piece.constants or piece.path.parent == root]
    return {WHOLE: pieces} if pieces else {}


def _top(folder: Path) -> Path:
    """Return the folder where the tables begin: archives often hold one folder with all else."""
    inside = [path for path in folder.iterdir() if not path.name.startswith((".", "_"))]
    if len(inside) == 1 and inside[0].is_dir() and not _KEY.fullmatch(inside[0].name):
        return _top(inside[0])
    return folder


def _exact(files: Sequence[Path], source: str) -> dict[str, list[Piece]]:
    parts: dict[str, list[Piece]] = {}
    problems = []
    for part, spellings in PART_NAMES.items():
        found = [path for path in files if _is_called(path, spellings)]
        if len(found) > 1:
            problems.append(f"more than one file for {part}: {quoted([p.name for p in found])}")
        elif found:
            parts[part] = [Piece(found[0])]
    if problems:
        raise DataError(f"{source}: {'; '.join(problems)}. Keep one, or give the files by name.")
    return parts


def _is_called(path: Path, spellings: Sequence[str]) -> bool:
    stem, dot, ending = path.name.lower().partition(".")
    return stem in spellings and dot + ending in (*ENDINGS, *_FASTTEXT)


def line_pairs(files: Sequence[Path]) -> dict[str, list[Piece]]:
    """Find the parts whose texts and labels stand in two files."""
    by_name = {path.name.lower(): path for path in files}
    parts = {}
    for spelling, part in _PART_OF.items():
        texts = by_name.get(f"{spelling}_text.txt") or by_name.get(f"{spelling}_texts.txt")
        labels = by_name.get(f"{spelling}_labels.txt") or by_name.get(f"{spelling}_label.txt")
        if texts is not None and labels is not None:
            parts[part] = [Piece(texts, labels)]
    return parts


def _below(folder: Path, depth: int) -> Iterator[Path]:
    """Iterate the tables in a folder and below it, in order."""
    count = 0
    for path in sorted(folder.iterdir()):
        if is_table(path):
            count += 1
            yield path
        elif path.is_dir() and depth < _DEEPEST and not path.name.startswith((".", "_")):
            for inner in _below(path, depth + 1):
                count += 1
                yield inner
        if count > _MOST_FILES:
            raise DataError(f"{folder} holds more than {_MOST_FILES:,} files. Give one by name.")


def _part_of(path: Path) -> str | None:
    """Return the part that a relative path belongs to, by its folders first, then by its name."""
    for name in path.parts[:-1]:
        key = _KEY.fullmatch(name)
        if (part := _PART_OF.get((key[2] if key else name).lower())) is not None:
            return part
    stem = path.name.lower().partition(".")[0]
    found = {_PART_OF[word] for word in re.split(r"[\W_]+", stem) if word in _PART_OF}
    return found.pop() if len(found) == 1 else None


def _constants(path: Path, folder: Path) -> dict[str, str | None]:
    """Return the columns that Spark and Hive write as folders: ``label=positive/``."""
    found: dict[str, str | None] = {}
    for name in path.relative_to(folder).parts[:-1]:
        key = _KEY.fullmatch(name)
        if key is not None and key[2].lower() not in _PART_OF:
            found[key[1]] = None if key[2] == _NULL else unquote(key[2])
    return found


def is_table(path: Path) -> bool:
    """Tell whether a file of a folder is one to read, by its name."""
    name = path.name.lower()
    is_named = name.endswith(ENDINGS) and not name.startswith((".", "_"))
    return is_named and name not in _DESCRIPTIONS and path.is_file()
