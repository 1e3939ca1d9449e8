"""The running server: it loads, listens, and ends well."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack

import psutil
import pytest

from sentilora.errors import ConfigError, ModelError
from sentilora.serving.http import server as server_file
from sentilora.serving.http.asgi_app import build_app
from sentilora.serving.http.limits import Limits
from sentilora.serving.http.server import Door, bound, serve
from tests.helpers.fake_pool import FakePool
from tests.helpers.http_client import ask, listening, plugged, until

# A server with a pool that takes 0.8 seconds to load, and for each answer.
SERVER = """
import sys, threading, time
from sentilora.serving.http.limits import Limits
from sentilora.serving.http.server import Door, serve
from tests.helpers.fake_pool import FakePool

def open_pool():
    time.sleep(0.8)
    pool = FakePool("general", is_slow=True)
    work = pool._work
    def slowly(*arguments):
        print("begun", flush=True)
        time.sleep(0.8)
        return work(*arguments)
    pool._work = slowly
    return pool

def tell(url):
    print(url, flush=True)

serve(open_pool, Door(port=0), Limits(), listening=tell)
print("ended", flush=True)
"""


@pytest.mark.process
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_what_was_accepted_is_answered_before_it_stops(sent):
    with subprocess.Popen(
        [sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True, env=os.environ
    ) as process:
        try:
            url = process.stdout.readline().strip()
            assert ask(url, "GET", "/health")[0] == 200
            assert ask(url, "GET", "/ready")[0] == 503
            until(lambda: ask(url, "GET", "/ready")[0] == 200)
            answers = []
            thread = threading.Thread(
                target=lambda: answers.append(ask(url, "POST", "/predict", {"inputs": "Great!"}))
            )
            thread.start()
            assert process.stdout.readline() == "begun\n"
            process.send_signal(sent)
            thread.join()
            status, _, value = answers[0]
            assert status == 200
            assert value[0]["label"] == "positive"
            assert process.stdout.readline() == "ended\n"
            assert process.wait(20) == 0
        finally:
            process.kill()
    with pytest.raises(OSError, match="refused"):
        ask(url, "GET", "/health")


def test_a_model_that_cannot_be_loaded_ends_the_server():
    def open_pool():
        time.sleep(0.2)
        raise ModelError("runs/x holds no finished model.")

    told = []
    with pytest.raises(ModelError, match="holds no finished model"):
        serve(open_pool, Door(port=0), Limits(), listening=told.append)
    assert told[0].startswith("http://127.0.0.1:")


def test_a_port_that_is_taken_is_told():
    with bound(Door(port=0)) as first:
        port = first.getsockname()[1]
        with (
            pytest.raises(ConfigError, match=f"cannot listen at 127.0.0.1 port {port}.*port=0"),
            bound(Door(port=port)),
        ):
            pass


@pytest.mark.parametrize("door", [Door(host="no.such.host.invalid"), Door(port=99999)])
def test_an_address_that_cannot_be_had_is_told(door):
    with pytest.raises(ConfigError, match="cannot listen at"), bound(door):
        pass


@pytest.mark.parametrize(
    ("host", "is_open"),
    [
        ("127.0.0.1", False),
        ("127.1.2.3", False),
        ("localhost", False),
        ("::1", False),
        ("0.0.0.0", True),
        ("::", True),
        ("192.168.1.5", True),
        ("127.1", False),
        ("::ffff:127.0.0.1", False),
        ("0", True),
        ("::ffff:0.0.0.0", True),
    ],
)
def test_who_may_reach_it(host, is_open):
    assert Door(host=host).is_open_to_others is is_open


@pytest.mark.parametrize("host", ["", " "])
def test_no_host_is_no_way_to_ask_for_all_of_them(host):
    with pytest.raises(ConfigError, match="is empty, which would mean every address"):
        Door(host=host).callers()


def test_other_machines_are_let_in_by_a_key_or_when_that_is_said():
    with pytest.raises(ConfigError, match=r"asks for no key.*key_file.*allow_without_key"):
        Door(host="0.0.0.0").callers()
    assert Door(host="0.0.0.0", key="k").callers()
    assert Door(host="0.0.0.0", allow_without_key=True).callers()
    assert Door(host="127.0.0.1").callers()


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6")
def test_an_address_of_ipv6_is_written_in_brackets():
    try:
        with bound(Door(host="::1", port=0)):
            pass
    except ConfigError:
        pytest.skip("no IPv6 here")

    def open_pool():
        raise ModelError("enough")

    told = []
    with pytest.raises(ModelError, match="enough"):
        serve(open_pool, Door(host="::1", port=0), Limits(), listening=told.append)
    assert told[0].startswith("http://[::1]:")


def test_connections_are_kept_for_a_while_and_leave_no_file_open(monkeypatch):
    monkeypatch.setattr(server_file, "KEEP_ALIVE_S", 1)
    process = psutil.Process()
    with listening(build_app(FakePool("general"))) as url:
        ask(url, "GET", "/health")
        before = process.num_fds()
        with ExitStack() as kept:
            plugs = [kept.enter_context(plugged(url)) for _ in range(20)]
            for plug in plugs:
                plug.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            files = [kept.enter_context(plug.makefile("rb")) for plug in plugs]
            heads = [file.readline() for file in files]
            assert heads == [b"HTTP/1.1 200 OK\r\n"] * 20
            assert process.num_fds() > before + 30  # both ends are in this process
            for file in files:
                assert file.read().endswith(b'{"status":"alive"}')  # until the server ends it
        until(lambda: process.num_fds() <= before)
