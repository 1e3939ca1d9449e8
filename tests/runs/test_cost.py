"""What a stretch of work cost; what could not be measured is said to be so."""

from __future__ import annotations

import codecarbon

from sentilora.runs.cost import Meter


class FailedTracker:
    """What codecarbon leaves when its start fails: it logs the reason and goes on."""

    def __init__(self, **_: object) -> None:
        pass

    def start(self) -> None:
        pass

    def stop(self) -> None:
        pass


def test_a_tracker_that_could_not_start_measures_time_alone(monkeypatch):
    monkeypatch.setattr(codecarbon, "OfflineEmissionsTracker", FailedTracker)
    with Meter(country=None) as meter:
        pass
    assert meter.spent is not None
    assert meter.spent.seconds >= 0
    assert meter.spent.energy_kwh is None
    assert meter.spent.co2_g is None
    assert meter.spent.energy_method == "not measured"
