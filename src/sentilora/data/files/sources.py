"""What DATA means: a file, a folder with parts, a data set on the hub, the sample, or rows."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from sentilora.data.files.arrow import HubTable
from sentilora.data.files.formats import ENDINGS, has_ending
from sentilora.data.files.read_options import USUAL, Reading
from sentilora.data.files.streams import Table
from sentilora.data.files.tables import open_table
from sentilora.data.files.temporary import new_folder
from sentilora.data.problems import quoted
from sentilora.data.stored_frames import (
    WHOLE,
    is_in_memory,
    parts_in_memory,
    source_name,
    store_frame,
)
from sentilora.errors import DataError

SAMPLE = "sample"

# What the files of a folder, or the parts of a hub data set, may be called.
PART_NAMES = {"train": ("train",), "validation": ("validation", "val", "dev"), "test": ("test",)}
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?(:[\w.-]+)?")


@dataclass(frozen=True)
class Location:
    """Where the tables of a DATA argument are.

    Attributes:
        source: the data as the user named them.
        parts: function that opens a part, by its name; a single file stands under ``file`` and
            serves as any part.
        inside: names of the files in the folder, to be told when a part is missing.
        is_folder: whether DATA is a folder of files.
    """

    source: str
    parts: Mapping[str, Callable[[], Table]]
    inside: tuple[str, ...] = ()
    is_folder: bool = False

    def has(self, part: str) -> bool:
        """Tell whether there is such a part of its own."""
        return part in self.parts

    def open(self, part: str) -> Table:
        """Open a part, or the single file.

        Raises:
            DataError: there is no such part, or it cannot be opened.
        """
        opener = self.parts.get(part) or self.parts.get("file")
        if opener is None:
            missing = f"is a folder without {part}.*" if self.is_folder else f"has no part '{part}'"
            expected = (
                f" Expected {part}.csv, or {', '.join(ENDINGS[1:])}." if self.is_folder else ""
            )
            raise DataError(f"{self.source} {missing}. Found: {quoted(self.inside)}.{expected}")
        return opener()


def locate(data: Any, reading: Reading = USUAL) -> Location:
    """Find out what ``data`` names, without reading rows.

    Args:
        data: path of a file or a folder, hub data set id, or ``sample``; or rows in memory, as
            ``stored_frames.py`` takes them, which are written to temporary files.
        reading: how the files are read; of the sample and of the hub there is nothing to say.

    Raises:
        DataError: nothing is there, a folder has no ``train.*`` or two of them, or the hub data
            set cannot be loaded.
        ConfigError: ``reading`` says something about data that are no files.
    """
    if is_in_memory(data):
        return _in_memory(data, reading)
    source = str(data)
    if source == SAMPLE:
        reading.refuse_other_than((), source, "the sample")
        return _sample()
    path = Path(data)
    if path.is_dir():
        return _folder(path, source, reading)
    if path.exists():
        return Location(source, {"file": _opener(path, reading)})
    if not _looks_like_hub_id(source):
        raise DataError(
            f"There is no file or folder {source}. Expected a file ({', '.join(ENDINGS)}), a "
            f"folder with train.* and test.*, the id of a hub data set, or '{SAMPLE}'."
        )
    reading.refuse_other_than((), source, "a hub data set")
    return _hub(source)


def _in_memory(data: Any, reading: Reading) -> Location:
    source = source_name(data)
    reading.refuse_other_than((), source, "no file")
    held = parts_in_memory(data)
    if WHOLE in held:
        path = store_frame(held[WHOLE], new_folder())
        return Location(source, {WHOLE: lambda: open_table(path, source)})
    folder = new_folder()
    parts: dict[str, Callable[[], Table]] = {}
    for part, name in parts_named(held):
        path = store_frame(held[name], folder)
        parts[part] = partial(open_table, path, f"{source} [{name}]")
    return Location(source, parts, tuple(map(str, held)))


def parts_named(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the parts of a training that names stand for, each with the name."""
    found = list(names)
    for part, spellings in PART_NAMES.items():
        for spelling in spellings:
            if spelling in found:
                yield part, spelling
                break


def _folder(folder: Path, source: str, reading: Reading) -> Location:
    files = sorted(path for path in folder.iterdir() if path.is_file())
    parts: dict[str, Callable[[], Table]] = {}
    problems = []
    for part, spellings in PART_NAMES.items():
        found = [path for path in files if _is_part(path, spellings)]
        if len(found) > 1:
            problems.append(f"more than one file for {part}: {quoted([p.name for p in found])}")
        elif found:
            parts[part] = _opener(found[0], reading)
    if problems:
        raise DataError(f"{source}: {'; '.join(problems)}. Keep one, or give the files by name.")
    return Location(source, parts, tuple(path.name for path in files), is_folder=True)


def _opener(path: Path, reading: Reading = USUAL) -> Callable[[], Table]:
    return lambda: open_table(path, reading=reading)


def _is_part(path: Path, spellings: tuple[str, ...]) -> bool:
    stem, dot, ending = path.name.lower().partition(".")
    return stem in spellings and dot + ending in ENDINGS


def _sample() -> Location:
    # By name: data and samples stand side by side, and neither needs the other to be imported.
    samples: Any = importlib.import_module("sentilora.samples")
    parts: dict[str, Callable[[], Table]] = {}
    for part in ("train", "test"):
        parts[part] = _opener(Path(samples.path(part)))
    return Location(SAMPLE, parts, tuple(parts))


def _looks_like_hub_id(source: str) -> bool:
    return bool(_HUB_ID.fullmatch(source)) and not has_ending(source)


def _hub(source: str) -> Location:
    found = _load_from_hub(source)
    parts = {
        part: _hub_opener(found[name], f"{source} [{name}]") for part, name in parts_named(found)
    }
    return Location(source, parts, tuple(sorted(found)))


def _hub_opener(part: Any, name: str) -> Callable[[], Table]:
    return lambda: HubTable(part, name)


def _load_from_hub(source: str) -> Any:
    import datasets

    name, _, config = source.partition(":")
    try:
        _refuse_unreachable(name)
        return datasets.load_dataset(name, config or None)
    except OSError as error:
        raise DataError(
            f"There is no file or folder {source}, and as a hub data set it cannot be reached: "
            f"{_first_line(error)}. Check the path, or the network; '{SAMPLE}' needs neither."
        ) from error
    except (ValueError, datasets.exceptions.DatasetsError) as error:
        raise DataError(
            f"The hub data set {source} cannot be loaded: {_first_line(error)}. If it has several "
            f"configurations, name one as {name}:CONFIG."
        ) from error


def _refuse_unreachable(name: str) -> None:
    """Ask the hub once, unless the data set is cached: loading itself asks for half a minute."""
    import datasets
    from huggingface_hub import constants

    cached = Path(datasets.config.HF_DATASETS_CACHE) / name.replace("/", "___")
    if constants.HF_HUB_OFFLINE or cached.exists():
        return
    try:
        urlopen(f"{constants.ENDPOINT}/api/datasets/{name}", timeout=10).close()  # noqa: S310
    except HTTPError:
        return  # it answers; whether there is such a data set, loading will say


def _first_line(error: BaseException) -> str:
    lines = str(getattr(error, "reason", error)).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
