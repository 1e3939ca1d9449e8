"""What can be exported to, and which settings go with it."""

from __future__ import annotations

import math
from typing import Any

from sentilora.defaults import MAX_CHANGED, MAX_DROP
from sentilora.errors import ConfigError
from sentilora.exports.int8.int8_result import INT8
from sentilora.exports.onnx_model import write_onnx
from sentilora.exports.openvino_model import write_openvino
from sentilora.message import command, setting
from sentilora.model.artifact import BROWSER_FILE, ONNX_FILE, OPENVINO_FILE

# Kind of the artifact, by target.
KINDS = {"merged": "model", "onnx": "onnx", "openvino": "openvino", "browser": "browser"}
WRITERS = {
    "onnx": (write_onnx, ONNX_FILE),
    "openvino": (write_openvino, OPENVINO_FILE),
    "browser": (write_onnx, BROWSER_FILE),
}


def check_targets(
    to: str, quantize: str | None, max_drop: float, max_changed: float, max_disagreement: float
) -> None:
    """Refuse settings that are unknown, out of range, or do not go together.

    Raises:
        ConfigError: one of them is so.
    """
    if not isinstance(to, str) or to not in KINDS:
        shown = " ".join(str(to).split())[:40]
        raise ConfigError(f"There is no export to '{shown}'. There is: {', '.join(KINDS)}.")
    asked = setting("quantize", quantize)
    if quantize not in (None, INT8):
        raise ConfigError(
            f"{asked} is unknown: expected {INT8}. Type: {setting('quantize', INT8)}, or leave it "
            "out for float32."
        )
    if quantize and to not in WRITERS:
        raise ConfigError(
            f"{asked} does not go with {setting('to', to)}, whose weights are float32: expected "
            f"{' or '.join(WRITERS)}. Type for instance: "
            f"{command('export', 'RUN', to='onnx', quantize=quantize)}"
        )
    if not (math.isfinite(max_drop) and 0 <= max_drop <= 100):
        raise ConfigError(
            f"{setting('max_drop', max_drop)} is no number of points of macro F1: expected 0 to "
            f"100. Type for instance: {setting('max_drop', MAX_DROP)}"
        )
    if not 0 <= max_changed <= 1:
        raise ConfigError(
            f"{setting('max_changed', max_changed)} is no share of labels: expected 0 to 1. Type "
            f"for instance: {setting('max_changed', MAX_CHANGED)}"
        )
    if not 0 < max_disagreement < 1:
        raise ConfigError(
            f"{setting('max_disagreement', max_disagreement)} is no share of texts: expected a "
            f"number between 0 and 1. Type for instance: {setting('max_disagreement', 0.01)}"
        )


def check_no_columns(text: str | None, label: str | None, **reading: Any) -> None:
    """Refuse names of columns, and how a file is read, where no file is given.

    Raises:
        ConfigError: there are some.
    """
    named = {"text": text, "label": label, **reading}
    given = [setting(role, name) for role, name in named.items() if name is not None]
    if given:
        raise ConfigError(
            f"{' and '.join(given)}: of which file? Give it with {setting('data', 'FILE')}, "
            "or leave this out."
        )
