"""What a side spends while it is its turn to train: seconds, energy, and the most memory held."""

from __future__ import annotations

import time
from pathlib import Path

from sentilora.runs.cost import Meter, peak_memory_bytes

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")


class Account:
    """A clock that runs between :meth:`resume` and :meth:`pause` alone.

    Energy and memory are taken over the same stretches, so that neither waiting for other sides nor
    measuring accuracy counts.

    Attributes:
        energy_kwh: of this process; None when nothing could be measured or estimated.
        energy_method: how the energy was found.
        peak_bytes: most memory held while the clock ran: on a GPU its allocations, else resident.
        resident_bytes: memory held when the clock first ran; 0 on a GPU.
        is_exact: whether the peak is that of the stretches, not of the whole process.
    """

    def __init__(self, device_type: str) -> None:
        self._device_type = device_type
        self._before = 0.0
        self._started: float | None = None
        self._meter: Meter | None = None
        self.energy_kwh: float | None = 0.0
        self.energy_method = "not measured"
        self.peak_bytes = 0
        self.resident_bytes = 0
        self.is_exact = True

    @property
    def seconds(self) -> float:
        """The time of all stretches so far."""
        running = 0.0 if self._started is None else time.perf_counter() - self._started
        return self._before + running

    @property
    def is_running(self) -> bool:
        """Whether the clock runs."""
        return self._started is not None

    def resume(self) -> None:
        """Let the clock run; nothing happens if it does."""
        if self._started is not None:
            return
        self._meter = Meter(None).__enter__()
        self.is_exact &= _forget_peak(self._device_type)
        if not self.resident_bytes and self._device_type != "cuda":
            self.resident_bytes = _peak(self._device_type)
        self._started = time.perf_counter()

    def pause(self) -> None:
        """Stop the clock; nothing happens if it stands."""
        if self._started is None:
            return
        _finish_work(self._device_type)
        self._before = self.seconds
        self._started = None
        self.peak_bytes = max(self.peak_bytes, _peak(self._device_type))
        assert self._meter is not None
        self._meter.__exit__(None, None, None)
        spent = self._meter.spent
        assert spent is not None
        self.energy_method = spent.energy_method
        if spent.energy_kwh is None or self.energy_kwh is None:
            self.energy_kwh = None
        else:
            self.energy_kwh += spent.energy_kwh


def _finish_work(device_type: str) -> None:
    """Wait for what a GPU was given to do."""
    if device_type == "cuda":
        import torch

        torch.cuda.synchronize()


def _forget_peak(device_type: str) -> bool:
    """Start the peak anew from what is held now; return whether that was possible."""
    if device_type == "cuda":
        import torch

        torch.cuda.reset_peak_memory_stats()
        return True
    try:
        _CLEAR.write_text("5", encoding="ascii")  # Linux: VmHWM becomes VmRSS
    except OSError:
        return False
    return True


def _peak(device_type: str) -> int:
    """Return the peak in bytes since it was forgotten; of the whole process where that fails."""
    if device_type != "cuda":
        try:
            for line in _STATUS.read_text(encoding="ascii").splitlines():
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
        except OSError:
            pass
    return peak_memory_bytes(device_type)
