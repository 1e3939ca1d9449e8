"""A monitor that is killed again and again loses nothing and doubles nothing."""

import json
import random
import signal
import subprocess
import sys
import time

import pytest
import sqlalchemy as sa

from sentilora.monitoring.alerts.alert_book import read_alerts
from sentilora.monitoring.store.store import open_store
from sentilora.monitoring.store.store_tables import ANSWER, FEEDBACK, HOUR_COUNT
from tests.helpers import warm_python
from tests.helpers.texts import make_texts

KILLS = 6
RULES = """\
[[rules]]
name = "worse"
kind = "change"
baseline = 500
by = 0.2
"""


def write_stream(path, number):
    """Write texts: half of them negative, then nearly all, then half again; return how many."""
    texts = {"negative": [], "positive": []}
    for text, label in make_texts(3 * number, 7):
        texts[label].append(text)
    generator = random.Random(8)
    shares = [0.5] * (number // 2) + [0.95] * (number // 4) + [0.5] * (number // 4)
    with path.open("w", encoding="utf-8") as file:
        for share in shares:
            label = "negative" if generator.random() < share else "positive"
            file.write(json.dumps({"text": texts[label].pop()}) + "\n")
    return len(shares)


def start(run, source, store, rules):
    code = "from sentilora.cli.app import main; main()"
    options = ["--source", source, "--store", store, "--rules", rules, "--no-follow", "--json"]
    return warm_python.Popen(
        [sys.executable, "-c", code, "monitor", run, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def what_is_in(store):
    """Return texts, numbers of answers and of counted texts, and alerts with whether they last."""
    with open_store(store) as opened, opened.engine.connect() as connection:
        rows = connection.execute(sa.select(FEEDBACK).order_by(FEEDBACK.c.number)).mappings()
        texts = [row["text"] for row in rows]
        answers = connection.execute(sa.select(sa.func.count()).select_from(ANSWER)).scalar()
        counted = connection.execute(sa.select(sa.func.sum(HOUR_COUNT.c.texts))).scalar()
        alerts = [(one.title, one.ended_ms is None) for one in read_alerts(connection)]
    return texts, answers, counted, alerts


@pytest.mark.slow
@pytest.mark.process
def test_what_was_accepted_is_stored_once_through_kills(tiny_run, tmp_path, store_address):
    source, rules = tmp_path / "in.jsonl", tmp_path / "rules.toml"
    number = write_stream(source, 8000)
    rules.write_text(RULES, encoding="utf-8")
    store, calm = store_address, tmp_path / "calm.db"
    generator = random.Random(9)
    killed = 0
    while True:
        process = start(tiny_run.path, source, store, rules)
        if killed < KILLS:
            process.stdout.readline()  # something was stored
            time.sleep(generator.random() * 0.1)
            process.send_signal(signal.SIGKILL)
            killed += 1
        _, err = process.communicate(timeout=120)
        if process.returncode == 0:
            break
        assert process.returncode == -signal.SIGKILL, err
    process = start(tiny_run.path, source, calm, rules)
    process.communicate(timeout=120)
    assert process.returncode == 0
    told = [what_is_in(store), what_is_in(calm)]
    assert told[0] == told[1]
    texts, answers, counted, alerts = told[0]
    assert texts == [json.loads(line)["text"] for line in source.read_text("utf-8").splitlines()]
    assert answers == counted == number == len(texts)
    assert alerts == [("worse", False)]
    assert killed == KILLS


@pytest.mark.service
@pytest.mark.process
def test_a_database_that_is_killed_is_waited_for(tiny_run, tmp_path, postgres):
    source, rules = tmp_path / "in.jsonl", tmp_path / "rules.toml"
    number = write_stream(source, 8000)
    rules.write_text(RULES, encoding="utf-8")
    store = postgres.make_database()
    process = start(tiny_run.path, source, store, rules)
    waited = 0
    for _ in range(3):
        process.stdout.readline()  # something was stored
        postgres.kill()
        while json.loads(process.stdout.readline())["kind"] != "waiting":
            pass
        waited += 1
        postgres.restart()
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    texts, answers, counted, alerts = what_is_in(store)
    assert texts == [json.loads(line)["text"] for line in source.read_text("utf-8").splitlines()]
    assert answers == counted == number == len(texts)
    assert alerts == [("worse", False)]
    assert waited == 3
