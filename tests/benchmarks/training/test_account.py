"""What is counted is what happens between resume and pause."""

import mmap

import pytest

from benchmarks.training import account
from benchmarks.training.account import Account
from sentilora.runs.cost import Spent

MB = 1_000_000


@pytest.fixture
def now(monkeypatch):
    """Return a clock that moves by hand, and a meter that charges 1 kWh a stretch."""

    class HandMeter:
        spent = Spent(1.0, 1.0, None, "by hand", "by hand")

        def __init__(self, country):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

    clock = [100.0]
    monkeypatch.setattr(account, "Meter", HandMeter)
    monkeypatch.setattr(account.time, "perf_counter", lambda: clock[0])
    return clock


def test_only_stretches_count(now):
    spent = Account("cpu")
    now[0] += 50
    spent.resume()
    now[0] += 3
    spent.resume()
    assert (spent.seconds, spent.is_running) == (3, True)
    spent.pause()
    now[0] += 1000
    spent.pause()
    assert (spent.seconds, spent.is_running) == (3, False)
    spent.resume()
    now[0] += 4
    spent.pause()
    assert spent.seconds == 7
    assert (spent.energy_kwh, spent.energy_method) == (2.0, "by hand")


def test_energy_that_cannot_be_measured_stays_unknown(now, monkeypatch):
    monkeypatch.setattr(account.Meter, "spent", Spent(1.0, None, None, "not measured", ""))
    spent = Account("cpu")
    for _ in range(2):
        spent.resume()
        spent.pause()
    assert spent.energy_kwh is None


def touch(size):
    """Use memory and give it back to the system, whatever malloc would keep of it."""
    with mmap.mmap(-1, size) as held:
        for page in range(0, size, mmap.PAGESIZE):
            held[page] = 1


def test_memory_held_between_stretches_is_not_counted(now):
    spent = Account("cpu")
    spent.resume()
    spent.pause()
    if not spent.is_exact:
        pytest.skip("the peak of this process cannot be reset")
    before = spent.peak_bytes
    touch(200 * MB)
    spent.resume()
    spent.pause()
    assert spent.peak_bytes < before + 100 * MB
    spent.resume()
    touch(200 * MB)
    spent.pause()
    assert spent.peak_bytes > before + 150 * MB


def test_where_the_peak_cannot_be_reset_it_is_said(now, monkeypatch, tmp_path):
    monkeypatch.setattr(account, "_CLEAR", tmp_path / "none" / "clear_refs")
    monkeypatch.setattr(account, "_STATUS", tmp_path / "status")
    spent = Account("cpu")
    spent.resume()
    spent.pause()
    assert not spent.is_exact
    assert spent.peak_bytes > 10 * MB
