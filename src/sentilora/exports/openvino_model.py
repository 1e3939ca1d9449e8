"""A classifier as an OpenVINO model, the quickest on Intel CPUs in small batches.

It is made from the ONNX file (onnx_model.py): same inputs, outputs and metadata, which stand under
``sentilora`` in the model's runtime information. Weights stay in float32.

Not covered: GPUs and NPUs of Intel, which OpenVINO can use but SentiLoRA does not open it for.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from sentilora.errors import MissingExtraError, ModelError
from sentilora.exports.onnx_model import METADATA, about_model, write_onnx
from sentilora.message import setting
from sentilora.model.model_settings import ModelSettings


def write_openvino(network: Any, settings: ModelSettings, path: Path) -> None:
    """Write a classifier as ``path`` (.xml) and the weights beside it (.bin).

    Args:
        network: classifier with its adapter merged, on the CPU, in float32 and evaluation mode.
        settings: settings that go into the metadata: labels, calibration, text rule.
        path: path of the file to write.

    Raises:
        MissingExtraError: the packages that write it are not installed.
        ModelError: the architecture cannot be exported.
    """
    try:
        import openvino
    except ImportError as error:
        raise MissingExtraError("Exporting to OpenVINO", "openvino") from error
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        source = Path(folder) / "model.onnx"
        write_onnx(network, settings, source)
        try:
            model = openvino.convert_model(source)
        except RuntimeError as error:
            reason = str(error).strip().splitlines()[-1]
            raise ModelError(
                f"{network.config.model_type} cannot be converted with OpenVINO "
                f"{openvino.__version__}: {reason}. Use {setting('to', 'onnx')}."
            ) from error
        model.set_rt_info(json.dumps(about_model(settings)), METADATA)
        openvino.save_model(model, path, compress_to_fp16=False)
