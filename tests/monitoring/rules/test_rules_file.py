"""Rules as people write them; all that is wrong is said at once."""

import numpy as np
import pytest

from sentilora.errors import ConfigError
from sentilora.labels import TERNARY, Labels
from sentilora.monitoring.rules.durations import duration_words, seconds_of
from sentilora.monitoring.rules.rule_kinds import (
    AccuracyRule,
    ChangeRule,
    DriftRule,
    ShareRule,
    SilenceRule,
    UsualRule,
)
from sentilora.monitoring.rules.rule_model import ModelFacts
from sentilora.monitoring.rules.rules_file import read_rules

MODELS = {
    "general": ModelFacts(Labels(tuple(TERNARY))),
    "topic": ModelFacts(Labels(("app", "parcel")), np.array([[40, 5], [8, 60]])),
    "few": ModelFacts(Labels(("app", "parcel")), np.array([[9, 0], [8, 60]])),
}
GOOD = """\
[targets]
team = "json://localhost/hook"

[[rules]]
name = "app is down"
kind = "share"
source = "app"
where = { country = "DE" }
over = 0.4
within = "30 minutes"
notify = ["team"]
quiet = "22:00-07:00"

[[rules]]
name = "busy"
kind = "usual"

[[rules]]
name = "worse since the release"
kind = "change"
since = "version"

[[rules]]
name = "other texts"
kind = "drift"
of = "vocabulary"

[[rules]]
name = "guesses"
kind = "accuracy"
model = "topic"

[[rules]]
name = "parcels"
kind = "share"
model = "topic"
label = "parcel"
over = 0.5
corrected = true

[[rules]]
name = "nothing comes"
model = "general"
kind = "silence"
longer_than = "2 h"
"""
BAD = """\
colour = 1

[targets]
team = 5

[[rules]]
name = "a"
kind = "share"
label = "bad"
within = "soon"

[[rules]]
name = "b"
kind = "sahre"

[[rules]]
name = "c"
kind = "silence"
notify = ["boss"]

[[rules]]
name = "c"
kind = "share"
label = "awful"
over = 0.5

[[rules]]
name = "d"
kind = "silence"
model = "who"

[[rules]]
name = "e"
kind = "change"
model = "topic"

[[rules]]
name = "f"
kind = "share"
model = "few"
label = "app"
over = 0.5
corrected = true

[[rules]]
name = "g"
kind = "accuracy"
"""


def write(tmp_path, content):
    path = tmp_path / "rules.toml"
    path.write_text(content, encoding="utf-8")
    return path


def test_each_kind_of_rule_is_read(tmp_path):
    found = read_rules(write(tmp_path, GOOD), MODELS)
    kinds = [
        *(ShareRule, UsualRule, ChangeRule, DriftRule, AccuracyRule, ShareRule),
        SilenceRule,
    ]
    assert [type(rule) for rule in found.rules] == kinds
    assert found.rules[0].where == {"country": "DE"}
    assert [rule.model for rule in found.rules[3:]] == [None, "topic", "topic", None]
    assert found.models == MODELS
    assert found.targets == {"team": "json://localhost/hook"}


def test_the_address_of_the_page_is_read(tmp_path):
    told = f'{GOOD}\n[page]\naddress = "http://192.168.1.20:8501"\n'
    assert read_rules(write(tmp_path, told), MODELS).page == "http://192.168.1.20:8501"
    assert read_rules(write(tmp_path, GOOD), MODELS).page is None


def test_all_problems_are_told_at_once(tmp_path):
    with pytest.raises(ConfigError) as caught:
        read_rules(write(tmp_path, BAD), MODELS)
    said = str(caught.value)
    for told in (
        "colour: unknown",
        "targets.team: expected an address",
        "'soon' is no length of time",
        "rule 'b': kind must be one of share, usual, change, drift, accuracy, theme, silence",
        "notify names 'boss', which is not among [targets]",
        "label = 'awful'; general has negative, neutral, positive",
        "model = 'who'; there is 'general', 'topic', 'few'",
        "rule 'e': label = 'negative'; topic has app, parcel",
        "rule 'f': corrected = true needs held-out texts of each label, and few has no report",
        "rule 'g': general has no report of a run that tells how often it is right; give a bound",
        "rule 'c': the name stands twice",
    ):
        assert told in said


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", r"no \[\[rules\]\]"),
        ('[[rules]]\nname = "a"\nkind = "share"\n', "expected one bound"),
        ('[[rules]]\nname = "a"\nkind = "share"\nover = 40\n', "over"),
        ('[[rules]]\nname = "a"\nkind = "silence"\nquiet = "at night"\n', "are no hours"),
        ('[[rules]]\nname = "a"\nkind = "silence"\nlonger = "1 h"\n', "longer"),
        (f'{GOOD}[page]\naddress = "javascript:alert(1)"\n', "page.address: 'javascript:alert"),
        (f"{GOOD}[page]\naddress = 5\n", "page.address: '5' is no address"),
        (f'{GOOD}[page]\nadress = "http://a"\n', r"\[page\]: expected address"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path, content, told):
    with pytest.raises(ConfigError, match=told):
        read_rules(write(tmp_path, content), MODELS)


@pytest.mark.parametrize(
    ("written", "seconds", "words"),
    [
        ("30 minutes", 1800, "30 minutes"),
        ("1h", 3600, "1 hour"),
        ("1.5 days", 129600, "1.5 days"),
        ("2 W", 1209600, "14 days"),
    ],
)
def test_lengths_of_time(written, seconds, words):
    assert seconds_of(written) == seconds
    assert duration_words(seconds) == words
