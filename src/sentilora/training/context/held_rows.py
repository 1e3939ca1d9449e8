"""Rows in memory to train on: they are kept beside the runs, as a run has to find its data again.

A training that was stopped goes on with the same rows, and an export in 8 bits is tried on them;
both read the files that ``config.toml`` names. So the rows are written to ``data/`` in the folder
of the runs, each set of rows once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sentilora.config import RunConfig
from sentilora.data.files.sources import parts_named
from sentilora.data.stored_frames import WHOLE, is_in_memory, parts_in_memory, store_frame
from sentilora.errors import ConfigError, SentiloraError
from sentilora.files import folder_of

FOLDER = "data"
_KEYS = ("data.train", "data.validation", "data.test")


def take_rows(settings: dict[str, Any]) -> dict[str, Any]:
    """Take rows out of dotted settings, and leave a word in their place.

    Returns:
        What was taken, by the part that it is for.
    """
    taken = {}
    for key in _KEYS:
        if settings.get(key) is not None and is_in_memory(settings[key]):
            taken[key.partition(".")[2]] = settings[key]
            settings[key] = "rows in memory"
    return taken


@contextmanager
def kept_rows(config: RunConfig, rows: Mapping[str, Any]) -> Iterator[RunConfig]:
    """Write rows beside the runs, and give the config that names them.

    What was written is removed again when the block ends with an error of ours: the data or the
    settings are of no use then.

    Raises:
        DataError: they are no labelled rows, or cannot be written.
        ConfigError: rows for validation or test have parts of their own.
    """
    if not rows:
        yield config
        return
    config = config.model_copy(deep=True)
    folder = folder_of(config.output) / FOLDER
    before = set(folder.glob("*.parquet"))
    try:
        for part, data in rows.items():
            _keep(config, part, data, folder)
        yield config
    except SentiloraError:
        for path in set(folder.glob("*.parquet")) - before:
            path.unlink(missing_ok=True)
        raise


def _keep(config: RunConfig, part: str, data: Any, folder: Path) -> None:
    held = parts_in_memory(data)
    if WHOLE in held:
        setattr(config.data, part, str(store_frame(held[WHOLE], folder)))
        return
    named = dict(parts_named(held))
    if part != "train" or "train" not in named:
        raise ConfigError(
            f"The rows for {part} have the parts {', '.join(map(str, held))}. Expected one table "
            "for validation and for test, and a part called train in the data as a whole."
        )
    for one, name in named.items():
        if one == "train" or getattr(config.data, one) is None:
            setattr(config.data, one, str(store_frame(held[name], folder)))
