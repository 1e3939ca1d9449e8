"""What computes logits: torch, or ONNX Runtime for an export that needs no torch model."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sentilora.errors import DeviceError, MissingExtraError, ModelError
from sentilora.inference.device import autocast, pick_device, pick_precision, usable_cpus
from sentilora.model.artifact import ONNX_FILE, Artifact, load_classifier
from sentilora.model.classifier import load_tokenizer

if TYPE_CHECKING:
    import torch

QUICK_ROWS = 32  # texts from which preparing the quick path pays


class Engine(Protocol):
    """Computes the logits of padded batches.

    Attributes:
        name: ``torch`` or ``onnxruntime``.
        device: where inputs have to be.
        precision: ``fp32``, ``bf16`` or ``fp16``.
        labels: how many there are.
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
    """A sequence classifier of torch, put into evaluation mode whenever it computes."""

    network: Any
    device: torch.device
    precision: str = "fp32"
    name: str = "torch"

    @property
    def labels(self) -> int:
        """How many there are."""
        return int(self.network.config.num_labels)

    def logits(self, inputs: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """Return ``(B, C)`` float32 logits of ``input_ids`` and ``attention_mask``, ``(B, T)``."""
        import torch

        self.network.eval()
        with torch.inference_mode(), autocast(self.device, self.precision):
            logits: torch.Tensor = self.network(**inputs).logits.float()
        return logits

    def prepared(self, texts: int) -> AbstractContextManager[Any]:
        """Return a block inside which so many texts are computed, and no weight changes."""
        from sentilora.model.quick import quick_blocks

        return quick_blocks(self.network, is_fixed=True) if texts >= QUICK_ROWS else nullcontext()


class OnnxEngine:
    """An ONNX file, computed by ONNX Runtime on the CPU in float32.

    Attributes:
        threads: of matrix products; as many as this process may use, not as the host has.
    """

    name = "onnxruntime"
    precision = "fp32"

    def __init__(self, path: Path) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise MissingExtraError(f"The ONNX export {path.parent}", "onnx") from error
        import torch

        self.device = torch.device("cpu")
        self.threads = usable_cpus()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        # ONNX Runtime's errors are RuntimeErrors only by their base class.
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"{path} cannot be loaded: {str(error).splitlines()[0]}") from error
        self.labels = int(self._session.get_outputs()[0].shape[1])

    def logits(self, inputs: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """Return ``(B, C)`` float32 logits of ``input_ids`` and ``attention_mask``, ``(B, T)``."""
        import torch

        fed = {name: tensor.numpy() for name, tensor in inputs.items()}
        (logits,) = self._session.run(["logits"], fed)
        return torch.from_numpy(logits)

    def prepared(self, texts: int) -> AbstractContextManager[Any]:
        """Return an empty block: nothing is to be prepared."""
        return nullcontext()


def open_engine(
    artifact: Artifact, *, device: str = "auto", precision: str = "fp32", merge: bool = True
) -> tuple[Engine, Any]:
    """Return what computes an artifact, and its tokenizer.

    Args:
        artifact: from :func:`~sentilora.model.artifact.open_artifact`.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        precision: ``fp32``, ``bf16``, ``fp16`` or ``auto``.
        merge: fold an adapter into the encoder.

    Raises:
        MissingExtraError: it needs ONNX Runtime, which is not installed.
        ModelError: the base is missing, or files do not fit.
        DeviceError: the device or precision is not available, or not for this kind of artifact.
    """
    if artifact.settings.kind == "onnx":
        _check_onnx(device, precision)
        return OnnxEngine(artifact.path / ONNX_FILE), load_tokenizer(str(artifact.path))
    target = pick_device(device)
    number_format = pick_precision(precision, target)
    network, tokenizer = load_classifier(artifact, merge=merge)
    return TorchEngine(network.to(target), target, number_format), tokenizer


def _check_onnx(device: str, precision: str) -> None:
    wrong = [
        f"--{name} {value}"
        for name, value, allowed in (
            ("device", device, ("auto", "cpu")),
            ("precision", precision, ("auto", "fp32")),
        )
        if value not in allowed
    ]
    if wrong:
        raise DeviceError(
            f"{', '.join(wrong)}: an ONNX export computes on the CPU in fp32 here. Leave it out, "
            "or predict with the run that the export was made from."
        )
