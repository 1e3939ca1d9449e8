"""Clients of the app: in this process, and on a port of the loopback."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from sentilora.serving.http.asgi_app import build_app
from sentilora.serving.http.limits import Limits
from sentilora.serving.http.server import Door, Server, bound
from tests.helpers.fake_pool import FakePool


@contextlib.contextmanager
def listening(app: FastAPI) -> Iterator[str]:
    """Run an app in a thread, and give its address."""
    with bound(Door(port=0)) as listener:
        server = Server(app, app.state.service, app.state.service.limits)
        server.grace_s = 0.0

        def run() -> None:
            with asyncio.Runner() as runner:
                runner.run(server.serve(sockets=[listener]))

        thread = threading.Thread(target=run)
        thread.start()
        try:
            until(lambda: server.started)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(30)
            assert not thread.is_alive()


@contextlib.contextmanager
def connected(url: str) -> Iterator[HTTPConnection]:
    """Connect to an address."""
    connection = HTTPConnection(url.removeprefix("http://"), timeout=30)
    try:
        yield connection
    finally:
        connection.close()


@contextlib.contextmanager
def plugged(url: str) -> Iterator[socket.socket]:
    """Open a bare socket to an address, for what no client would send."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as plug:
        yield plug


def ask(
    url: str, method: str, path: str, value: Any = None, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], Any]:
    """Send one request, and return status, headers and value."""
    body = None if value is None else json.dumps(value)
    sent = {"content-type": "application/json"} | (headers or {})
    with connected(url) as connection:
        connection.request(method, path, body, sent)
        response = connection.getresponse()
        text = response.read()
    found = {name.lower(): value for name, value in response.getheaders()}
    return response.status, found, json.loads(text) if text else None


def until(is_so: Any, timeout_s: float = 20.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.005)


def refused(response: Any, status: int, kind: str) -> str:
    """Check the one shape of errors, and return the message."""
    assert response.status_code == status, response.text
    value = response.json()
    assert set(value) == {"error", "error_type"}
    assert value["error_type"] == kind
    return str(value["error"])


def client_of(pool: FakePool | None, limits: Limits | None = None, **more: Any) -> TestClient:
    """Return a client of an app on a pool."""
    return TestClient(build_app(pool, limits, **more), base_url="http://localhost")
