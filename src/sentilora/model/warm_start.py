"""Start from a trained adapter instead of a fresh one.

Taken over are the adapter and the whole head, except rows of the output layer that belong to
labels which only one side knows: a row goes to the label of the same name, wherever that stands,
and a label that the source has never seen keeps a fresh row. The row of a label that is no longer
there is dropped, which leaves the others as probable, among themselves, as they were.

Not covered: models with all weights trained, whose encoder is not the base's any more; labels of
the same meaning under another name (``pos`` and ``positive`` become one when data are read, other
pairs do not).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sentilora import samples
from sentilora.defaults import SEED
from sentilora.errors import ModelError
from sentilora.files import sha256_of
from sentilora.labels import Labels
from sentilora.message import setting
from sentilora.model.adapter_file import (
    ADAPTER_WEIGHTS,
    PREFIX,
    beyond_plain_lora,
    check_adapter,
)
from sentilora.model.artifact import MANIFEST, Artifact, base_of, open_artifact
from sentilora.model.bases.resolved_base import ResolvedBase
from sentilora.model.classifier import create_model
from sentilora.model.outputs import output_layer
from sentilora.model.quiet import quiet_transformers

if TYPE_CHECKING:
    import torch

_KEPT = ".modules_to_save.default"


@dataclass(frozen=True)
class Start:
    """A trained adapter to start from.

    Attributes:
        name: name of the run folder, or ``general``.
        artifact: the verified model folder.
        rank, alpha, target_modules: settings of its adapter.
        sha256: hash of its manifest, which holds the hash of every other file.
    """

    name: str
    artifact: Artifact
    rank: int
    alpha: float
    target_modules: tuple[str, ...]
    sha256: str

    @property
    def labels(self) -> Labels:
        """The labels that its head knows."""
        return self.artifact.settings.labels

    @property
    def base(self) -> ResolvedBase:
        """The base that it was trained on."""
        return base_of(self.artifact)


def open_start(model: str) -> Start:
    """Open an adapter to start from.

    Args:
        model: path of a run folder or its ``model/``, or ``general``.

    Raises:
        ModelError: there is no finished model, it is damaged, or it is not an adapter.
    """
    artifact = open_artifact(model)
    if artifact.settings.kind != "adapter":
        raise ModelError(
            f"{model} holds all weights of a model, expected an adapter to start from: a run that "
            f"was trained with {setting('method', 'lora')}, its model/ folder, or "
            f"'{samples.GENERAL}'."
        )
    stored = check_adapter(artifact.path)
    if special := beyond_plain_lora(stored):
        raise ModelError(
            f"{model} is more than LoRA of one rank and scale on linear layers "
            f"({', '.join(special)}): a training cannot start from it. Start from a run of "
            f"SentiLoRA or '{samples.GENERAL}', or leave {setting('start_from')} out."
        )
    return Start(
        name=artifact.home.name,
        artifact=artifact,
        rank=int(stored["r"]),
        alpha=float(stored["lora_alpha"]),
        target_modules=tuple(sorted(stored["target_modules"])),
        sha256=sha256_of(artifact.path / MANIFEST),
    )


def create_started_model(
    start: Start,
    labels: Labels,
    *,
    lora_dropout: float = 0.0,
    dropout: float = 0.0,
    seed: int = SEED,
    load_in_4bit: bool = False,
) -> Any:
    """Build the classifier of a trained adapter for the given labels, ready to be trained on.

    Args:
        start: the adapter to start from, from :func:`open_start`.
        labels: label names of the new training, in its order.
        lora_dropout: dropout on the adapter's input while training, in ``[0, 1)``.
        dropout: dropout inside encoder and head while training, in ``[0, 1)``.
        seed: seed for the rows of labels that the source does not know.
        load_in_4bit: whether to hold the frozen base in 4 bits; CUDA only.

    Returns:
        A ``PeftModel`` in float32, as :func:`~sentilora.model.classifier.create_model` makes it.

    Raises:
        ModelError: the weights do not fit the base.
    """
    from peft import get_peft_model_state_dict, set_peft_model_state_dict
    from safetensors.torch import load_file

    model = create_model(
        start.base,
        labels,
        rank=start.rank,
        alpha=start.alpha,
        lora_dropout=lora_dropout,
        target_modules=start.target_modules,
        dropout=dropout,
        seed=seed,
        load_in_4bit=load_in_4bit,
    )
    fresh = get_peft_model_state_dict(model, save_embedding_layers=False)
    stored = load_file(start.artifact.path / ADAPTER_WEIGHTS)
    weights = {name: tensor.float() for name, tensor in stored.items()}
    try:
        name, _ = output_layer(model)
    except ModelError as error:
        raise ModelError(
            f"{error.template} A training cannot start from it: leave {setting('start_from')} out."
        ) from error
    layer = f"{PREFIX}{name.replace(_KEPT, '')}"
    for name in (f"{layer}.weight", f"{layer}.bias"):
        if name in weights and name in fresh:
            weights[name] = _match_rows(weights[name], fresh[name], start.labels, labels)
    _check_fit(weights, fresh, start)
    with quiet_transformers():
        set_peft_model_state_dict(model, weights)
    return model


def describe_start(start: Start, labels: Labels) -> str:
    """Say in one line what of a trained adapter serves the given labels."""
    shared = [name for name in labels.names if name in start.labels.names]
    fresh = [name for name in labels.names if name not in shared]
    dropped = [name for name in start.labels.names if name not in shared]
    if not shared:
        return (
            f"starts from {start.name}: its adapter is taken over; the output layer is fresh, for "
            f"it knows none of these labels, only {', '.join(start.labels.names)}"
        )
    if labels == start.labels:
        return f"starts from {start.name}: adapter and head are taken over"
    parts = [f"rows of the output layer for {', '.join(shared)} are taken over by name"]
    if fresh:
        parts.append(f"fresh for {', '.join(fresh)}")
    if dropped:
        parts.append(f"dropped for {', '.join(dropped)}")
    return f"starts from {start.name}: its adapter is taken over; {'; '.join(parts)}"


def _match_rows(
    trained: torch.Tensor, fresh: torch.Tensor, source: Labels, target: Labels
) -> torch.Tensor:
    """Return ``fresh`` with the trained row of every label that both sides know."""
    matched = fresh.clone().float()
    for row, name in enumerate(target.names):
        if name in source.label2id:
            matched[row] = trained[source.label2id[name]]
    return matched


def _check_fit(
    weights: dict[str, torch.Tensor], expected: dict[str, torch.Tensor], start: Start
) -> None:
    odd = sorted(weights.keys() ^ expected.keys())
    odd += [
        name
        for name in weights.keys() & expected.keys()
        if weights[name].shape != expected[name].shape
    ]
    if odd:
        raise ModelError(
            f"The adapter in {start.artifact.path} does not fit its base {start.base.name}: "
            f"{len(odd)} weights are missing, left over or of another shape, {odd[0]} first. "
            f"Train it again with this version, or leave {setting('start_from')} out."
        )
