"""The saved model folder: written beside its final place, sealed last, and verified when opened.

    model/
      adapter_config.json, adapter_model.safetensors   PEFT's own files, untouched (method lora)
      config.json, model.safetensors                   transformers' own files (method full, merged)
      tokenizer.json, tokenizer_config.json
      labels.json      num_labels, id2label, label2id: keyword arguments for from_pretrained
      sentilora.json   base, text rule, calibration
      manifest.json    sha256 of every file, WRITTEN LAST

A folder without a manifest, or with a wrong hash, is refused. Nothing is ever unpickled.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sentilora import samples
from sentilora.errors import ModelError, several
from sentilora.files import path_of, sha256_of, write_json
from sentilora.message import command
from sentilora.model.adapter_file import ADAPTER_CONFIG, check_adapter
from sentilora.model.bases.local_bases import find_local_base
from sentilora.model.bases.resolved_base import ResolvedBase, resolve_base
from sentilora.model.classifier import load_base_classifier, load_tokenizer
from sentilora.model.model_settings import (
    FORMAT,
    ModelSettings,
    read_model_settings,
    write_model_settings,
)
from sentilora.model.promoted.pointer import pointer_at, read_pointer
from sentilora.model.quiet import quiet_transformers

MANIFEST = "manifest.json"
MODEL_FOLDER = "model"  # inside a run, which gives the model its name
ONNX_FILE = "model.onnx"
BROWSER_FILE = "onnx/model.onnx"  # where transformers.js looks for it
OPENVINO_FILE = "openvino_model.xml"  # the weights lie beside it, with the suffix .bin
PARTIAL = ".partial"


@dataclass(frozen=True)
class Artifact:
    """A verified model folder.

    Attributes:
        path: the folder with the manifest.
        settings: the model's labels, base, text rule and calibration.
        pointer: the file that stood for it; None where the folder itself was named.
    """

    path: Path
    settings: ModelSettings
    pointer: Path | None = None

    @property
    def home(self) -> Path:
        """The folder of the run that it belongs to; of an export, its own folder."""
        return home_of(self.path.resolve())

    @property
    def run_folder(self) -> Path | None:
        """The folder of the run that it belongs to; None for an export or a shipped adapter."""
        return self.home if self.path.resolve().name == MODEL_FOLDER else None

    @property
    def name(self) -> str:
        """What people call it: by its pointer, by its run, or by its own folder."""
        return self.home.name if self.pointer is None else self.pointer.name


def home_of(folder: Path) -> Path:
    """Return the folder that gives a model folder its name: the run around it, or itself."""
    return folder.parent if folder.name == MODEL_FOLDER else folder


def save_artifact(model: Any, tokenizer: Any, settings: ModelSettings, path: Path) -> Path:
    """Write a model beside ``path``; it is not valid until :func:`seal_artifact` moves it there.

    Returns:
        The unsealed folder, ``path`` with the suffix ``.partial``.
    """
    folder = new_artifact(path)
    save_weights(model, folder)
    save_texts(tokenizer, settings, folder)
    return folder


def new_artifact(path: Path) -> Path:
    """Make the empty folder, ``path`` with the suffix ``.partial``, that an artifact grows in."""
    folder = path.with_name(path.name + PARTIAL)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def save_texts(tokenizer: Any, settings: ModelSettings, folder: Path) -> None:
    """Write the tokenizer, ``labels.json`` and ``sentilora.json``."""
    with quiet_transformers():
        tokenizer.save_pretrained(folder)
    write_model_settings(settings, folder)


def save_weights(model: Any, folder: Path) -> None:
    """Write the files of PEFT or transformers, without asking the hub about the base."""
    is_adapter = hasattr(model, "peft_config")
    options = {"save_embedding_layers": False} if is_adapter else {}
    with quiet_transformers():
        model.save_pretrained(folder, **options)
    if is_adapter:
        # PEFT writes a model card of its own; the run's card says more.
        (folder / "README.md").unlink(missing_ok=True)


def seal_artifact(folder: Path) -> Path:
    """Hash every file, write the manifest last, and move the folder to its final name."""
    # safetensors writes for the owner alone; a model is shared like any other file.
    mode = (folder / "labels.json").stat().st_mode
    for file in folder.rglob("*"):
        if file.is_file():
            file.chmod(mode)
    write_manifest(folder)
    final = folder.with_name(folder.name.removesuffix(PARTIAL))
    if final != folder:
        shutil.rmtree(final, ignore_errors=True)
        folder.rename(final)
    return final


def write_manifest(folder: Path) -> None:
    """Write sha256 and size of every file of a folder."""
    files = {
        str(file.relative_to(folder).as_posix()): {
            "sha256": sha256_of(file),
            "bytes": file.stat().st_size,
        }
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name != MANIFEST
    }
    write_json(folder / MANIFEST, {"format": FORMAT, "files": files})


def find_artifact(path: str | Path) -> Path:
    """Return the model folder that ``path`` means: itself, or ``model/`` inside a run folder.

    A file that stands for a promoted model means that model.
    The string ``general`` means the adapter that ships with the package; ``./general`` and every
    ``Path`` mean a folder.

    Raises:
        ModelError: there is no finished model.
        ConfigError: it is no path.
    """
    if isinstance(path, str) and path == samples.GENERAL:
        return _shipped()
    given = path_of(path)
    if (pointer := read_pointer(given)) is not None:
        path = given = pointer.folder
    for folder in (given, given / MODEL_FOLDER):
        if (folder / MANIFEST).is_file():
            return folder
    if (given / "config.toml").is_file():
        raise ModelError(
            f"The run {path} has no finished model. Go on with it: "
            f"{command('train', resume=given / 'config.toml')}"
        )
    if not given.exists():
        raise ModelError(
            f"There is no run or model at {path}. List the runs there are with: {command('runs')}"
        )
    if (given / ADAPTER_CONFIG).is_file():
        raise ModelError(
            f"{path} is an adapter as PEFT itself saves it: it has no {MANIFEST}, and does not say "
            "what its labels are called or how much of a text is read. Save it with these once "
            "more, as the page on Python in the docs shows under 'Your own loop'."
        )
    raise ModelError(
        f"{path} is not a SentiLoRA model: it has no {MANIFEST}. "
        "Expected a run folder, its model/ folder, or an export."
    )


def _shipped() -> Path:
    folder = samples.general()
    if not (folder / MANIFEST).is_file():
        raise ModelError(
            f"The adapter '{samples.GENERAL}' is not in this installation: expected it in "
            f"{folder}. Uninstall sentilora with pip, and install it again; or, if you mean a "
            f"folder of that name, type ./{samples.GENERAL}"
        )
    return folder


def open_artifact(path: str | Path, *, is_sealed: bool = True) -> Artifact:
    """Find a model folder, check every hash, and read its settings.

    Args:
        path: path of a run folder, a model folder or an export, or ``general``.
        is_sealed: whether the folder has to be sealed; False only for the proof of reload, which
            comes before the seal.

    Raises:
        ModelError: no manifest, a missing, changed or added file, or an unknown format.
    """
    folder = find_artifact(path) if is_sealed else Path(path)
    if is_sealed:
        _verify(folder)
    return Artifact(folder, read_model_settings(folder), pointer_at(path))


def load_classifier(artifact: Artifact, *, merge: bool = True) -> tuple[Any, Any]:
    """Load model and tokenizer of an artifact, in evaluation mode, on the CPU, in float32.

    Args:
        artifact: the artifact, from :func:`open_artifact`.
        merge: whether to fold the adapter into the encoder, which is quicker and equal up to
            rounding.

    Raises:
        ModelError: the base is missing, its weights do not fit the adapter, or it is an export
            that torch cannot compute.
    """
    settings = artifact.settings
    if settings.kind not in ("adapter", "model"):
        raise ModelError(
            f"{artifact.path} is an export to {settings.kind}: it predicts, but holds no weights "
            "for torch. Give the run that it was made from."
        )
    tokenizer = load_tokenizer(str(artifact.path))
    if settings.kind == "model":
        source = ResolvedBase(str(artifact.path), settings.base, None, artifact.path.name)
        model, missing = load_base_classifier(source, settings.labels)
        if missing:
            raise ModelError(f"{artifact.path} lacks weights: {', '.join(missing)}")
        return model.eval(), tokenizer
    model, _ = load_base_classifier(base_of(artifact), settings.labels)
    return _with_adapter(model, artifact, merge).eval(), tokenizer


def base_of(artifact: Artifact) -> ResolvedBase:
    """Return the base of an adapter, at the revision, or with the weights, that it was trained on.

    Raises:
        MissingExtraError: the base comes with a package that is not installed.
        ModelError: it is a folder that is no longer there, or holds other weights.
    """
    settings = artifact.settings
    if settings.base_sha256 is not None:
        return find_local_base(settings.base, settings.base_sha256, artifact.path)
    base = resolve_base(settings.base)
    if settings.revision is not None and base.revision is not None:
        base = replace(base, revision=settings.revision)
    return base


def _with_adapter(model: Any, artifact: Artifact, merge: bool) -> Any:
    from peft import PeftModel

    check_adapter(artifact.path)
    try:
        with quiet_transformers():
            peft_model = PeftModel.from_pretrained(model, str(artifact.path))
    except (KeyError, RuntimeError, ValueError) as error:
        raise ModelError(
            f"The adapter in {artifact.path} does not fit its base {artifact.settings.base}: "
            f"{str(error).splitlines()[0]}"
        ) from error
    if peft_model.active_peft_config.is_prompt_learning:
        raise ModelError(
            f"The adapter in {artifact.path} is of the kind "
            f"{peft_model.active_peft_config.peft_type.value}, which puts tokens before each text "
            "and cannot be merged. Expected LoRA."
        )
    return peft_model.merge_and_unload() if merge else peft_model


def _verify(folder: Path) -> None:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = manifest["files"]
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{folder / MANIFEST} cannot be read: {error!r}") from error
    problems = []
    for name, expected in files.items():
        file = folder / name
        if not file.is_file():
            problems.append(f"{name} is missing")
        elif sha256_of(file) != expected["sha256"]:
            problems.append(f"{name} was changed after it was saved")
    present = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    problems += [f"{name} is not in the manifest" for name in sorted(present - {*files, MANIFEST})]
    if problems:
        hint = "Copy the folder again from its source, or train again."
        raise ModelError(f"{several(str(folder), problems)}\n{hint}")
