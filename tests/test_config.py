"""Settings: every problem at once, presets, and files that repeat a run."""

import pytest

from sentilora.config import make_config, read_config, write_config
from sentilora.errors import ConfigError


def test_all_problems_are_told_at_once():
    with pytest.raises(ConfigError) as error:
        make_config({"lora.rnak": 8, "lora.dropout": 1.5, "device": "gpu"}, title="run.toml")
    assert str(error.value).splitlines() == [
        "3 problems in run.toml",
        "  device = 'gpu': must be 'auto', 'cpu', 'cuda' or 'mps'",
        "  lora.dropout = 1.5: must be below 1.0",
        "  lora.rnak = 8: unknown setting; did you mean 'rank'?",
    ]


def test_presets_fill_what_is_open_and_configs_do_not_share_sections():
    fast, best = make_config({"preset": "fast"}), make_config({"preset": "best"})
    assert (fast.text.max_tokens, best.text.max_tokens) == (128, 512)
    assert make_config({"preset": "fast", "text.max_tokens": 99}).text.max_tokens == 99
    assert make_config({"method": "full"}).training.learning_rate == 5e-5


def test_a_written_config_is_complete_and_reads_back(tmp_path):
    config = make_config({"preset": "best", "seed": 7, "data.train": "x.csv"})
    write_config(config, tmp_path / "config.toml")
    assert read_config(tmp_path / "config.toml") == config


def test_another_preset_or_method_replaces_what_the_old_one_had_filled_in(tmp_path):
    path = tmp_path / "config.toml"
    write_config(make_config({"preset": "fast"}), path)
    again = read_config(path, {"preset": "best", "method": "full"})
    assert (again.text.max_tokens, again.training.learning_rate) == (512, 5e-5)
    write_config(make_config({"text.max_tokens": 77, "training.learning_rate": 1e-3}), path)
    chosen = read_config(path, {"preset": "best", "method": "full"})
    assert (chosen.text.max_tokens, chosen.training.learning_rate) == (77, 1e-3)


@pytest.mark.parametrize(
    ("text", "message"),
    [(None, r"There is no configuration file .*config=…"), ("a = [", r"is not a TOML file")],
)
def test_a_missing_or_broken_file_is_named(tmp_path, text, message):
    path = tmp_path / "run.toml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ConfigError, match=message):
        read_config(path)


@pytest.mark.parametrize(
    ("text", "overrides", "message"),
    [
        ("lora = 3", {"lora": {"rank": 8}}, "lora: lora is a single value, not a section"),
        ("lora = 3", {"lora.rank": 8}, "lora.rank: lora is a single value, not a section"),
        ("", {3: 4}, "3: the name of a setting is a string, such as 'lora.rank'"),
    ],
)
def test_settings_that_do_not_go_together_are_told_once(tmp_path, text, overrides, message):
    path = tmp_path / "run.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"section|string") as error:
        read_config(path, overrides)
    assert str(error.value) == f"{path}: {message}"


@pytest.mark.parametrize(
    ("text", "overrides"),
    [
        ("text = 3", {"preset": "fast"}),
        ("training = 3", {"method": "full"}),
        ("preset = []", {"method": "full"}),
        ("method = []", {"preset": "fast"}),
    ],
)
def test_a_wrong_value_in_the_file_is_told_beside_another_setting(tmp_path, text, overrides):
    path = tmp_path / "run.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=f"{text.split()[0]} = "):
        read_config(path, overrides)
