"""The client for programs without asyncio: over a real connection, from threads, in a fork."""

import asyncio
import gc
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sentilora.client.blocking_client import Client
from sentilora.errors import ConfigError, ServerError
from sentilora.serving.http.asgi_app import build_app
from tests.helpers.fake_pool import FakePool
from tests.helpers.http_client import listening

TEXTS = ["Great!!", "Bad??", "table"]


@pytest.fixture(scope="module")
def url():
    with listening(build_app(FakePool("general"))) as found:
        yield found


def threads():
    return [one for one in threading.enumerate() if one.name == "sentilora-client"]


def test_texts_are_answered_in_order(url):
    with Client(url + "/") as client:
        assert [one.label for one in client.predict(TEXTS)][:2] == ["positive", "negative"]
        assert client.predict("Great!!").label == "positive"
        assert client.models()[0]["id"] == "general"


def test_several_threads_may_share_it(url):
    with Client(url) as client, ThreadPoolExecutor(8) as crew:
        found = list(crew.map(client.predict, TEXTS * 20))
    assert [one.score for one in found[:3]] * 20 == [one.score for one in found]


def test_it_works_where_a_loop_runs_already(url):
    async def cell():
        with Client(url) as client:
            return client.predict("Great!!").label

    assert asyncio.run(cell()) == "positive"


def test_its_thread_ends_with_it(url):
    client = Client(url)
    client.predict("a")
    assert threads()
    client.close()
    client.close()
    assert not threads()
    with pytest.raises(ConfigError, match="This client was closed"):
        client.predict("a")
    forgotten = Client(url)
    forgotten.predict("a")
    del forgotten
    gc.collect()
    assert not threads()


def test_it_ends_where_its_own_thread_collects_it(url):
    client = Client(url)
    client.predict("a")
    [thread] = threads()
    client._line._loop.call_soon_threadsafe(client._end)
    thread.join(10)
    assert not thread.is_alive()


def test_a_process_that_was_forked_asks_by_a_thread_of_its_own(url):
    with Client(url) as client:
        client.predict("a")
        child = os.fork()
        if child == 0:  # nothing of the tests may run on in it
            os._exit(client.predict("Great!!").label != "positive")
        assert os.waitpid(child, 0)[1] == 0
        assert client.predict("Great!!").label == "positive"


def test_a_server_that_is_not_there_is_told():
    with Client("http://127.0.0.1:1") as client, pytest.raises(ServerError, match="cannot be"):
        client.predict("a")
