"""A model in a pickle: the folder that it was loaded from, and the hash of what was in it.

Weights stay where they are, so that a pickle is small and quick, and nothing but SentiLoRA's own
files is ever loaded. joblib, multiprocessing and clusters take a model along this way as long as
its folder can be read where it is unpickled.
"""

from __future__ import annotations

from pathlib import Path

from sentilora.errors import ModelError
from sentilora.files import sha256_of
from sentilora.model.artifact import MANIFEST, Artifact


def remember(artifact: Artifact) -> tuple[str, str]:
    """Return the folder of a model and the hash of its manifest, which holds all others.

    Raises:
        ModelError: the folder is gone.
    """
    folder = artifact.path.resolve()
    try:
        return str(folder), sha256_of(folder / MANIFEST)
    except OSError as error:
        raise ModelError(_told(str(folder), "is gone")) from error


def check_remembered(folder: str, sha256: str) -> None:
    """Make sure that the same model lies in a folder.

    Raises:
        ModelError: the folder is gone, or holds another model by now.
    """
    manifest = Path(folder) / MANIFEST
    if not manifest.is_file():
        raise ModelError(_told(folder, "is not there"))
    if sha256_of(manifest) != sha256:
        raise ModelError(_told(folder, "holds another model by now"))


def _told(folder: str, what: str) -> str:
    return (
        f"A model is pickled as the name of its folder, and {folder} {what}. Put the folder back, "
        "or load a model that is there and pickle that one."
    )
