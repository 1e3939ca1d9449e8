"""What computes logits: torch, or a runtime (runtimes.py) for an export that needs no torch."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sentilora.errors import ConfigError, DeviceError
from sentilora.inference.engines.device import autocast, dtype_of, pick_device, pick_precision
from sentilora.inference.engines.runtimes import RUNTIMES, open_runtime
from sentilora.message import command, setting
from sentilora.model.artifact import Artifact, load_classifier
from sentilora.model.classifier import load_tokenizer

if TYPE_CHECKING:
    import torch

ENGINES = ("auto", "torch", "onnxruntime", "openvino")
QUICK_ROWS = 32  # texts from which preparing the quick path pays


class Engine(Protocol):
    """Computes the logits of padded batches.

    Attributes:
        name: name of the engine: ``torch``, ``onnxruntime`` or ``openvino``.
        device: device that inputs have to be on.
        precision: number format: ``fp32``, ``bf16`` or ``fp16``.
        labels: number of labels.
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def device(self) -> torch.device: ...  # noqa: D102
    @property
    def precision(self) -> str: ...  # noqa: D102
    @property
    def labels(self) -> int: ...  # noqa: D102

    def logits(self, inputs: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """Return ``(B, C)`` float32 logits of ``input_ids`` and ``attention_mask``, ``(B, T)``."""
        ...

    def prepared(self, texts: int) -> AbstractContextManager[Any]:
        """Return a block inside which so many texts are computed, and no weight changes."""
        ...


@dataclass(frozen=True)
class TorchEngine:
    """A sequence classifier of torch, put into evaluation mode whenever it computes.

    Attributes:
        network: classifier from ``create_model`` or ``load_classifier``.
        device: device that the network lies on.
        precision: number format: ``fp32``, ``bf16`` or ``fp16``.
        is_fixed: whether no weight changes as long as the engine lives, so that its quick path
            stays ready and serves single texts, too.
    """

    network: Any
    device: torch.device
    precision: str = "fp32"
    is_fixed: bool = False
    name: str = "torch"

    def __post_init__(self) -> None:
        if self.is_fixed:
            from sentilora.model.quick.quick_blocks import install_quick_blocks

            install_quick_blocks(self.network.eval(), dtype_of(self.precision))

    @property
    def labels(self) -> int:
        """How many there are."""
        return int(self.network.config.num_labels)

    def logits(self, inputs: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """Return ``(B, C)`` float32 logits of ``input_ids`` and ``attention_mask``, ``(B, T)``."""
        import torch

        if not self.is_fixed:
            self.network.eval()
        with torch.inference_mode(), autocast(self.device, self.precision):
            logits: torch.Tensor = self.network(**inputs).logits.float()
        return logits

    def prepared(self, texts: int) -> AbstractContextManager[Any]:
        """Return a block inside which so many texts are computed, and no weight changes."""
        from sentilora.model.quick.quick_blocks import quick_blocks

        if self.is_fixed or texts < QUICK_ROWS:
            return nullcontext()
        return quick_blocks(self.network, is_fixed=True)


def open_engine(
    artifact: Artifact,
    *,
    device: str = "auto",
    precision: str = "fp32",
    engine: str = "auto",
    merge: bool = True,
) -> tuple[Engine, Any]:
    """Return what computes an artifact, and its tokenizer.

    Args:
        artifact: the model folder, from :func:`~sentilora.model.artifact.open_artifact`.
        device: device to compute on: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        precision: number format: ``fp32``, ``bf16``, ``fp16`` or ``auto``.
        engine: name of the engine: ``torch`` for a run or ``merged``, ``onnxruntime`` or
            ``openvino`` for exports; ``auto`` takes the one that the export is made for, or another
            that is installed.
        merge: whether to fold an adapter into the encoder.

    Raises:
        MissingExtraError: it needs a runtime that is not installed.
        ModelError: the base is missing, or files do not fit.
        DeviceError: device, precision or engine are not available, or not for this kind of
            artifact.
    """
    if engine not in ENGINES:
        raise ConfigError(f"{setting('engine', engine)} is unknown: expected {', '.join(ENGINES)}.")
    if artifact.settings.kind in RUNTIMES:
        runtime = open_runtime(artifact, device=device, precision=precision, engine=engine)
        return runtime, load_tokenizer(str(artifact.path))
    if engine not in ("auto", "torch"):
        raise DeviceError(
            f"{setting('engine', engine)}: {artifact.path} is computed by torch. Leave it out, or "
            f"predict with an export: {command('export', 'RUN', to='openvino')}"
        )
    target = pick_device(device)
    number_format = pick_precision(precision, target)
    network, tokenizer = load_classifier(artifact, merge=merge)
    return TorchEngine(network.to(target), target, number_format, is_fixed=merge), tokenizer
