"""Several seeds: mean, interval, and nothing done twice."""

import json

import pytest

from sentilora.config import make_config
from sentilora.errors import ConfigError
from sentilora.training.seeds import mean_interval, train_seeds
from sentilora.training.training_estimate import estimate
from tests.helpers.tiny_settings import TINY_SETTINGS


@pytest.fixture
def config(tiny_base, tiny_data, tmp_path):
    return make_config(
        {
            **TINY_SETTINGS,
            "base": str(tiny_base),
            "data.train": str(tiny_data),
            "output": str(tmp_path),
            "name": "two",
            "training.max_steps": 6,
            "report.baselines": ["majority"],
        }
    )


def test_seeds_are_summarised_and_finished_ones_kept(config, tmp_path):
    summary = train_seeds(config, 2)
    assert [run.path.name for run in summary.runs] == ["two-seed13", "two-seed14"]
    values = [run.report["metrics"]["accuracy"] for run in summary.runs]
    assert summary.values["accuracy"] == values
    assert summary.means["accuracy"] == pytest.approx(sum(values) / 2)
    written = json.loads((tmp_path / "two-seeds.json").read_text())
    assert written == json.loads(json.dumps(summary.to_dict()))
    before = (summary.runs[0].path / "report.json").stat().st_mtime_ns
    train_seeds(config, 2)
    assert (summary.runs[0].path / "report.json").stat().st_mtime_ns == before


def test_one_seed_has_no_interval(config):
    with pytest.raises(ConfigError, match="at least 2 are needed"):
        train_seeds(config, 1)


def test_intervals_are_students():
    # Three values with mean 2 and standard deviation 1: t(0.975, 2) = 4.3027.
    low, high = mean_interval([1.0, 2.0, 3.0])
    assert (low, high) == pytest.approx((2 - 4.3027 / 3**0.5, 2 + 4.3027 / 3**0.5), abs=1e-4)


def test_a_dry_run_counts_and_writes_nothing(config, tmp_path):
    found = estimate(config)
    assert list(tmp_path.iterdir()) == []
    assert found["rows"] == {"train": 144, "validation": 16, "test": 60}
    assert found["left_out"] == 0
    assert "texts from column 'text', labels from column 'label'" in found["notes"]
    assert found["steps"] == 6
    assert found["trainable_parameters"] < found["total_parameters"]
    assert found["tokens_per_second"] > 0
    assert found["training_s"] == pytest.approx(
        found["tokens"] / found["tokens_per_second"], rel=0.05, abs=0.1
    )
    assert found["config"]["training"]["learning_rate"] == 5e-3
