"""Settings that front ends offer are made from the sections that know them."""

import pytest

from sentilora.adaptation.adaptation_config import AdaptConfig
from sentilora.config import RunConfig, TrainingConfig, make_config, read_config
from sentilora.section import brief, limits_of, offered_settings
from sentilora.settings_file import write_settings


@pytest.mark.parametrize("section", [RunConfig, AdaptConfig])
def test_every_offered_setting_has_a_meaning_and_a_name_of_its_own(section):
    settings = list(offered_settings(section))
    assert len(settings) > 15
    assert all(setting.meaning and not setting.meaning.endswith(".") for setting in settings)
    assert len({setting.name for setting in settings}) == len(settings)


def test_a_setting_is_offered_as_its_section_has_it():
    settings = {setting.key: setting for setting in offered_settings(RunConfig)}
    rank = settings["lora.rank"]
    assert (rank.name, rank.kind, rank.default, rank.choices) == ("rank", int, 16, ())
    assert (settings["start_from"].name, settings["start_from"].kind) == ("from", str)
    assert settings["data.stars"].choices == (5, 10)
    assert settings["data.stars"].kind is int
    assert settings["data.labels"].kind is list
    assert settings["preset"].default == "balanced"
    assert "report.resamples" not in settings


def test_limits_and_small_numbers():
    assert limits_of(TrainingConfig, "epochs") == (1, 100)
    assert [brief(7e-4), brief(5e-5), brief(1e-4)] == ["7e-4", "5e-5", "1e-4"]


def test_dotted_settings_are_written_as_a_file_that_is_read_again(tmp_path):
    settings = {"lora.rank": 8, "data": {"train": "a.csv"}, "data.labels": ["up", "down"]}
    write_settings(settings, tmp_path / "settings.toml")
    assert read_config(tmp_path / "settings.toml") == make_config(settings)
