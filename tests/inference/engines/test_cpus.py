"""How many CPUs a process may use."""

import os

import pytest

from sentilora.inference.engines import cpus


@pytest.mark.parametrize(
    ("quota", "expected"),
    [("max 100000", 8), ("200000 100000", 2), ("50000 100000", 1), ("900000 100000", 8), ("", 8)],
)
def test_a_container_s_quota_counts_more_than_the_host_s_cpus(
    tmp_path, monkeypatch, quota, expected
):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(8), raising=False)
    monkeypatch.setattr(cpus, "CPU_QUOTA", tmp_path / "cpu.max")
    (tmp_path / "cpu.max").write_text(quota)
    assert cpus.usable_cpus() == expected


def test_without_a_quota_affinity_decides(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3}, raising=False)
    monkeypatch.setattr(cpus, "CPU_QUOTA", tmp_path / "none")
    assert cpus.usable_cpus() == 1
