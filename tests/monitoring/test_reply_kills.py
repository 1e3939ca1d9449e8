"""Drafts, what is sent of them, and alerts of conversations: once each, through kills."""

import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest
import sqlalchemy as sa

from sentilora.monitoring.alerts.alert_book import read_alerts
from sentilora.monitoring.store.store import open_store
from sentilora.monitoring.store.store_tables import ANSWER, DRAFT, FEEDBACK
from tests.helpers import warm_python
from tests.helpers.texts import make_texts

KILLS, TEXTS = 3, 1800
RULES = """\
[[rules]]
name = "hand over"
kind = "conversation"
below = -0.2
over_after = "1 day"
"""
REPLIES = """\
least = 0.0
folder = "mine"
[send]
to = "out.jsonl"
[[reasons]]
name = "unread"
patterns = ["[aeiou]"]
send_without_approval = true
"""


def write_stream(path):
    """Write texts of twenty conversations at a time, of which every third is bad."""
    texts = {"negative": [], "positive": []}
    for text, label in make_texts(3 * TEXTS, 11):
        texts[label].append(text)
    now = time.time()
    with path.open("w", encoding="utf-8") as file:
        for number in range(TEXTS):
            talk = 20 * (number // 300) + number % 20
            label = "positive" if talk % 3 else "negative"
            told = {"text": texts[label].pop(), "at": now, "conversation_id": f"talk {talk}"}
            file.write(json.dumps({"id": str(number), **told}) + "\n")


def start(run, folder, store):
    code = "from sentilora.cli.app import main; main()"
    files = {name: folder / f"{name}.toml" for name in ("rules", "replies")}
    options = [word for name, path in files.items() for word in (f"--{name}", path)]
    reading = ["--source", folder / "in.jsonl", "--store", store, "--no-follow", "--json"]
    return warm_python.Popen(
        [sys.executable, "-c", code, "monitor", run, *reading, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.slow
@pytest.mark.process
def test_drafts_replies_and_hand_overs_come_once_through_kills(tiny_run, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "other.warm.en.txt").write_text("Thank you. We read it.")
    (tmp_path / "rules.toml").write_text(RULES)
    (tmp_path / "replies.toml").write_text(REPLIES)
    write_stream(tmp_path / "in.jsonl")
    store, generator = tmp_path / "feedback.db", random.Random(13)
    killed = 0
    while True:
        process = start(tiny_run.path, tmp_path, store)
        if killed < KILLS:
            process.stdout.readline()  # something was stored
            time.sleep(generator.random() * 0.05)
            process.send_signal(signal.SIGKILL)
        _, err = process.communicate(timeout=120)
        if process.returncode == 0:
            break
        assert process.returncode == -signal.SIGKILL, err
        killed += 1
    assert killed > 0
    with open_store(store) as opened, opened.engine.connect() as connection:
        asked = sa.select(FEEDBACK.c.id, FEEDBACK.c.conversation_id, ANSWER.c.label)
        texts = connection.execute(asked.join(ANSWER)).all()
        drafts = connection.execute(sa.select(DRAFT.c.id, DRAFT.c.state, DRAFT.c.key)).all()
        handed = Counter(one.scope for one in read_alerts(connection))
    assert len(texts) == TEXTS
    negative = sorted(one.id for one in texts if one.label == "negative")
    assert len(negative) > TEXTS / 4
    assert sorted(one.id for one in drafts) == negative
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    keys = [json.loads(line)["key"] for line in lines]
    assert len(keys) == len(set(keys))
    assert {one.key for one in drafts if one.state == "sent"} <= set(keys)
    heard: dict[str, set[str]] = {}
    for one in texts:
        heard.setdefault(one.conversation_id, set()).add(one.label)
    assert Counter(map(len, heard.values()))[1] > len(heard) / 2  # the model was right on all of it
    for talk, labels in heard.items():
        if len(labels) == 1:
            assert handed[talk] == (labels == {"negative"}), talk
