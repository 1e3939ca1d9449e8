"""Which device and number format to compute with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sentilora.errors import ConfigError, DeviceError
from sentilora.message import setting

if TYPE_CHECKING:
    import torch

PRECISIONS = ("fp32", "bf16", "fp16", "auto")


def pick_device(wanted: str) -> torch.device:
    """Return the device that ``auto``, ``cpu``, ``cuda`` or ``mps`` means here.

    Raises:
        DeviceError: the device does not exist on this machine, or the name is unknown.
    """
    import torch

    available = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if wanted == "auto":
        return torch.device(next(name for name, there in available.items() if there))
    if not available.get(wanted, False):
        found = ", ".join(name for name, there in available.items() if there)
        raise DeviceError(
            f"The device '{wanted}' is not available; this machine has: {found}. "
            f"Use {setting('device', 'auto')} to take the best one."
        )
    return torch.device(wanted)


def pick_precision(wanted: str, device: torch.device) -> str:
    """Return ``fp32``, ``bf16`` or ``fp16``; ``auto`` takes bf16 where the hardware multiplies it.

    On a CPU that means matrix units (AMX): without them bf16 is slower than float32.

    Raises:
        ConfigError: there is no such precision.
        DeviceError: the precision cannot be used on this device.
    """
    import torch

    if wanted not in PRECISIONS:
        raise ConfigError(
            f"{setting('precision', wanted)} is unknown: expected {', '.join(PRECISIONS[:-1])} or "
            f"{PRECISIONS[-1]}. Leave it out to compute in {PRECISIONS[0]}."
        )
    if wanted == "auto":
        if device.type == "cuda":
            return "bf16" if torch.cuda.is_bf16_supported() else "fp16"
        return "bf16" if device.type == "cpu" and _has_matrix_units() else "fp32"
    if wanted == "fp16" and device.type != "cuda":
        raise DeviceError(
            f"The precision fp16 needs a CUDA device, and this is {device.type}. "
            f"Use {setting('precision', 'bf16')}, fp32 or auto."
        )
    return wanted


def _has_matrix_units() -> bool:
    import torch

    check = getattr(torch.cpu, "_is_amx_tile_supported", None)
    return bool(check and check())


@contextmanager
def autocast(device: torch.device, precision: str) -> Iterator[None]:
    """Compute matrix products in ``precision`` inside the block; fp32 changes nothing."""
    import torch

    if precision == "fp32":
        yield
        return
    with torch.autocast(device.type, dtype_of(precision)):
        yield


def dtype_of(precision: str) -> torch.dtype:
    """Return what ``fp32``, ``bf16`` or ``fp16`` is to torch."""
    import torch

    return {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}[precision]
