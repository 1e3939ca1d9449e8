"""Settings of train from Python: by the names of the options, and by sections."""

from pathlib import Path

import pytest

import sentilora
from sentilora.config import RunConfig
from sentilora.errors import ConfigError
from sentilora.section import offered_settings
from sentilora.training.context.train_keywords import config_key, settings_of


def dotted(**keywords):
    settings, problems = settings_of(keywords)
    assert problems == []
    return settings


def test_every_option_is_a_keyword():
    offers = list(offered_settings(RunConfig))
    assert len(offers) > 30
    assert [one.key for one in offers if config_key(one.name) != one.key] == []


@pytest.mark.parametrize(
    ("keywords", "settings"),
    [
        ({"epochs": 1, "base": "minilm"}, {"training.epochs": 1, "base": "minilm"}),
        ({"max_steps": 5}, {"training.max_steps": 5}),
        ({"text": "comment", "label": "mood"}, {"data.text": "comment", "data.label": "mood"}),
        ({"text": {"max_tokens": 32}}, {"text.max_tokens": 32}),
        ({"pairs": Path("p.csv")}, {"pairs.file": "p.csv"}),
        (
            {"pairs": {"file": "p.csv"}, "pairs_weight": 2},
            {"pairs.file": "p.csv", "pairs.weight": 2},
        ),
        ({"data": {"text": "comment"}}, {"data.text": "comment"}),
        ({"labels": "bad, good"}, {"data.labels": ["bad", "good"]}),
        ({"columns": "text,label"}, {"data.columns": ["text", "label"]}),
        ({"start_from": "general"}, {"start_from": "general"}),
        ({"lora.rank": 8}, {"lora.rank": 8}),
        ({"lora": {"dropout": 0.1}}, {"lora.dropout": 0.1}),
    ],
)
def test_a_setting_is_called_as_its_option_or_by_its_section(keywords, settings):
    assert dotted(**keywords) == settings


@pytest.mark.parametrize(
    ("keyword", "value", "told"),
    [
        ("epoch", 1, "epoch = 1: unknown setting; did you mean 'epochs'?"),
        ("learning_rat", 1, "did you mean 'learning_rate'?"),
        ("txt", "a", "did you mean 'text'?"),
        ("qqqq", "a", "qqqq = 'a': unknown setting"),
        ("dropout", 0.1, r"say lora=\{'dropout': …\} or training=\{'dropout': …\}"),
        ("lora", 8, "lora = 8: input should be a valid dictionary"),
        ("epochs", 0, "training.epochs = 0: must be at least 1"),
    ],
)
def test_a_wrong_keyword_is_told_with_what_was_meant(keyword, value, told):
    with pytest.raises(ConfigError, match=told):
        sentilora.train("nothing.csv", **{keyword: value})


def test_all_wrong_settings_are_told_at_once():
    with pytest.raises(ConfigError, match="4 problems in the settings") as caught:
        sentilora.train("a.csv", epoch=1, rnk=2, rank=0, config={"lora": {"alpa": 1}})
    told = str(caught.value)
    for part in ("'epochs'", "'rank'?", "lora.rank = 0", "lora.alpa = 1: unknown setting"):
        assert part in told


def test_a_setting_that_is_given_twice_is_an_error():
    with pytest.raises(ConfigError, match=r"training.epochs is given twice, as training as well"):
        sentilora.train("a.csv", epochs=1, training={"epochs": 2})
    with pytest.raises(ConfigError, match="The data are given twice"):
        sentilora.train("a.csv", data="b.csv")


def test_a_resumed_run_takes_no_other_settings():
    with pytest.raises(ConfigError, match="and epochs was given beside it"):
        sentilora.train(resume="runs/a/config.toml", epochs=3)
