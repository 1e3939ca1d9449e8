"""What DATA means: a file, a folder with parts, a data set on the hub, the sample, or rows."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from sentilora.data.files.arrow import dataset_table
from sentilora.data.files.containers.folder_parts import PART_NAMES, Piece, find_parts
from sentilora.data.files.containers.packed import extracted
from sentilora.data.files.formats import EXPECTED, has_ending
from sentilora.data.files.read_options import USUAL, Reading
from sentilora.data.files.streams import Table
from sentilora.data.files.tables import open_pieces, open_table
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
from sentilora.files import path_of

__all__ = ["PART_NAMES", "SAMPLE", "Location", "locate", "open_single"]

SAMPLE = "sample"

_SAVED_PARTS = "dataset_dict.json"
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
        opener = self.parts.get(part) or self.parts.get(WHOLE)
        if opener is None:
            missing = f"is a folder without {part}.*" if self.is_folder else f"has no part '{part}'"
            expected = f" Expected {part}.csv, or another of {EXPECTED}." if self.is_folder else ""
            raise DataError(f"{self.source} {missing}. Found: {quoted(self.inside)}.{expected}")
        return opener()


def locate(data: Any, reading: Reading = USUAL) -> Location:
    """Find out what ``data`` names, without reading rows; a location stays what it is.

    Args:
        data: path of a file or a folder, hub data set id, or ``sample``; or rows in memory, as
            ``stored_frames.py`` takes them, which are written to temporary files.
        reading: how the files are read; of the sample and of the hub there is nothing to say.

    Raises:
        DataError: nothing is there, a folder has no ``train.*`` or two of them, or the hub data
            set cannot be loaded.
        ConfigError: ``reading`` says something about data that are no files.
    """
    if isinstance(data, Location):
        return data
    if is_in_memory(data):
        return _in_memory(data, reading)
    source = str(data)
    if source == SAMPLE:
        reading.refuse_other_than((), source, "the sample")
        return _sample()
    path = path_of(data)
    if path.is_dir():
        return _folder(path, source, reading)
    if path.is_file() and path.suffix.lower() == ".zip":
        return _archive(path, source, reading)
    if path.exists():
        return Location(source, {WHOLE: _opener(path, reading)})
    if not _looks_like_hub_id(source):
        raise DataError(
            f"There is no file or folder {source}. Expected a file ({EXPECTED}), a "
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


def open_single(path: Path, name: str | None = None, reading: Reading = USUAL) -> Table:
    """Open a file, or a folder that is one table.

    Raises:
        DataError: it cannot be read, or is a folder with several parts.
        ConfigError: ``reading`` says something about data that are no files.
    """
    if not path.is_dir():
        return open_table(path, name, reading)
    location = locate(path, reading)
    if len(location.parts) > 1:
        part = "test" if location.has("test") else [*location.parts][-1]
        raise DataError(
            f"{path} is a folder with several tables: {quoted(tuple(location.parts))}. Give one of "
            f"them by its name, for instance: {_place(location.open(part), path)}"
        )
    return location.open(next(iter(location.parts), WHOLE))


def _place(table: Table, folder: Path) -> Path:
    """Return the path by which a part of a folder can be opened: its file, or their folder."""
    first = table.files[0]
    is_alone = len(table.files) == 1 or first.parent == folder
    return first if is_alone else first.parent


def is_saved(folder: Path) -> bool:
    """Tell whether a folder is what ``datasets`` writes by ``save_to_disk()``."""
    return (folder / _SAVED_PARTS).is_file() or (folder / "state.json").is_file()


def _folder(folder: Path, source: str, reading: Reading) -> Location:
    if not is_saved(folder):
        return _pieces(folder, source, reading)
    reading.refuse_other_than((), source, "a saved data set")
    if not (folder / _SAVED_PARTS).is_file():
        return Location(source, {WHOLE: _saved_opener(folder)})
    found = {path.name: path for path in sorted(folder.iterdir()) if path.is_dir()}
    parts = {part: _saved_opener(found[name]) for part, name in parts_named(found)}
    return Location(source, parts, tuple(found))


def _archive(path: Path, source: str, reading: Reading) -> Location:
    """Find the tables of a zip archive; its files stay unpacked as long as the location."""
    unpacked = extracted(path, source)
    location = _pieces(unpacked.path, source, reading, archive=path)

    def opener(open_part: Callable[[], Table]) -> Callable[[], Table]:
        def opened() -> Table:
            table = unpacked.serve(open_part())
            table.name = table.name.replace(str(unpacked.path), source)
            table.files = (path,)
            return table

        return opened

    parts = {part: opener(open_part) for part, open_part in location.parts.items()}
    return replace(location, parts=parts)


def _pieces(
    folder: Path, source: str, reading: Reading, *, archive: Path | None = None
) -> Location:
    def opener(pieces: list[Piece], name: str) -> Callable[[], Table]:
        return lambda: open_pieces(pieces, name, reading, archive=archive)

    found = find_parts(folder, source)
    parts = {part: opener(pieces, f"{source} [{part}]") for part, pieces in found.items()}
    if WHOLE in found:
        parts[WHOLE] = opener(found[WHOLE], source)
    inside = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    return Location(source, parts, tuple(inside), is_folder=True)


def _opener(path: Path, reading: Reading = USUAL) -> Callable[[], Table]:
    return lambda: open_table(path, reading=reading)


def _saved_opener(folder: Path) -> Callable[[], Table]:
    """Return what opens a data set that ``datasets`` saved to disk."""

    def opened() -> Table:
        import datasets

        try:
            part = datasets.load_from_disk(str(folder))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataError(
                f"{folder} is not a whole saved data set: {_first_line(error)}. Save it again with "
                "save_to_disk(), or as .parquet."
            ) from error
        return dataset_table(part, str(folder), sorted(folder.glob("*.arrow")))

    return opened


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
    def opener(part: Any, name: str) -> Callable[[], Table]:
        return lambda: dataset_table(part, name)

    found = _load_from_hub(source)
    parts = {part: opener(found[name], f"{source} [{name}]") for part, name in parts_named(found)}
    return Location(source, parts, tuple(sorted(found)))


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
