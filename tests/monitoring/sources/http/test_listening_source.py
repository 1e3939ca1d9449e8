"""A monitor that listens by itself: what it takes, who may call, how it ends."""

import json
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from sentilora.monitoring.feedback_record import RecordColumns
from sentilora.monitoring.live_monitor import LiveMonitor
from sentilora.monitoring.sources.http.door_address import Visitors
from sentilora.monitoring.sources.source_names import open_source
from sentilora.monitoring.store.store import open_store
from tests.helpers import warm_python
from tests.helpers.feedback_server import fake_models, outcomes, send, stored_ids


@contextmanager
def monitor_at(store, visitors=None, **columns):
    """Run a monitor that listens; give its address and what to stop it with."""
    urls, stop = [], threading.Event()
    is_there = threading.Event()

    def listening(url):
        urls.append(url)
        is_there.set()

    source = open_source(
        "http://127.0.0.1:0",
        columns=RecordColumns(**columns),
        visitors=visitors,
        listening=listening,
    )
    with open_store(store) as opened:
        watcher = LiveMonitor(fake_models(), opened)
        thread = threading.Thread(target=watcher.run, args=(source, stop))
        thread.start()
        assert is_there.wait(20)
        try:
            yield urls[0], stop
        finally:
            stop.set()
            thread.join(20)
            assert not thread.is_alive()


def get(url):
    try:
        with urlopen(url) as found:
            return found.status, found.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_it_stores_and_says_what_it_is(tmp_path):
    store = tmp_path / "feedback.db"
    with monitor_at(store, text="body", at="when", segments=("product",)) as (url, _):
        record = {"id": "a", "body": "Great!", "when": "2026-11-29T09:00:00Z", "product": "A"}
        assert outcomes(send(url, record)[2]) == ["stored"]
        assert send(url, {"id": "b", "text": "its field is called body"})[0] == 422
        assert get(f"{url}/ready")[0] == 200
        assert "sentilora_requests_total" in get(f"{url}/metrics")[1]
        page = json.loads(get(f"{url}/openapi.json")[1])
        assert set(page["paths"]) == {"/health", "/ready", "/metrics", "/v1/feedback", "/docs"}
        assert get(f"{url}/docs")[0] == 200
        assert get(f"{url}/v1/models")[0] == 404
    assert stored_ids(store) == ["a"]
    assert stored_ids(store, column="at_ms") == [1795942800000]
    assert stored_ids(store, column="segments") == ['{"product": "A"}']


@pytest.mark.slow
def test_it_asks_for_the_key_and_knows_its_names(tmp_path):
    (tmp_path / "key.txt").write_text("a-key")
    visitors = Visitors(tmp_path / "key.txt", allowed_host=("known.example",))
    with monitor_at(tmp_path / "feedback.db", visitors) as (url, _):
        assert send(url, {"text": "t"})[0] == 401
        key = {"authorization": "Bearer a-key"}
        assert send(url, {"text": "t"}, **key)[0] == 200
        assert send(url, {"text": "t"}, host="known.example", **key)[0] == 200
        status, _, answer = send(url, {"text": "t"}, host="other.example", **key)
        assert status == 403
        assert "sentilora monitor RUN --allowed-host other.example" in answer["error"]
        with pytest.raises(HTTPError, match="401"):
            urlopen(f"{url}/metrics")


@pytest.mark.slow
def test_once_it_is_stopped_nothing_is_accepted(tmp_path):
    store = tmp_path / "feedback.db"
    answers = []

    def client(url):
        for n in range(10_000):
            try:
                status = send(url, {"id": f"t{n}", "text": "t"})[0]
            except OSError:
                return
            answers.append(status)
            if status != 200:
                return

    with monitor_at(store) as (url, stop):
        thread = threading.Thread(target=client, args=(url,))
        thread.start()
        while len(answers) < 5:
            pass
        stop.set()
        thread.join()
    assert stored_ids(store) == [f"t{n}" for n in range(answers.count(200))]
    assert set(answers) <= {200, 503}


@pytest.mark.process
def test_the_command_listens_stores_and_ends_with_a_signal(tiny_run, tmp_path):
    code = "from sentilora.cli.app import main; main()"
    store, rules = tmp_path / "feedback.db", tmp_path / "rules.toml"
    both = "kind = 'share'\nover = 0.5\nleast = 1\nsure = false\n"
    labels = ("negative", "positive")
    rules.write_text("".join(f"[[rules]]\nname = '{x}'\nlabel = '{x}'\n{both}" for x in labels))
    options = ["--source", "http://127.0.0.1:0", "--store", store, "--rules", rules]
    more = ["--metrics", "127.0.0.1:0", "--json"]
    command = [sys.executable, "-c", code, "monitor", tiny_run.path, *options, *more]
    with warm_python.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            lines = [process.stdout.readline() for _ in range(2)]
            assert all(lines), process.communicate()[1]
            urls = [json.loads(line)["url"] for line in lines]
            metrics, url = sorted(urls, key=lambda one: not one.endswith("/metrics"))
            body = json.dumps({"id": "a", "text": "wonderful film"}).encode()
            request = Request(f"{url}/v1/feedback", body, {"content-type": "application/json"})
            with urlopen(request, timeout=60) as found:
                assert json.load(found)["stored"] == 1
            page = get(metrics)[1]
            assert 'sentilora_feedback_records_total{outcome="stored",source="http"} 1.0' in page
            assert page.count('sentilora_alerts_total{event="opened"') == 1
            process.send_signal(signal.SIGTERM)
            out, errors = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 0, errors
    assert [json.loads(line)["kind"] for line in out.splitlines()] == ["stored", "alert"]
    assert stored_ids(store) == ["a"]
