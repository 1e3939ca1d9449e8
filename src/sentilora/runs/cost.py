"""What a training cost: time, memory, energy and CO2.

Energy comes from codecarbon's offline tracker for this process: measured where the machine lets
counters be read (RAPL, NVML), else estimated from the processor's rated power. Which one it was is
stated beside the figure.
"""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sentilora.model.quiet import quiet_logging

if TYPE_CHECKING:
    from sentilora.runs.run_folder import Run

# World average that codecarbon itself falls back to (g CO2-equivalent per kWh).
WORLD_INTENSITY_G_PER_KWH = 475.0


@dataclass(frozen=True)
class Spent:
    """Time and energy of one stretch of work.

    Attributes:
        seconds: wall-clock time in seconds.
        energy_kwh: energy in kilowatt-hours; None when nothing could be measured or estimated.
        co2_g: grams of CO2 equivalent.
    """

    seconds: float
    energy_kwh: float | None
    co2_g: float | None
    energy_method: str
    co2_method: str


class Meter:
    """Measure a stretch of work; use it as a context manager and read ``spent`` afterwards."""

    def __init__(self, country: str | None) -> None:
        self._country = country
        self._tracker: Any = None
        self._started = 0.0
        self.spent: Spent | None = None

    def __enter__(self) -> Meter:
        with quiet_logging():
            from codecarbon import OfflineEmissionsTracker

            self._tracker = OfflineEmissionsTracker(
                country_iso_code=self._country or "USA",
                save_to_file=False,
                log_level="critical",
                tracking_mode="process",
                allow_multiple_runs=True,
            )
            self._tracker.start()
        self._started = time.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        seconds = time.monotonic() - self._started
        with quiet_logging():
            self._tracker.stop()
        # A tracker that could not start has logged why and measured nothing.
        data = getattr(self._tracker, "final_emissions_data", None)
        energy = float(data.energy_consumed) if data is not None else None
        self.spent = Spent(
            seconds=seconds,
            energy_kwh=energy,
            co2_g=self._co2_g(energy, data),
            energy_method=self._energy_method(data),
            co2_method=(
                f"codecarbon's figure for {self._country}"
                if self._country
                else f"world average, {WORLD_INTENSITY_G_PER_KWH:.0f} g/kWh"
            ),
        )

    def _co2_g(self, energy: float | None, data: Any) -> float | None:
        if energy is None:
            return None
        if self._country:
            return float(data.emissions) * 1000
        return energy * WORLD_INTENSITY_G_PER_KWH

    def _energy_method(self, data: Any) -> str:
        if data is None:
            return "not measured"
        modes = []
        for hardware in getattr(self._tracker, "_hardware", []):
            kind = type(hardware).__name__
            mode = getattr(hardware, "_mode", None)
            modes.append(f"{kind} by {mode}" if mode else kind)
        how = ", ".join(modes) or "unknown hardware"
        return f"codecarbon, this process, {how}; estimated unless by RAPL or NVML"


def spent_in_all(run: Run, spent: Spent) -> Spent:
    """Add earlier stretches of a resumed run; their energy is scaled from the last one."""
    earlier = 0.0
    started: float | None = None
    latest = 0.0
    stretches: list[float] = []
    for event in run.events:
        if event["kind"] == "fit":
            if started is not None:
                stretches.append(latest - started)
            started = latest = event["time"]
        elif event["kind"] in ("step", "evaluation", "checkpoint"):
            latest = event["time"]
    earlier = sum(stretches)
    if not earlier or spent.seconds <= 0:
        return spent
    factor = (spent.seconds + earlier) / spent.seconds
    return Spent(
        **{
            **asdict(spent),
            "seconds": spent.seconds + earlier,
            "energy_kwh": spent.energy_kwh and spent.energy_kwh * factor,
            "co2_g": spent.co2_g and spent.co2_g * factor,
            "energy_method": (
                f"{spent.energy_method}; scaled by time over {len(stretches) + 1} stretches"
            ),
        }
    )


def peak_memory_bytes(device_type: str) -> int:
    """Return the most memory this process has held: on the GPU if it computes there, else RAM."""
    if device_type == "cuda":
        import torch

        return int(torch.cuda.max_memory_allocated())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak if sys.platform == "darwin" else peak * 1024)
