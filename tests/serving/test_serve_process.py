"""``sentilora serve`` as people run it: a process, real weights, clients, and a signal."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import psutil
import pytest

import sentilora
from sentilora.monitoring.store.store_tables import ANSWER
from tests.helpers import warm_python
from tests.helpers.adapters import save_adapter
from tests.helpers.feedback_server import stored_ids
from tests.helpers.http_client import until
from tests.helpers.texts import make_texts

KEY = "a-key-for-tests-only"
TEXTS = [text for text, _ in make_texts(40, seed=4)]


class Served:
    """A running ``sentilora serve``."""

    def __init__(self, *arguments, env=None):
        self.process = warm_python.Popen(
            [sys.executable, "-m", "sentilora", "serve", *map(str, arguments), "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "HF_HUB_OFFLINE": "1", **(env or {})},
        )
        self.url = self.process.stdout.readline().strip()
        if not self.url:
            pytest.fail(self.process.communicate()[1])

    def ask(self, method, path, body=None, key=KEY):
        """Return status and JSON."""
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {key}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def labels(self, model, texts):
        status, answer = self.ask("POST", "/v1/classify", {"model": model, "input": texts})
        assert status == 200, answer
        return [one["label"] for one in answer["data"]]

    def end(self):
        """Send SIGTERM; return the exit code and what was printed on stderr."""
        self.process.send_signal(signal.SIGTERM)
        _, errors = self.process.communicate(timeout=60)
        return self.process.returncode, errors


@pytest.fixture
def serve():
    """Start servers that are ended with the test."""
    running = []

    def start(*arguments, **options):
        running.append(Served(*arguments, **options))
        return running[-1]

    yield start
    for one in running:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate()


@pytest.mark.process
def test_adapters_are_added_and_removed_while_it_answers(serve, tiny_run, tiny_bases, tmp_path):
    folder = tmp_path / "adapters"
    five = save_adapter(
        tiny_bases["bert"], folder / "stars", [f"{n} stars" for n in range(1, 6)], 3
    )
    expected = {
        "tiny": [one.label for one in sentilora.load(tiny_run.path).predict(TEXTS)],
        "stars": [one.label for one in sentilora.load(five).predict(TEXTS)],
    }
    key = tmp_path / "key.txt"
    key.write_text(KEY, encoding="utf-8")
    server = serve(f"tiny={tiny_run.path}", "--key-file", key, "--adapters-dir", folder)
    assert server.ask("GET", "/v1/models", key="wrong")[0] == 401
    assert server.labels("tiny", TEXTS) == expected["tiny"]
    status, answer = server.ask("POST", "/v1/classify", {"model": "stars", "input": TEXTS})
    assert (status, "tiny" in answer["error"]) == (404, True)
    assert server.ask("POST", "/v1/adapters", {"name": "stars", "path": "stars"})[0] in (200, 201)
    assert server.labels("stars", TEXTS) == expected["stars"]
    assert server.labels("tiny", TEXTS) == expected["tiny"]
    assert server.ask("DELETE", "/v1/adapters/stars")[0] in (200, 204)
    assert server.ask("POST", "/v1/classify", {"model": "stars", "input": "x"})[0] == 404
    code, errors = server.end()
    assert code == 0
    assert not any(text in errors for text in TEXTS)
    assert "Traceback" not in errors


@pytest.mark.process
def test_texts_are_stored_beside_what_is_served_and_survive_a_kill(serve, tiny_run, tmp_path):
    store, rules = tmp_path / "feedback.db", tmp_path / "rules.toml"
    rules.write_text('[[rules]]\nname = "quiet"\nkind = "silence"\n', encoding="utf-8")
    options = ("--feedback", store, "--rules", rules)
    server = serve(f"tiny={tiny_run.path}", *options)
    records = [{"id": f"t{n}", "text": text} for n, text in enumerate(TEXTS[:20])]
    until(lambda: server.ask("GET", "/ready")[0] == 200)
    status, answer = server.ask("POST", "/v1/feedback", records)
    assert (status, answer["stored"]) == (200, 20)
    labels = server.labels("tiny", TEXTS[:20])
    server.process.kill()
    server.process.communicate()
    assert stored_ids(store) == [f"t{n}" for n in range(20)]
    assert stored_ids(store, ANSWER, "label") == labels
    server = serve(f"tiny={tiny_run.path}", *options)
    until(lambda: server.ask("GET", "/ready")[0] == 200)
    status, answer = server.ask("POST", "/v1/feedback", [*records, {"id": "new", "text": "more"}])
    assert (status, answer["known"], answer["stored"]) == (200, 20, 1)
    code, errors = server.end()
    assert (code, "Traceback" in errors) == (0, False), errors
    assert stored_ids(store)[-1] == "new"


@pytest.mark.process
def test_a_signal_under_load_loses_nothing_that_was_accepted(serve, tiny_run):
    expected = dict(
        zip(TEXTS, (one.label for one in sentilora.load(tiny_run.path).predict(TEXTS)), strict=True)
    )
    server = serve(f"tiny={tiny_run.path}")
    answered, refused, wrong = [], [], []
    ended = threading.Event()

    def ask(number):
        while not ended.is_set():
            text = TEXTS[number % len(TEXTS)]
            number += 7
            try:
                status, answer = server.ask(
                    "POST", "/v1/classify", {"model": "tiny", "input": text}
                )
            except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
                refused.append(error)
                return
            if status != 200:
                refused.append(status)
                return
            answered.append(text)
            if answer["data"][0]["label"] != expected[text]:
                wrong.append(text)

    clients = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    for client in clients:
        client.start()
    deadline = time.monotonic() + 30
    while len(answered) < 100 and time.monotonic() < deadline:
        time.sleep(0.01)
    code, errors = server.end()
    ended.set()
    for client in clients:
        client.join(30)
    assert code == 0, errors
    assert len(answered) >= 100
    assert not wrong
    # Every client got answers until it was told, or found, that nobody takes requests any more:
    # none lost its connection in the middle of an answer.
    assert len(refused) == 12
    lost = [one for one in refused if one != 503 and not _never_connected(one)]
    assert not lost, lost


def _never_connected(error):
    return isinstance(getattr(error, "reason", None), ConnectionRefusedError)


@pytest.mark.process
def test_memory_does_not_grow_with_requests(serve, tiny_run):
    server = serve(f"tiny={tiny_run.path}")
    process = psutil.Process(server.process.pid)
    body = {"model": "tiny", "input": TEXTS}

    def ask(times):
        for _ in range(times):
            assert server.ask("POST", "/v1/classify", body)[0] == 200
        return process.memory_info().rss

    before = ask(60)
    after = ask(240)
    assert after - before < 20e6


@pytest.mark.process
def test_metrics_tell_of_mixed_batches(serve, tiny_run, tiny_bases, tmp_path):
    other = save_adapter(tiny_bases["bert"], tmp_path / "other", ("a", "b", "c"), 5)
    server = serve(f"tiny={tiny_run.path}", f"other={other}")
    threads = [
        threading.Thread(target=server.labels, args=(("tiny", "other")[number % 2], TEXTS))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with urllib.request.urlopen(server.url + "/metrics", timeout=10) as answer:
        text = answer.read().decode()
    counted = dict(re.findall(r"^(\w+\{[^}]*\}|\w+) ([0-9.e+]+)$", text, re.MULTILINE))
    requests = [v for k, v in counted.items() if "request" in k and '"tiny"' in k and "200" in k]
    assert "4.0" in requests
    assert server.end()[0] == 0


@pytest.mark.process
def test_what_cannot_be_served_is_told_before_it_starts(tiny_run):
    done = warm_python.run(
        [sys.executable, "-m", "sentilora", "serve", "nowhere", "--port", "0"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr
