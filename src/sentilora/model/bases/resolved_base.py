"""A base made concrete: from a name in the table, a hub id or a folder to what is loaded."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sentilora.errors import MissingExtraError, ModelError
from sentilora.files import path_of
from sentilora.message import setting
from sentilora.model.bases.embedded_base import embedded_folder, is_cached
from sentilora.model.bases.known_bases import BASES, by_hub_id


@dataclass(frozen=True)
class ResolvedBase:
    """A base made concrete: what to load, and what an adapter writes down about it.

    Attributes:
        source: folder or hub id that transformers loads from.
        hub_id: name that adapters store; equals the folder only for a base that has no hub id.
        revision: commit or branch, or None for a folder.
        name: short name for run folders and reports.
    """

    source: str
    hub_id: str
    revision: str | None
    name: str


def resolve_base(base: str) -> ResolvedBase:
    """Find a base by its name in the table, hub id, or local folder.

    Raises:
        MissingExtraError: the weights come with a package that is not installed.
        ModelError: the folder holds no model, or the embedded weights are damaged.
    """
    if not isinstance(base, str | os.PathLike):
        path_of(base)
    base = os.fspath(base)
    known = BASES.get(base) or by_hub_id(base)
    if known is not None:
        folder = embedded_folder(known)
        if folder is None and known.package and not is_cached(known):
            raise MissingExtraError(f"The base '{known.name}'", "embedded")
        source = str(folder) if folder else known.hub_id
        return ResolvedBase(source, known.hub_id, known.revision, known.name)
    path = path_of(base)
    if path.is_dir():
        if not (path / "config.json").is_file():
            raise ModelError(
                f"The folder {base} holds no config.json, so it is not a transformers model. "
                f"Give a model folder, a hub id, or one of: {', '.join(BASES)}."
            )
        return ResolvedBase(str(path.resolve()), str(path.resolve()), None, path.name)
    if base.count("/") != 1 or base.startswith((".", "/", "~")):
        raise ModelError(
            f"There is no base '{base}'. Choose one of: {', '.join(BASES)}; "
            "a hub id such as owner/name; or a folder with a transformers model."
        )
    return ResolvedBase(base, base, "main", base.rsplit("/", 1)[-1])


def unreachable(base: ResolvedBase, reason: str) -> ModelError:
    """Say that a base could not be loaded, and what works instead."""
    if Path(base.source).is_dir():
        return ModelError(f"The model in {base.source} cannot be loaded: {reason}")
    return ModelError(
        f"The base {base.hub_id} is not in the Hugging Face cache and the hub did not give it "
        f"({reason}). Use the embedded one: {setting('base', 'minilm')}; or give a folder with the "
        "model."
    )
