"""Options of ``train`` and ``adapt`` stand for the settings of their configurations."""

import json
import subprocess
import sys

import pytest

from sentilora.adaptation.adaptation_config import AdaptConfig
from sentilora.cli.setting_options import help_of
from sentilora.config import RunConfig
from sentilora.section import offered_settings


@pytest.mark.parametrize(("command", "section"), [("train", RunConfig), ("adapt", AdaptConfig)])
def test_every_offered_setting_is_an_option(command, section, run_command):
    code, out, _ = run_command(command, "--help")
    assert code == 0
    for setting in offered_settings(section):
        assert f"--{setting.name.replace('_', '-')} " in out


def test_help_tells_what_may_be_given_and_the_default():
    helps = {setting.name: help_of(setting) for setting in offered_settings(RunConfig)}
    assert helps["rank"] == "Inner dimension of the two factors of LoRA. Default: 16."
    assert helps["device"] == (
        "Device (auto, cpu, cuda or mps); auto takes CUDA, else MPS, else the CPU. Default: auto."
    )
    assert helps["stars"] == "Labels are ratings from 1 to this (5 or 10)."
    assert helps["pairs_only"] == "Train on pairs alone; labelled texts only measure."


def test_options_reach_the_settings_they_stand_for(run_command, monkeypatch):
    taken = {}

    def estimate(config):
        taken["config"] = config
        raise KeyboardInterrupt

    monkeypatch.setattr("sentilora.training.training_estimate.estimate", estimate)
    options = [
        *("--rank", "8", "--learning-rate", "1e-3", "--labels", "up, down", "--stars", "10"),
        *("--pairs", "p.csv", "--pairs-only", "--pairs-columns", "text_preferred=a,text_other=b"),
        *("--from", "general", "--skip-bad-rows", "--max-tokens", "64"),
    ]
    code, _, _ = run_command("train", "a.csv", *options, "--dry-run")
    assert code == 130
    config = taken["config"]
    assert (config.data.train, config.data.stars) == ("a.csv", 10)
    assert config.data.labels == ["up", "down"]
    assert (config.lora.rank, config.training.learning_rate) == (8, 1e-3)
    assert (config.pairs.file, config.pairs.only) == ("p.csv", True)
    assert config.pairs.columns == {"text_preferred": "a", "text_other": "b"}
    assert (config.start_from, config.text.max_tokens) == ("general", 64)
    assert config.data.skip_bad_rows
    assert "base" not in config.model_fields_set
    assert config.lora.model_fields_set == {"rank"}


def test_a_switch_for_a_setting_that_is_on_turns_it_off(run_command, monkeypatch):
    taken = {}

    def estimate(base, texts, **settings):
        taken.update(settings, base=base, texts=texts)
        raise KeyboardInterrupt

    monkeypatch.setattr("sentilora.adaptation.adaptation_estimate.estimate_adaptation", estimate)
    options = ["--untied", "--test", "a.csv", "--test", "b.csv", "--minutes", "0.5", "--dry-run"]
    code, _, _ = run_command("adapt", "minilm", "x.txt", "y.txt", *options)
    assert code == 130
    assert taken == {
        "base": "minilm",
        "texts": ["x.txt", "y.txt"],
        "tied": False,
        "test": ["a.csv", "b.csv"],
        "minutes": 0.5,
    }


def test_wrong_usage_and_wrong_settings_are_told_as_ever(run_command):
    code, _, err = run_command("train", "a.csv", "--epochs", "many")
    assert code == 2
    assert "Invalid value for '--epochs'" in err
    code, _, err = run_command("train", "a.csv", "--preset", "slow", "--rank", "0")
    assert code == 2
    assert "preset = 'slow': must be 'fast', 'balanced' or 'best'" in err
    assert "lora.rank = 0: must be at least 1" in err


@pytest.mark.process
def test_the_settings_are_not_loaded_before_they_are_needed():
    code = "import sys, json, sentilora.cli.app; print(json.dumps('pydantic' in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert json.loads(done.stdout) is False
