"""A pool with all that is to be served at first."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sentilora.serving.queue.model_loader import Loader
from sentilora.serving.queue.scheduler import BatchingPool


def open_pool(
    paths: Mapping[str, str | Path],
    *,
    device: str = "auto",
    precision: str = "fp32",
    max_requests: int = 512,
    max_texts: int = 8192,
    batch_tokens: int | None = None,
) -> BatchingPool:
    """Load what is to be served.

    Args:
        paths: paths of run folders or exports, or ``general``, by the names that requests use.
        device: device to compute on: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        precision: number format: ``fp32``, ``bf16``, ``fp16`` or ``auto``.
        max_requests: largest number of requests that wait or are computed.
        max_texts: largest number of texts that wait.
        batch_tokens: largest number of padded tokens in a batch; by default what suits the device.

    Raises:
        ModelError: a folder is missing, damaged or unfinished, or does not fit its base.
        DeviceError: one cannot be computed on this device or in this precision.
        MissingExtraError: one needs a runtime that is not installed.
    """
    pool = BatchingPool(
        Loader(device=device, precision=precision),
        max_requests=max_requests,
        max_texts=max_texts,
        batch_tokens=batch_tokens,
    )
    try:
        for name, path in paths.items():
            pool.add(name, path)
    except BaseException:
        pool.close(timeout_s=10)
        raise
    return pool
