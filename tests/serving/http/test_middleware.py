"""The door: the key, and bodies that are too large or too slow."""

import json
import os
import select
import subprocess
import sys
import time

import psutil
import pytest

from sentilora.serving.http.asgi_app import build_app
from sentilora.serving.http.limits import Limits
from tests.helpers.fake_pool import FakePool
from tests.helpers.http_client import ask, client_of, listening, plugged, refused

KEY = "a-key-of-the-tests"
ROUTES = [
    ("GET", "/info"),
    ("GET", "/metrics"),
    ("GET", "/openapi.json"),
    ("GET", "/v1/models"),
    ("GET", "/nothing"),
    ("POST", "/v1/classify"),
    ("POST", "/predict"),
    ("POST", "/models/general"),
    ("POST", "/"),
    ("POST", "/v1/adapters"),
    ("POST", "/v1/feedback"),
    ("DELETE", "/v1/adapters/general"),
]


@pytest.fixture
def locked():
    with client_of(FakePool("general"), key=KEY) as client:
        yield client


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_everything_wants_the_key(locked, method, path):
    found = locked.request(method, path)
    assert "This server wants a key" in refused(found, 401, "Unauthorized")
    assert found.headers["www-authenticate"] == "Bearer"


def test_whether_it_lives_is_no_secret(locked):
    assert locked.get("/health").is_success
    assert locked.get("/ready").is_success


@pytest.mark.parametrize(
    "shown",
    [
        b"Bearer wrong",
        b"Bearer ",
        b"Bearer",
        b"Basic " + KEY.encode(),
        KEY.encode(),
        b"Bearer " + KEY.encode() + b"x",
        b"Bearer cl\xe9",
        b"Bearer \xff\xfe",
    ],
)
def test_a_wrong_key_is_refused(locked, shown):
    found = locked.post("/predict", json={"inputs": "a"}, headers={b"authorization": shown})
    refused(found, 401, "Unauthorized")


@pytest.mark.parametrize("scheme", [b"Bearer", b"bearer"])
def test_the_key_opens(locked, scheme):
    headers = {b"authorization": scheme + b" " + KEY.encode()}
    assert locked.post("/predict", json={"inputs": "a"}, headers=headers).is_success


def test_a_large_body_is_refused_by_its_length(pool):
    with client_of(pool, Limits(payload_limit=1000)) as client:
        found = client.post("/predict", json={"inputs": "a" * 2000})
        assert "larger than 1,000 bytes" in refused(found, 413, "TooLarge")
        assert found.headers["connection"] == "close"
        assert client.post("/predict", json={"inputs": "a" * 900}).is_success
    assert len(pool.seen) == 1


def test_a_large_body_is_refused_however_it_declares_itself():
    limits = Limits(payload_limit=1000)
    text = json.dumps({"inputs": "a" * 3000}).encode()
    with listening(build_app(FakePool("general"), limits)) as url:
        status, _, value = ask(url, "POST", "/predict", {"inputs": "a" * 3000})
        assert (status, value["error_type"]) == (413, "TooLarge")
        with plugged(url) as plug:
            plug.sendall(
                b"POST /predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
                b"transfer-encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(text), text)
            )
            found = plug.recv(65536)
            assert found.startswith(b"HTTP/1.1 413")
            assert b"connection: close" in found
        with plugged(url) as plug:
            plug.sendall(
                b"POST /predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
                b"expect: 100-continue\r\ncontent-length: 5000\r\n\r\n"
            )
            assert plug.recv(65536).startswith(b"HTTP/1.1 413")


def test_chunks_that_fit_are_put_together():
    with listening(build_app(FakePool("general"))) as url, plugged(url) as plug:
        plug.sendall(
            b"POST /predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            b'transfer-encoding: chunked\r\n\r\n5\r\n{"inp\r\n'
        )
        time.sleep(0.05)
        plug.sendall(b'a\r\nuts": "a"}\r\n0\r\n\r\n')
        assert plug.recv(65536).startswith(b"HTTP/1.1 200")


def test_a_body_that_does_not_come_is_given_up():
    with (
        listening(build_app(FakePool("general"), Limits(body_timeout_s=0.2))) as url,
        plugged(url) as plug,
    ):
        plug.sendall(
            b"POST /predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            b'content-length: 100\r\n\r\n{"inputs'
        )
        found = b"".join(iter(lambda: plug.recv(65536), b""))
    assert found.startswith(b"HTTP/1.1 408")
    assert b"did not arrive within 0.2 seconds" in found


SERVER = """
from sentilora.serving.http.limits import Limits
from sentilora.serving.http.server import Door, serve
from tests.helpers.fake_pool import FakePool

def tell(url):
    print(url, flush=True)

serve(lambda: FakePool("general"), Door(port=0), Limits(), listening=tell)
"""


def flood(url: str, head: bytes, piece: bytes, process: subprocess.Popen) -> tuple[int, bytes, int]:
    """Send a piece again and again until there is an answer; return pieces, answer, growth."""
    memory = psutil.Process(process.pid).memory_info
    before = highest = memory().rss
    sent, found = 0, b""
    with plugged(url) as plug:
        try:
            plug.sendall(head)
            while sent < 1024 and not select.select([plug], [], [], 0)[0]:
                plug.sendall(piece)
                sent += 1
                highest = max(highest, memory().rss)
            found = plug.recv(65536)
        except (ConnectionResetError, BrokenPipeError):
            pass  # the line was cut, which may come before the answer is read
    return sent, found, highest - before


@pytest.mark.process
@pytest.mark.parametrize(
    "declared",
    [b"transfer-encoding: chunked", b"content-length: 1073741824"],
    ids=["chunks", "length"],
)
def test_a_gigabyte_is_never_held(declared):
    """Send bodies, and headers, to a server in a process of its own, and watch its memory."""
    is_chunked = declared.startswith(b"transfer")
    piece = b"a" * 1_048_576
    chunk = b"%x\r\n%s\r\n" % (len(piece), piece) if is_chunked else piece
    with subprocess.Popen(
        [sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True, env=os.environ
    ) as process:
        try:
            url = process.stdout.readline().strip()
            while ask(url, "GET", "/ready")[0] != 200:
                time.sleep(0.05)
            head = (
                b"POST /predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            )
            sent, found, growth = flood(url, head + declared + b"\r\n\r\n", chunk, process)
            assert sent < 64
            assert not found or found.startswith(b"HTTP/1.1 413")
            assert growth < 30_000_000
            for start in (
                b"GET /",
                b"GET / HTTP/1.1\r\nx: ",
                b"GET / HTTP/1.1\r\nhost: localhost\r\n",
            ):
                line = b"x: %s\r\n" % (b"a" * 100_000) if start.endswith(b"\n") else piece
                sent, found, growth = flood(url, start, line, process)
                assert sent < 64
                assert not found or found.startswith(b"HTTP/1.1 400")
                assert growth < 30_000_000
            assert ask(url, "GET", "/ready")[0] == 200
            _, _, info = ask(url, "GET", "/info")
            assert info["limits"]["payload_limit"] == 2_000_000
        finally:
            process.terminate()
        assert process.wait(20) == 0
