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

KILLS, TEXTS = 5, 3000
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
    """Write texts of twenty conversations at a time; some of these turn bad."""
    texts = {"negative": [], "positive": []}
    for text, label in make_texts(3 * TEXTS, 11):
        texts[label].append(text)
    generator, now = random.Random(12), time.time()
    with path.open("w", encoding="utf-8") as file:
        for number in range(TEXTS):
            talk = 20 * (number // 300) + number % 20
            label = "negative" if talk % 3 == 0 or generator.random() < 0.3 else "positive"
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


def what_is_in(store):
    """Return the negative texts, those with drafts, and the conversations that were handed over."""
    with open_store(store) as opened, opened.engine.connect() as connection:
        negative = sa.select(FEEDBACK.c.id).join(ANSWER).where(ANSWER.c.label == "negative")
        ids = list(connection.execute(negative).scalars())
        drafts = connection.execute(sa.select(DRAFT.c.id, DRAFT.c.state, DRAFT.c.key)).all()
        handed = Counter(one.scope for one in read_alerts(connection))
    return ids, drafts, handed


@pytest.mark.slow
@pytest.mark.process
def test_drafts_replies_and_hand_overs_come_once_through_kills(tiny_run, tmp_path):
    told = []
    for name, kills in (("killed", KILLS), ("calm", 0)):
        folder = tmp_path / name
        (folder / "mine").mkdir(parents=True)
        (folder / "mine" / "other.warm.en.txt").write_text("Thank you. We read it.")
        (folder / "rules.toml").write_text(RULES)
        (folder / "replies.toml").write_text(REPLIES)
        if name == "killed":
            write_stream(folder / "in.jsonl")
        else:
            (folder / "in.jsonl").write_bytes((tmp_path / "killed" / "in.jsonl").read_bytes())
        store, generator = folder / "feedback.db", random.Random(13)
        for _ in range(kills):
            process = start(tiny_run.path, folder, store)
            process.stdout.readline()  # something was stored
            time.sleep(generator.random() * 0.2)
            process.send_signal(signal.SIGKILL)
            process.communicate(timeout=120)
        process = start(tiny_run.path, folder, store)
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        subprocess.run(["true"], check=True)
        told.append((folder, *what_is_in(store)))
    (killed, ids, drafts, handed), (_, calm_ids, _, calm_handed) = told
    assert sorted(ids) == sorted(calm_ids)
    assert len(ids) > TEXTS / 4
    assert sorted(one.id for one in drafts) == sorted(ids)
    lines = (killed / "out.jsonl").read_text(encoding="utf-8").splitlines()
    keys = [json.loads(line)["key"] for line in lines]
    assert len(keys) == len(set(keys))
    sent = {one.key for one in drafts if one.state == "sent"}
    assert sent <= set(keys)
    assert handed == calm_handed
    assert len(handed) >= 10
