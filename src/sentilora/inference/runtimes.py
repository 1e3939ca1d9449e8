"""Engines that compute exported files on the CPU, without torch's own operators.

Both take as many threads as this process may use, not as the host has: ONNX Runtime and OpenVINO
see a container's CPUs, but not its quota.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentilora.errors import DeviceError, MissingExtraError, ModelError
from sentilora.inference.device import pick_precision, usable_cpus
from sentilora.model.artifact import ONNX_FILE, OPENVINO_FILE, Artifact

if TYPE_CHECKING:
    import torch


class OnnxEngine:
    """An ONNX file, computed by ONNX Runtime in float32; what is quantised in it stays so.

    Attributes:
        threads: of matrix products.
    """

    name = "onnxruntime"
    extra = "onnx"
    precisions = ("fp32",)

    def __init__(self, path: Path, precision: str = "fp32") -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise MissingExtraError(f"The ONNX export {path.parent}", self.extra) from error
        import torch

        self.precision = precision
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


class OpenVinoEngine:
    """An OpenVINO model, computed in float32 or bfloat16; what is quantised in it stays so.

    Attributes:
        threads: of matrix products.
    """

    name = "openvino"
    extra = "openvino"
    precisions = ("fp32", "bf16")

    def __init__(self, path: Path, precision: str = "fp32") -> None:
        try:
            import openvino
        except ImportError as error:
            raise MissingExtraError(f"The OpenVINO export {path.parent}", self.extra) from error
        import torch

        self.precision = precision
        self.device = torch.device("cpu")
        self.threads = usable_cpus()
        options = {
            "INFERENCE_PRECISION_HINT": {"fp32": "f32", "bf16": "bf16"}[precision],
            "INFERENCE_NUM_THREADS": self.threads,
            "NUM_STREAMS": 1,
        }
        try:
            compiled = openvino.Core().compile_model(path, "CPU", options)
        except RuntimeError as error:
            reason = str(error).strip().splitlines()[-1]
            raise ModelError(f"{path} cannot be loaded: {reason}") from error
        self._request = compiled.create_infer_request()
        self.labels = compiled.output("logits").partial_shape[1].get_length()

    def logits(self, inputs: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """Return ``(B, C)`` float32 logits of ``input_ids`` and ``attention_mask``, ``(B, T)``."""
        import torch

        fed = {name: tensor.numpy() for name, tensor in inputs.items()}
        answer = self._request.infer(fed, share_inputs=True)
        return torch.from_numpy(answer["logits"])

    def prepared(self, texts: int) -> AbstractContextManager[Any]:
        """Return an empty block: nothing is to be prepared."""
        return nullcontext()


# For each kind of export its file and what computes it.
RUNTIMES: dict[str, tuple[str, type[OnnxEngine | OpenVinoEngine]]] = {
    "onnx": (ONNX_FILE, OnnxEngine),
    "openvino": (OPENVINO_FILE, OpenVinoEngine),
}


def open_runtime(
    artifact: Artifact, *, device: str = "auto", precision: str = "fp32"
) -> OnnxEngine | OpenVinoEngine:
    """Return what computes an export.

    Args:
        artifact: of a kind in ``RUNTIMES``.
        device: ``auto`` or ``cpu``.
        precision: one of the engine's, or ``auto``: bf16 where the CPU has units for it and the
            engine can use them.

    Raises:
        DeviceError: the device or precision is not there for this kind of export.
        MissingExtraError: the runtime is not installed.
        ModelError: the file cannot be loaded.
    """
    import torch

    kind = artifact.settings.kind
    file, engine = RUNTIMES[kind]
    wrong = []
    if device not in ("auto", "cpu"):
        wrong.append(f"--device {device}")
    if precision not in (*engine.precisions, "auto"):
        wrong.append(f"--precision {precision}")
    if wrong:
        raise DeviceError(
            f"{', '.join(wrong)}: an export to {kind} computes on the CPU in "
            f"{' or '.join(engine.precisions)}. Leave it out, or predict with the run that the "
            "export was made from."
        )
    if precision == "auto":
        picked = pick_precision("auto", torch.device("cpu"))
        precision = picked if picked in engine.precisions else "fp32"
    return engine(artifact.path / file, precision)
