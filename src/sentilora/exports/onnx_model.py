"""A classifier as one ONNX file, for every platform that ONNX Runtime runs on.

Inputs are ``input_ids`` and ``attention_mask``, ``(batch, length)`` int64; outputs are ``logits``
and calibrated ``probabilities``, ``(batch, labels)`` float32. Labels, calibration and what is read
of a text stand in the file's metadata, so that the file alone says what it answers.

Not covered: tokenising, and averaging the windows of one text; both are done outside of the graph.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from sentilora.errors import MissingExtraError, ModelError
from sentilora.message import setting
from sentilora.model.model_settings import ModelSettings
from sentilora.model.padding import lengths_together
from sentilora.model.probabilities import SMALLEST_SPREAD, Calibration
from sentilora.model.quiet import quiet_library

OPSET = 18
METADATA = "sentilora"
INPUTS = ("input_ids", "attention_mask")
OUTPUTS = ("logits", "probabilities")
_NOISE = re.compile(r"\x1b\[[0-9;]*m|\.? (?:\x1b\[96m)?This is step .*")  # of torch, for terminals


class _Calibrated(nn.Module):
    """A classifier that answers with logits and with what :class:`Calibration` makes of them."""

    def __init__(self, network: nn.Module, calibration: Calibration) -> None:
        super().__init__()
        self.network = network
        self.calibration = calibration

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        logits = self.network(input_ids=input_ids, attention_mask=attention_mask).logits
        scaled = (logits - logits.mean(-1, keepdim=True)) / self.calibration.temperature
        if self.calibration.power:
            spread = scaled.square().mean(-1, keepdim=True).sqrt().clamp(min=SMALLEST_SPREAD)
            scaled = scaled * spread**self.calibration.power
        return logits, scaled.softmax(-1)


def write_onnx(network: Any, settings: ModelSettings, path: Path) -> None:
    """Write a classifier as an ONNX file with free batch size and length.

    Args:
        network: classifier with its adapter merged, on the CPU, in float32 and evaluation mode.
        settings: settings that go into the metadata: labels, calibration, text rule.
        path: path of the file to write.

    Raises:
        MissingExtraError: the packages that write ONNX are not installed.
        ModelError: the architecture cannot be exported.
    """
    try:
        import onnxscript  # noqa: F401 - torch's exporter needs it
    except ImportError as error:
        raise MissingExtraError("Exporting to ONNX", "onnx") from error

    # Two rows of different lengths: an exporter that sees one row only takes that for a constant.
    input_ids = torch.ones((2, 8), dtype=torch.int64)
    attention_mask = torch.ones_like(input_ids)
    attention_mask[1, 5:] = 0
    free = {0: "batch", 1: "length"}
    try:
        with quiet_library("torch.onnx"), _plain_attention(network), lengths_together(network):
            program = torch.onnx.export(
                _Calibrated(network, settings.calibration).eval(),
                (input_ids, attention_mask),
                dynamo=True,
                verbose=False,
                opset_version=OPSET,
                input_names=INPUTS,
                output_names=OUTPUTS,
                dynamic_shapes=dict.fromkeys(INPUTS, free),
            )
            assert program is not None
            program.model.metadata_props[METADATA] = json.dumps(about_model(settings))
            program.save(path)
    except (torch.onnx.OnnxExporterError, RuntimeError) as error:
        reason = _NOISE.sub("", str(error).strip().splitlines()[0])
        raise ModelError(
            f"{network.config.model_type} cannot be exported to ONNX with torch "
            f"{torch.__version__}: {reason}. Use {setting('to', 'merged')}."
        ) from error


@contextmanager
def _plain_attention(network: Any) -> Iterator[None]:
    """Compute attention by plain products within this block, as runtimes look for it.

    What torch's fused attention becomes in ONNX guards against rows without any token, and that
    guard keeps OpenVINO from joining the products again.
    """
    fused = network.config._attn_implementation
    network.set_attn_implementation("eager")
    try:
        yield
    finally:
        network.set_attn_implementation(fused)


def about_model(settings: ModelSettings) -> dict[str, Any]:
    """Return what an exported file says about itself."""
    return {
        "labels": list(settings.labels.names),
        "calibration": settings.calibration.to_dict(),
        "text": asdict(settings.rule),
        "base": settings.base,
        "reads_padding": settings.reads_padding,
    }
