"""Bases that are folders of the user's, such as adapted ones: known by their weights, not by place.

An adapter on such a base stores the folder's path, its name and the hash of its weights. Paths
change; so the folder is looked for where it was, beside the run, and in the usual places, and is
taken only when the weights are the same.
"""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path

from sentilora.errors import ModelError
from sentilora.files import sha256_of
from sentilora.message import command
from sentilora.model.bases.resolved_base import ResolvedBase

PLACES = "SENTILORA_BASES"
FOLDER = "bases"
_WEIGHTS = ("*.safetensors", "pytorch_model*.bin")


def fingerprint(base: ResolvedBase) -> str | None:
    """Return the hash of a folder's weights; None for a base that has a hub id."""
    if base.revision is not None or not Path(base.source).is_dir():
        return None
    return fingerprint_of(Path(base.source))


def fingerprint_of(folder: Path) -> str:
    """Return the sha256 of the weights in a folder; of the list of hashes if they are several.

    Raises:
        ModelError: there are none.
    """
    files = sorted(file for pattern in _WEIGHTS for file in folder.glob(pattern))
    if not files:
        raise ModelError(f"The folder {folder} holds no weights ({' or '.join(_WEIGHTS)}).")
    hashes = [_hash(file, file.stat().st_mtime_ns, file.stat().st_size) for file in files]
    if len(hashes) == 1:
        return hashes[0]
    lines = [f"{file.name} {found}\n" for file, found in zip(files, hashes, strict=True)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@cache
def _hash(file: Path, changed_ns: int, size: int) -> str:
    del changed_ns, size  # only there so that a changed file is read again
    return sha256_of(file)


def find_local_base(stored: str, sha256: str, near: Path | None) -> ResolvedBase:
    """Find the folder whose weights an adapter was trained on.

    Args:
        stored: folder that the base was in when the adapter was trained.
        sha256: hash of the weights of the base.
        near: model folder of the adapter, near which the base may lie.

    Raises:
        ModelError: no place holds these weights; the message names all that were looked at.
    """
    seen = []
    for folder in _places(Path(stored), near):
        if not (folder / "config.json").is_file():
            seen.append(f"{folder}: not there")
        elif fingerprint_of(folder) == sha256:
            place = str(folder.resolve())
            return ResolvedBase(place, place, None, folder.name)
        else:
            seen.append(f"{folder}: other weights")
    name = Path(stored).name
    raise ModelError(
        f"The base '{name}' of this adapter was not found (sha256 of its weights: "
        f"{sha256[:12]}…). Looked in:\n"
        + "\n".join(f"  {line}" for line in seen)
        + f"\nPut its folder beside the run, or say where it is: {PLACES}=FOLDER (the folder "
        "itself, or one that holds it). Where the base is, "
        f"{command('export', 'RUN', to='merged')} makes a model that needs none."
    )


def _places(stored: Path, near: Path | None) -> list[Path]:
    name = stored.name
    places = [stored]
    if near is not None:
        run = near.resolve().parent
        places += [run / name, run.parent / name, run.parent / FOLDER / name]
        places.append(run.parent.parent / FOLDER / name)
    places.append(Path(FOLDER) / name)
    for given in filter(None, os.environ.get(PLACES, "").split(os.pathsep)):
        places += [Path(given).expanduser(), Path(given).expanduser() / name]
    return list(dict.fromkeys(place.absolute() for place in places))
