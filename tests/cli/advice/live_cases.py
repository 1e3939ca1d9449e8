"""What monitor and forget say, and what is typed then."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

import sentilora
from sentilora.monitoring.store.store import open_store
from sentilora.monitoring.store.store_engine import writing
from sentilora.monitoring.store.store_tables import DRAFT
from tests.cli.advice.tables import PRAISE
from tests.helpers.advice_following import RUN, Case
from tests.helpers.drafted_texts import add_texts, answered

LINES = "".join(json.dumps({"id": f"T-{n}", "text": row[0]}) + "\n" for n, row in enumerate(PRAISE))
RULES = '[[rules]]\nname = "down"\nkind = "silence"\n'
LIVE = {"feedback.jsonl": LINES, "feedback.data": LINES, "rules.toml": RULES}


def stored(patch: pytest.MonkeyPatch, run: Path) -> None:
    """Have a store with texts."""
    sentilora.monitor(run, "feedback.jsonl", store="texts.db", follow=False)


def drafted(patch: pytest.MonkeyPatch, run: Path) -> None:
    """Have a store with a draft."""
    with open_store("texts.db") as store:
        add_texts(store, [answered("My parcel is late", "T-1")])


def approved(patch: pytest.MonkeyPatch, run: Path) -> None:
    """Have a store with a draft that somebody approved."""
    drafted(patch, run)
    with sentilora.ReplyQueue("texts.db") as queue:
        queue.approve(1, by="Ann")


def marked(patch: pytest.MonkeyPatch, run: Path) -> None:
    """Have a store with a draft that says what it must not."""
    drafted(patch, run)
    with sentilora.ReplyQueue("texts.db") as queue:
        queue.edit(1, "You get a refund.", by="Ann")


def emptied(patch: pytest.MonkeyPatch, run: Path) -> None:
    """Have the usual store with a draft that says nothing."""
    with open_store("feedback.db") as store:
        add_texts(store, [answered("My parcel is late", "T-1")])
        with writing(store.engine) as connection:
            connection.execute(sa.update(DRAFT).values(reply=""))


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
    Case(
        "monitor $RUN --source feedback.jsonl --no-follow --replies all.toml",
        ("monitor_command:monitor sentilora replies",),
        {**LIVE, "all.toml": 'labels = ["positive", "negative"]\nleast = 0.0\n'},
    ),
    Case(
        "monitor $RUN --source feedback.jsonl --no-follow --replies default --keep-text none",
        ("live_watch:_check_settings --replies",),
        LIVE,
        leaves_out=True,
    ),
    Case(
        "monitor $RUN --source feedback.jsonl --no-follow --replies wrong.toml",
        ("replies_file:_refused sentilora replies",),
        {**LIVE, "wrong.toml": "least = 2\n"},
    ),
    Case(
        "replies list --store texts.db",
        ("replies_command:list_drafts sentilora replies",),
        before=drafted,
    ),
    Case(
        "replies list",
        ("reply_queue:_open --store",),
        fill={"FILE": "texts.db"},
        before=drafted,
    ),
    Case(
        "replies show 99 --store texts.db",
        ("reply_queue:ReplyQueue._read sentilora replies",),
        before=drafted,
    ),
    Case(
        "replies edit 1 --reply new.txt --store texts.db",
        ("reply_queue:ReplyQueue._check_state sentilora replies",),
        {"new.txt": "Hello"},
        before=approved,
    ),
    Case(
        "replies approve 1 --store texts.db",
        ("reply_queue:ReplyQueue.approve --force",),
        before=marked,
    ),
    Case(
        "replies approve 1 --store feedback.db",
        ("reply_queue:ReplyQueue.approve sentilora replies",),
        {"new.txt": "Hello"},
        fill={"FILE": "new.txt"},
        before=emptied,
    ),
    Case(
        "replies send --store texts.db",
        ("replies_command:_target --to", "replies_command:_target --replies"),
        {"replies.toml": '[send]\nto = "out.jsonl"\n'},
        fill={"FILE": "replies.toml"},
        before=drafted,
    ),
    Case(
        "replies templates",
        ("replies_command:templates --output", "replies_command:templates --check"),
        {"replies.toml": ""},
        fill={"FOLDER": "mine", "FILE": "replies.toml"},
    ),
    Case("replies templates --output mine", ("replies_command:templates sentilora replies",)),
    Case(
        "replies templates --output mine",
        ("reply_files:write_reply_files --output",),
        {"mine/replies.toml": ""},
        fill={"FOLDER": "other"},
    ),
    Case(
        "replies templates --check replies.toml",
        ("replies_command:templates sentilora monitor",),
        {**LIVE, "replies.toml": ""},
        fill={"FILE": "feedback.jsonl", "general": RUN},
        quick="--no-follow",
    ),
)
