"""Many adapters from one: copies whose weights differ a little, sealed like any model folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from sentilora.model.adapter_file import ADAPTER_WEIGHTS
from sentilora.model.artifact import MANIFEST, find_artifact, write_manifest

NOISE = 0.001  # of each tensor's spread: other weights, the same work


def make_adapters(run: str, folder: Path, count: int) -> dict[str, Path]:
    """Write ``count`` adapters like that of a run, and return their folders by name."""
    source = find_artifact(run)
    made = {}
    for number in range(count):
        name = f"adapter-{number:03d}"
        path = folder / name
        made[name] = path
        if (path / MANIFEST).is_file():
            continue
        shutil.copytree(source, path, dirs_exist_ok=True)
        (path / MANIFEST).unlink()
        generator = torch.Generator().manual_seed(number)
        weights = load_file(path / ADAPTER_WEIGHTS)
        changed = {
            key: tensor + NOISE * tensor.std() * torch.randn(tensor.shape, generator=generator)
            for key, tensor in weights.items()
        }
        save_file(changed, path / ADAPTER_WEIGHTS)
        write_manifest(path)
    return made
