"""Every command and every option that a message names is typed on a case that prints it."""

import shlex
from itertools import chain

import pytest

from sentilora.inference.engines.engine import open_engine
from sentilora.model.artifact import open_artifact
from tests.cli.advice import (
    command_cases,
    deployment_cases,
    file_cases,
    insight_cases,
    label_cases,
    live_cases,
    loop_cases,
    training_cases,
)
from tests.cli.advice.not_followed import NAMED_ONLY, OTHER_PROGRAMS, PARSED
from tests.helpers.advice_following import Case, follow, make_world, parse
from tests.helpers.advice_sites import sites

READING = [*label_cases.CASES, *file_cases.CASES]
WORKING = [
    *command_cases.CASES,
    *training_cases.CASES,
    *deployment_cases.CASES,
    *insight_cases.CASES,
    *live_cases.CASES,
    *loop_cases.CASES,
]
EVERY = 12  # of the cases that only read a file, these are tried with each change


@pytest.fixture
def world(tmp_path, tiny_base, tiny_run, opened_run, monkeypatch, capsys):
    """Return an empty folder, in which no model is loaded anew."""
    return make_world(tmp_path, tiny_base, tiny_run.path, monkeypatch, capsys, opened_run)


@pytest.fixture(scope="session")
def opened_run(tiny_run):
    """Return the network and the tokenizer of the tiny run."""
    return open_engine(open_artifact(tiny_run.path))


def named(case: Case) -> str:
    """Name a case by what it follows."""
    return f"{case.typed} {' '.join(sorted(case.keys))}"[:90]


@pytest.mark.parametrize("case", READING[::EVERY], ids=named)
def test_what_a_message_names_helps(case, world):
    follow(case, world)


@pytest.mark.slow
@pytest.mark.parametrize(
    "case", [case for place, case in enumerate(READING) if place % EVERY] + WORKING, ids=named
)
def test_what_every_message_names_helps(case, world):
    follow(case, world)


def test_every_place_that_names_something_has_a_case():
    cases = set(chain.from_iterable(case.keys for case in [*READING, *WORKING]))
    kinds = (cases, NAMED_ONLY, OTHER_PROGRAMS, set(PARSED))
    assert sum(map(len, kinds)) == len(set().union(*kinds))  # each has one reason
    assert set().union(*kinds) - set(sites()) == set(), "these places are no more"
    assert set(sites()) - set().union(*kinds) == set(), "write a case, or say why there is none"
    assert len(cases) > 150


def test_what_is_not_typed_is_read_by_the_parser():
    for reason, words in PARSED.values():
        assert reason
        if words:
            parse(shlex.split(words))
