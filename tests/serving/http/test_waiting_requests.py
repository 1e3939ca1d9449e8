"""Requests that wait: clients that hang up, answers that do not come, too many at once."""

import asyncio
import json
import threading
from typing import Any

import pytest

from sentilora.serving.http.asgi_app import build_app
from sentilora.serving.http.limits import Limits
from tests.helpers.fake_pool import FakePool
from tests.helpers.http_client import ask, listening, plugged, until

BODY = json.dumps({"inputs": "a"}).encode()
REQUEST = (
    b"POST /predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
    b"content-length: %d\r\n\r\n%s" % (len(BODY), BODY)
)


async def nothing_comes() -> Any:
    """Stand in for the messages of a client that stays and says nothing."""
    await asyncio.Event().wait()


@pytest.fixture
def slow():
    """Return a pool whose answers wait until its gate is opened."""
    pool = FakePool("general", is_slow=True)
    pool.gate.clear()
    yield pool
    pool.gate.set()


def test_who_hangs_up_is_not_computed_for(slow):
    with listening(build_app(slow)) as url:
        with plugged(url) as first, plugged(url) as second:
            first.sendall(REQUEST)
            until(lambda: len(slow.futures) == 1)
            second.sendall(REQUEST)
            until(lambda: len(slow.futures) == 2)
        until(slow.futures[1].cancelled)
        slow.gate.set()
        until(slow.futures[0].done)
        metrics = text_of(url, "/metrics")
    assert slow.seen == [["a"]]  # the first one had begun
    assert '{adapter="general",route="/predict",status="499"} 2.0' in metrics


def test_an_answer_that_takes_too_long_is_given_up(slow):
    with listening(build_app(slow, Limits(timeout_s=0.2))) as url:
        status, _, value = ask(url, "POST", "/predict", {"inputs": "a"})
        assert (status, value["error_type"]) == (504, "Timeout")
        assert "took too long" in value["error"]
        slow.gate.set()
        until(slow.futures[0].done)
        assert ask(url, "POST", "/predict", {"inputs": "b"})[0] == 200


def test_more_requests_than_allowed_come_again_later(slow):
    with listening(build_app(slow, Limits(max_concurrent_requests=2))) as url:
        answers = []
        threads = [
            threading.Thread(
                target=lambda: answers.append(ask(url, "POST", "/predict", {"inputs": "a"})[0])
            )
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        until(lambda: len(slow.futures) == 2)
        assert "sentilora_queue_requests 2.0" in text_of(url, "/metrics")
        status, headers, value = ask(url, "POST", "/predict", {"inputs": "a"})
        assert (status, value["error_type"]) == (429, "Overloaded")
        assert headers["retry-after"] == "1"
        assert "2 requests are being answered" in value["error"]
        slow.gate.set()
        for thread in threads:
            thread.join()
        assert answers == [200, 200]


def test_a_long_wait_is_answered_all_the_same(slow):
    opened = threading.Timer(0.6, slow.gate.set)
    with listening(build_app(slow)) as url:
        opened.start()
        status, headers, _ = ask(url, "POST", "/predict", {"inputs": "a"})
        opened.join()
    assert status == 200
    assert float(headers["x-queue-time"]) > 300
    assert float(headers["x-total-time"]) > 300


def test_nothing_is_left_when_all_is_answered():
    app = build_app(FakePool("general", is_slow=True))
    with listening(app) as url:
        for _ in range(5):
            assert ask(url, "POST", "/predict", {"inputs": "a"})[0] == 200
    assert app.state.service.active == 0
    assert not app.state.service._room._waiters


def test_a_request_that_is_cancelled_stays_cancelled():
    from concurrent.futures import Future

    from sentilora.serving.http.waiting_requests import WaitingRoom

    async def wait() -> None:
        room = WaitingRoom()
        future: Future = Future()
        task = asyncio.create_task(room.wait(future, nothing_comes, 10))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert future.cancelled()
        assert not room._waiters

    asyncio.run(wait())


def test_an_answer_that_the_pool_gives_up_came_too_late():
    from concurrent.futures import Future

    from sentilora.serving.http.waiting_requests import WaitingRoom

    async def wait() -> None:
        future: Future = Future()
        task = asyncio.create_task(WaitingRoom().wait(future, nothing_comes, 10))
        await asyncio.sleep(0)
        future.cancel()
        future.set_running_or_notify_cancel()
        with pytest.raises(TimeoutError):
            await task

    asyncio.run(wait())


def text_of(url: str, path: str) -> str:
    from tests.helpers.http_client import connected

    with connected(url) as connection:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
