"""Engines that compute exported files on the CPU, without torch's own operators.

Both take as many threads as this process may use, not as the host has: ONNX Runtime and OpenVINO
see a container's CPUs, but not its quota.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from sentilora.errors import DeviceError, MissingExtraError, ModelError
from sentilora.inference.engines.cpus import usable_cpus
from sentilora.inference.engines.device import pick_precision
from sentilora.message import setting
from sentilora.model.artifact import BROWSER_FILE, ONNX_FILE, OPENVINO_FILE, Artifact

if TYPE_CHECKING:
    import numpy as np
    import torch

SINGLE_LENGTHS = (32, 48, 64, 96, 128)  # tokens of a single text, padded
SINGLE_AFTER = 4  # single texts of a length that come before it is compiled


class _OnCpu:
    """What both have in common.

    Attributes:
        threads: number of threads of matrix products.
        reads_padding: whether texts of each length are computed apart, without padding.
    """

    def __init__(self, precision: str, reads_padding: bool) -> None:
        import torch

        self.precision = precision
        self.reads_padding = reads_padding
        self.device = torch.device("cpu")
        self.threads = usable_cpus()

    def prepared(self, texts: int) -> AbstractContextManager[Any]:
        """Return an empty block: nothing is to be prepared."""
        return nullcontext()

    def _in_groups(
        self,
        compute: Callable[[Mapping[str, torch.Tensor]], torch.Tensor],
        inputs: Mapping[str, torch.Tensor],
    ) -> torch.Tensor:
        """Compute a batch as it is, or texts of each length apart."""
        if not self.reads_padding:
            return compute(inputs)
        from sentilora.model.padding import logits_by_length

        return logits_by_length(compute, inputs)


class OnnxEngine(_OnCpu):
    """An ONNX file, computed by ONNX Runtime in float32; what is quantised in it stays so."""

    name = "onnxruntime"
    extra = "onnx"
    precisions = ("fp32",)

    def __init__(self, path: Path, precision: str = "fp32", *, reads_padding: bool = False) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise MissingExtraError(f"The ONNX export {path.parent}", self.extra) from error
        super().__init__(precision, reads_padding)
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
        return self._in_groups(self._compute, inputs)

    def _compute(self, inputs: Mapping[str, torch.Tensor]) -> torch.Tensor:
        import torch

        fed = {name: tensor.numpy() for name, tensor in inputs.items()}
        (logits,) = self._session.run(["logits"], fed)
        return torch.from_numpy(logits)


class OpenVinoEngine(_OnCpu):
    """An OpenVINO model or an ONNX file, computed by OpenVINO in float32 or bfloat16.

    What is quantised in it stays so. Single short texts are padded to a few lengths, each compiled
    for itself, in another thread, once some have come: a model for any length prepares anew
    whenever the length changes, which takes as long as the text.
    """

    name = "openvino"
    extra = "openvino"
    precisions = ("fp32", "bf16")

    def __init__(self, path: Path, precision: str = "fp32", *, reads_padding: bool = False) -> None:
        try:
            import openvino
        except ImportError as error:
            raise MissingExtraError(f"The export {path.parent} by OpenVINO", self.extra) from error
        super().__init__(precision, reads_padding)
        options = {
            "INFERENCE_PRECISION_HINT": {"fp32": "f32", "bf16": "bf16"}[precision],
            "INFERENCE_NUM_THREADS": self.threads,
            "NUM_STREAMS": 1,
        }
        self._compile = partial(openvino.Core().compile_model, device_name="CPU", config=options)
        self._path = path
        self._met: Counter[int] = Counter()
        self._singles: dict[int, _Single] = {}
        try:
            compiled = self._compile(path)
        except RuntimeError as error:
            reason = str(error).strip().splitlines()[-1]
            raise ModelError(f"{path} cannot be loaded: {reason}") from error
        self._request = compiled.create_infer_request()
        self.labels = compiled.output("logits").partial_shape[1].get_length()

    def logits(self, inputs: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """Return ``(B, C)`` float32 logits of ``input_ids`` and ``attention_mask``, ``(B, T)``."""
        return self._in_groups(self._compute, inputs)

    def _compute(self, inputs: Mapping[str, torch.Tensor]) -> torch.Tensor:
        import torch

        rows, length = inputs["input_ids"].shape
        if rows == 1 and length <= SINGLE_LENGTHS[-1] and not self.reads_padding:
            single = self._single(next(one for one in SINGLE_LENGTHS if one >= length))
            if single is not None:
                return torch.from_numpy(single.logits(inputs))
        fed = {name: tensor.numpy() for name, tensor in inputs.items()}
        return torch.from_numpy(self._request.infer(fed, share_inputs=True)["logits"])

    def _single(self, length: int) -> _Single | None:
        """Return what computes one text of this length; None as long as few have come."""
        self._met[length] += 1
        if self._met[length] == SINGLE_AFTER:
            Thread(target=self._prepare_single, args=(length,)).start()
        return self._singles.get(length)

    def _prepare_single(self, length: int) -> None:
        import openvino

        try:
            model = openvino.Core().read_model(self._path)
            model.reshape({one.any_name: [1, length] for one in model.inputs})
            self._singles[length] = _Single(self._compile(model))
        except RuntimeError:  # its file is gone by now: the model for any length goes on
            return


class _Single:
    """A model of OpenVINO for one text of one length, with its own room for what goes in."""

    def __init__(self, compiled: Any) -> None:
        self._request = compiled.create_infer_request()
        self._inputs = {
            one.any_name: self._request.get_tensor(one.any_name).data for one in compiled.inputs
        }
        self._outputs: np.ndarray = self._request.get_tensor("logits").data

    def logits(self, inputs: Mapping[str, torch.Tensor]) -> np.ndarray:
        """Return ``(1, C)`` float32 logits of ``input_ids`` and ``attention_mask``, ``(1, T)``."""
        for name, tensor in inputs.items():
            room = self._inputs[name]
            length = tensor.shape[1]
            room[0, :length] = tensor.numpy()[0]
            room[0, length:] = 0  # masked, so that any token will do
        self._request.infer()
        return self._outputs.copy()


Runtime = OnnxEngine | OpenVinoEngine

# For each kind of export its file, and what can compute it: first what its int8 was measured with.
RUNTIMES: dict[str, tuple[str, tuple[type[Runtime], ...]]] = {
    "onnx": (ONNX_FILE, (OnnxEngine, OpenVinoEngine)),
    "openvino": (OPENVINO_FILE, (OpenVinoEngine,)),
    "browser": (BROWSER_FILE, (OnnxEngine, OpenVinoEngine)),
}


def open_runtime(
    artifact: Artifact, *, device: str = "auto", precision: str = "fp32", engine: str = "auto"
) -> Runtime:
    """Return what computes an export.

    Args:
        artifact: the export, of a kind in ``RUNTIMES``.
        device: device to compute on: ``auto`` or ``cpu``.
        precision: number format: one of the engine's, or ``auto``: bf16 where the CPU has units for
            it and the engine can use them.
        engine: name of the engine, or ``auto``: the first for this kind that is installed and
            computes in ``precision``.

    Raises:
        DeviceError: device, precision or engine are not there for this kind of export.
        MissingExtraError: the runtime is not installed.
        ModelError: the file cannot be loaded.
    """
    import torch

    kind = artifact.settings.kind
    file, able = RUNTIMES[kind]
    named = [one for one in able if engine in ("auto", one.name)]
    fitting = [one for one in named if precision in (*one.precisions, "auto")]
    wrong = []
    if device not in ("auto", "cpu"):
        wrong.append(setting("device", device))
    if not named:
        wrong.append(setting("engine", engine))
    elif not fitting:
        wrong.append(setting("precision", precision))
    if wrong:
        formats = dict.fromkeys(name for one in named or able for name in one.precisions)
        raise DeviceError(
            f"{', '.join(wrong)}: an export to {kind} is computed on the CPU by "
            f"{' or '.join(one.name for one in able)} in {' or '.join(formats)}. Leave it out, or "
            "predict with the run that the export was made from."
        )
    chosen = next((one for one in fitting if find_spec(one.name)), fitting[0])
    if precision == "auto":
        picked = pick_precision("auto", torch.device("cpu"))
        precision = picked if picked in chosen.precisions else "fp32"
    return chosen(artifact.path / file, precision, reads_padding=artifact.settings.reads_padding)
