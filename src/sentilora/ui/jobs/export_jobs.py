"""Exports that the page asks for, made by the command in a process of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sentilora.errors import ModelError
from sentilora.evaluation.reports import wording
from sentilora.message import options_of

TARGETS = {
    "merged": "transformers folder",
    "onnx": "ONNX file",
    "openvino": "OpenVINO model",
    "browser": "web page",
}

_EXPORT = (
    "from sentilora.cli.app import main; from sentilora.ui.display.page_words import PAGE; "
    "main(PAGE)"
)


@dataclass(frozen=True)
class Shipped:
    """A finished export.

    Attributes:
        folder: folder of the export.
        parity: content of its ``parity.json``: how far its answers are from those of the run.
    """

    folder: Path
    parity: dict[str, Any]

    def pack(self, folder: Path) -> Path:
        """Pack it as a zip file inside ``folder``."""
        archive = shutil.make_archive(str(folder / self.folder.name), "zip", self.folder)
        return Path(archive)


def ship(path: str, name: str, to: str, exports: Path, *, is_int8: bool = False) -> Shipped:
    """Export a model into a new folder.

    Raises:
        ModelError: it could not be exported; the message is the command's, in words of the page.
    """
    kind = f"{to}-int8" if is_int8 else to
    output = exports / f"{name}-{kind}"
    if output.exists():
        output = exports / f"{name}-{kind}-{time.strftime('%Y%m%d-%H%M%S')}"
    options: dict[str, Any] = {"to": to, "json": True, "output": output}
    options |= {"quantize": "int8"} if is_int8 else {}
    command = [sys.executable, "-c", _EXPORT, "export", path, *options_of(options)]
    done = subprocess.run(  # noqa: S603 - our own interpreter and command
        command, capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.returncode != 0:
        said = f"\n{done.stderr}".rpartition("error: ")[2].strip()
        raise ModelError(said or f"The export ended with exit code {done.returncode}.")
    told = json.loads(done.stdout)
    return Shipped(Path(told["path"]), told)


def parity_tiles(parity: dict[str, Any]) -> list[dict[str, str]]:
    """Tell how an export's answers compare with the run's, one card a figure."""
    tiles = [
        {
            "name": "Texts compared",
            "value": wording.count(parity["texts"]),
            "note": "with the run, after loading the export again",
        },
        {
            "name": "Labels changed",
            "value": wording.percent(parity["flipped_share"]),
            "note": "of the texts compared",
        },
    ]
    if "quantisation" in parity:
        told = parity["quantisation"]
        tiles.append({"name": "Quantised", "value": "int8", "note": told["chosen"]})
    return tiles


def parity_details(parity: dict[str, Any]) -> list[dict[str, str]]:
    """Tell how far the figures behind the answers are apart, one card a figure."""
    return [
        {
            "name": "Largest logit difference",
            "value": f"{parity['max_logit_difference']:.2g}",
            "note": f"on average {parity['mean_logit_difference']:.2g}",
        }
    ]
