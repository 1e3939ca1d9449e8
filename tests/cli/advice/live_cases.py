"""What monitor and forget say, and what is typed then."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sentilora
from tests.cli.advice.tables import PRAISE
from tests.helpers.advice_following import Case

LINES = "".join(json.dumps({"id": f"T-{n}", "text": row[0]}) + "\n" for n, row in enumerate(PRAISE))
RULES = '[[rules]]\nname = "down"\nkind = "silence"\n'
LIVE = {"feedback.jsonl": LINES, "feedback.data": LINES, "rules.toml": RULES}


def stored(patch: pytest.MonkeyPatch, run: Path) -> None:
    """Have a store with texts."""
    sentilora.monitor(run, "feedback.jsonl", store="texts.db", follow=False)


CASES = (
    Case(
        "monitor $RUN",
        ("monitor_command:monitor --source",),
        LIVE,
        fill={"FILE": "feedback.jsonl"},
        quick="--no-follow",
    ),
    Case(
        "monitor $RUN",
        ("monitor_command:monitor --replay",),
        LIVE,
        fill={"FILE": "feedback.jsonl"},
        quick="--rules rules.toml",
    ),
    Case(
        "monitor $RUN --replay feedback.jsonl",
        ("monitor_command:_replay --rules",),
        LIVE,
    ),
    Case(
        "monitor $RUN --replay feedback.jsonl --rules rules.toml",
        ("monitor_command:_replay sentilora monitor",),
        LIVE,
        quick="--no-follow",
    ),
    Case(
        "monitor $RUN --source feedback.data --no-follow",
        ("source_names:open_source --form#2",),
        LIVE,
    ),
    Case(
        "forget T-1",
        ("forget:forget --store",),
        LIVE,
        fill={"FILE": "texts.db"},
        before=stored,
    ),
)
