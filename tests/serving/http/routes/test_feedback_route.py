"""Texts over HTTP: accepted means stored, through two clients, bad bodies and a store that is away.

The store is real, the model answers without weights.
"""

import gzip
import json
import sqlite3
import threading
import time
from urllib.request import urlopen

import pytest

from sentilora.monitoring import live_monitor
from sentilora.monitoring.store.store_tables import ANSWER, REFUSED
from sentilora.serving.http.asgi_app import build_app
from sentilora.serving.http.limits import Limits
from tests.helpers.fake_pool import FakePool
from tests.helpers.feedback_server import LINES, PATH, keeping, outcomes, send, stored_ids
from tests.helpers.http_client import client_of, plugged, refused, until


@pytest.fixture
def store(tmp_path):
    return tmp_path / "feedback.db"


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """Return the address of a server, and its store."""
    store = tmp_path_factory.mktemp("kept") / "feedback.db"
    limits = Limits(max_client_batch_size=20, max_text_characters=100, body_timeout_s=0.3)
    with keeping(store, limits=limits) as url:
        yield url, store


def test_one_a_list_and_lines_are_stored_before_they_are_answered(store):
    with keeping(store) as url:
        status, _, answer = send(url, {"id": "a", "text": "Great!", "source": "mail"})
        assert status == 200
        assert answer == {
            "object": "list",
            "stored": 1,
            "known": 0,
            "refused": 0,
            "data": [
                {"index": 0, "id": "a", "source": "mail", "outcome": "stored", "reason": None}
            ],
        }
        assert stored_ids(store) == ["a"]
        status, _, answer = send(url, [{"id": "b", "text": "Bad?"}, {"id": "a", "text": "More"}])
        assert [one["source"] for one in answer["data"]] == ["http", "http"]
        lines = b'{"id": "c", "message": "Well"}\n\n{"id": "b", "text": "Again"}\n'
        status, _, answer = send(url, lines, LINES)
        assert outcomes(answer) == ["stored", "known"]
        packed = gzip.compress(b'\xef\xbb\xbf{"id": "d", "text": "Packed"}')
        assert send(url, packed, content_encoding="gzip")[0] == 200
    assert stored_ids(store) == ["a", "b", "a", "c", "d"]
    assert stored_ids(store, ANSWER, "label")[0] == "positive"


def test_bad_records_are_told_each_and_the_others_stored(shared):
    url, store = shared
    before = len(stored_ids(store))
    records = [
        {"text": "fine", "id": "fine"},
        {"text": ""},
        {"id": "x"},
        "no object",
        {"text": "fine", "at": "yesterday"},
        {"text": "x" * 101},
        {"text": "fine", "segments": {str(n): "x" for n in range(40)}},
        {"text": "half \ud83d of a sign and \0", "id": "half"},
    ]
    status, _, answer = send(url, records)
    assert (status, answer["stored"], answer["refused"]) == (200, 2, 6)
    assert outcomes(answer) == ["stored", *["refused"] * 6, "stored"]
    reasons = [one["reason"] for one in answer["data"]]
    assert "empty text" in reasons[1]
    assert "no field 'text'" in reasons[2]
    assert "an object with a text was expected" in reasons[3]
    assert "'yesterday' is no time" in reasons[4]
    assert "101 characters; at most 100" in reasons[5]
    assert "40 segments; 32 at most" in reasons[6]
    assert len(stored_ids(store)) == before + 2
    assert stored_ids(store, REFUSED, "reason")[-6:] == reasons[1:7]


def test_a_line_that_is_no_json_keeps_nothing_else_back(shared):
    url, _ = shared
    lines = b'{"text": "one"}\n{"text": NaN}\n{"text": "t\xff"}\nno\n{"text": "two"}'
    _, _, answer = send(url, lines, LINES)
    assert outcomes(answer) == ["stored", "refused", "refused", "refused", "stored"]
    assert "NaN is no number of JSON" in answer["data"][1]["reason"]
    assert "is no UTF-8" in answer["data"][2]["reason"]


DEEP = b'{"text": ' + b"[" * 50_000 + b"]" * 50_000 + b"}"
NOT_DEEP_ENOUGH = b'{"text": "t", "segments": ' + b"[" * 900 + b"]" * 900 + b"}"
BAD = [
    (b'{"text": "cut of', "application/json", 400, "is not JSON"),
    (b'{"text": NaN}', "application/json", 400, "NaN is no number"),
    (b'{"text": "\xff"}', "application/json", 400, "not UTF-8: byte 10 is 0xff"),
    (DEEP, "application/json", 400, "nested too deeply"),
    (NOT_DEEP_ENOUGH, "application/json", 422, "'segments' is no object"),
    (b"1" * 5000, "application/json", 400, "is not JSON"),
    (b"", "application/json", 400, "is not JSON"),
    (b"7", "application/json", 422, "The body is no record"),
    (b"[]", "application/json", 422, "There is no record"),
    (b"\n", LINES, 422, "There is no record"),
    (b'{"text": 7}', "application/json", 422, "the records: record 0: 'text'"),
    (b"[{}, {}]", "application/json", 422, "2 problems in the records"),
    (json.dumps([{"text": "t"}] * 21).encode(), "application/json", 413, "21 records"),
    (b'{"text": "t"}', "text/plain", 415, "application/x-ndjson"),
    (b'{"text": "t"}', "application/x-www-form-urlencoded", 415, "declared as JSON"),
]


@pytest.mark.parametrize(("body", "media_type", "status", "told"), BAD)
def test_a_body_without_records_is_refused_whole(shared, body, media_type, status, told):
    url, store = shared
    before = len(stored_ids(store))
    found, _, answer = send(url, body, media_type)
    assert (found, set(answer)) == (status, {"error", "error_type"})
    assert told in answer["error"]
    assert len(stored_ids(store)) == before


def test_the_same_request_again_changes_nothing(shared):
    url, store = shared
    own = [{"id": "again-1", "text": "Great!"}, {"id": "again-1", "text": "Other"}]
    assert outcomes(send(url, own)[2]) == ["stored", "known"]
    assert outcomes(send(url, own)[2]) == ["known", "known"]
    bare = [{"text": "same"}, {"text": "same"}]
    first = send(url, bare, idempotency_key="k-1")[2]
    again = send(url, bare, idempotency_key="k-1")[2]
    other = send(url, [*bare, {"text": "more"}], idempotency_key="k-1")[2]
    assert outcomes(first) == ["stored"] * 2
    assert outcomes(again) == ["known"] * 2
    assert [one["id"] for one in again["data"]] == [one["id"] for one in first["data"]]
    assert outcomes(other) == ["stored"] * 3
    assert outcomes(send(url, bare)[2]) == ["stored"] * 2
    assert len(set(stored_ids(store))) == len(stored_ids(store))
    status, _, answer = send(url, bare, idempotency_key="k" * 300)
    assert (status, "300 characters" in answer["error"]) == (422, True)


def test_a_body_that_is_cut_off_or_too_slow_stores_nothing(shared):
    url, store = shared
    before = len(stored_ids(store))
    head = (
        f"POST {PATH} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        "content-length: 40\r\n\r\n"
    ).encode()
    with plugged(url) as plug:
        plug.sendall(head + b'{"text": "this never ends')
    with plugged(url) as plug:
        plug.sendall(head + b'{"text": "this takes too long')
        assert plug.recv(65536).startswith(b"HTTP/1.1 408")
    assert send(url, {"text": "the next one"})[0] == 200
    assert len(stored_ids(store)) == before + 1


@pytest.mark.slow
def test_two_clients_at_once_store_each_text_once(store):
    answers = []

    def client(number):
        for start in range(0, 60, 6):  # half of what one sends the other sends, too
            ids = [f"t{30 * number + start + n}" for n in range(6)]
            answers.append(send(url, [{"id": one, "text": f"text {one}"} for one in ids]))

    with keeping(store) as url:
        threads = [threading.Thread(target=client, args=(number,)) for number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert {status for status, _, _ in answers} == {200}
    assert sum(answer["stored"] for _, _, answer in answers) == 120
    assert sum(answer["known"] for _, _, answer in answers) == 60
    assert sorted(stored_ids(store)) == sorted(f"t{n}" for n in range(120))


def test_while_the_store_is_away_nothing_is_accepted_and_nothing_piles_up(store, monkeypatch):
    monkeypatch.setattr(live_monitor, "_WAIT_S", 0.05)
    told = []
    with keeping(store, listener=told.append) as url:
        with sqlite3.connect(store) as other:
            other.execute("ALTER TABLE feedback RENAME TO gone")
        other.close()
        for n in range(4):
            status, headers, answer = send(url, {"id": f"t{n}", "text": "Great!"})
            assert (status, answer["error_type"]) == (503, "Unhealthy")
            assert int(headers["retry-after"]) >= 1
        assert "The store does not take texts" in answer["error"]
        assert any(one["kind"] == "waiting" for one in told)
        with sqlite3.connect(store) as other:
            other.execute("ALTER TABLE gone RENAME TO feedback")
        other.close()
        until(lambda: send(url, {"id": "t9", "text": "Great!"})[0] == 200)
        assert send(url, [{"id": f"t{n}", "text": "Great!"} for n in range(4)])[0] == 200
    assert sorted(stored_ids(store)) == ["t0", "t1", "t2", "t3", "t9"]


@pytest.mark.slow
def test_when_too_much_waits_more_is_refused_until_it_is_stored(store):
    pool = FakePool("general", is_slow=True)
    pool.gate.clear()
    answers = []

    def client(name):
        records = [{"id": f"{name}{n}", "text": "Great!"} for n in range(4)]
        answers.append(send(url, records)[0])

    with keeping(store, pool, Limits(max_queue_texts=8)) as url:
        threads = []
        for name in "ab":
            threads.append(threading.Thread(target=client, args=(name,)))
            threads[-1].start()
            time.sleep(0.1)
        status, headers, answer = send(url, {"text": "One more"})
        assert (status, answer["error_type"]) == (429, "Overloaded")
        assert int(headers["retry-after"]) >= 1
        pool.gate.set()
        for thread in threads:
            thread.join()
        until(lambda: send(url, {"id": "later", "text": "One more"})[0] == 200)
    assert answers == [200, 200]
    assert len(stored_ids(store)) == 9


@pytest.mark.slow
def test_what_waits_for_a_client_that_has_gone_is_dropped(store):
    pool = FakePool("general", is_slow=True)
    pool.gate.clear()
    body = b'{"id": "gone", "text": "t"}'
    head = (
        f"POST {PATH} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    ).encode()
    with keeping(store, pool) as url:
        first = threading.Thread(target=send, args=(url, {"id": "first", "text": "t"}))
        first.start()
        until(lambda: pool.futures)
        with plugged(url) as plug:
            plug.sendall(head + body)
            time.sleep(0.4)
        time.sleep(0.4)
        pool.gate.set()
        first.join()
        assert send(url, {"id": "last", "text": "t"})[0] == 200
    assert stored_ids(store) == ["first", "last"]


def test_what_was_accepted_is_stored_before_the_server_ends(store):
    pool = FakePool("general", is_slow=True)
    pool.gate.clear()
    answers = []
    with keeping(store, pool) as url:
        thread = threading.Thread(
            target=lambda: answers.append(send(url, {"id": "last", "text": "t"})[0])
        )
        thread.start()
        until(lambda: pool.futures)
        threading.Timer(0.2, pool.gate.set).start()
    thread.join()
    assert answers == [200]
    assert stored_ids(store) == ["last"]


def test_without_a_store_it_is_forbidden_and_before_it_is_there_it_is_too_early():
    with client_of(FakePool("general")) as client:
        told = refused(client.post(PATH, json={"text": "t"}), 403, "Forbidden")
        assert "sentilora serve RUN --feedback feedback.db" in told
    with client_of(FakePool("general"), keeps=True) as client:
        refused(client.post(PATH, json={"text": "t"}), 503, "Unhealthy")
        assert client.get("/ready").status_code == 503
        assert client.post("/predict", json={"inputs": "t"}).is_success


def test_a_key_is_asked_for_and_pages_may_not_call(store):
    with keeping(store, key="a-key") as url:
        assert send(url, {"text": "t"})[0] == 401
        assert send(url, {"text": "t"}, authorization="Bearer a-key")[0] == 200
        page = {"authorization": "Bearer a-key", "origin": "https://elsewhere.example"}
        assert send(url, {"text": "t"}, **page)[0] == 403
    assert len(stored_ids(store)) == 1


def test_the_metrics_of_the_monitor_stand_beside_those_of_the_server(shared):
    url, _ = shared
    send(url, {"id": "counted", "text": "Great!", "source": "counted"})
    app = build_app(FakePool("general"))
    assert b"sentilora_feedback" not in app.state.service.metrics.page()
    with urlopen(f"{url}/metrics") as found:
        page = found.read().decode()
    assert 'sentilora_feedback_records_total{outcome="stored",source="counted"} 1.0' in page
    assert 'sentilora_requests_total{adapter="",route="/v1/feedback",status="200"}' in page
