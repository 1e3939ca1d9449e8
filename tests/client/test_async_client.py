"""A client and a server in one process: texts in, predictions out."""

import asyncio
import json
from typing import ClassVar

import httpx2
import pandas as pd
import pytest

from sentilora.client.async_client import AsyncClient
from sentilora.errors import ConfigError, DataError, ModelError, ServerError
from sentilora.inference.prediction import Prediction, Predictions
from sentilora.serving.http.asgi_app import build_app
from sentilora.serving.http.limits import Limits
from sentilora.serving.http.model_names import Names
from tests.helpers.fake_pool import FakePool

URL = "http://localhost:8000"
SLEEP = asyncio.sleep
KEY = "a-key-of-the-tests"
FEW = Limits(max_client_batch_size=3, payload_limit=2_000, max_text_characters=500)


def run(ask, transport, **options):
    async def main():
        async with AsyncClient(URL, transport=transport, **options) as client:
            return await ask(client)

    return asyncio.run(main())


def predict(texts, pool, limits=None, *, server=None, client=None, **asked):
    transport = httpx2.ASGITransport(build_app(pool, limits, **(server or {})))
    return run(lambda one: one.predict(texts, **asked), transport, **(client or {}))


def test_one_text_gives_one_prediction():
    found = predict("Great!!!!", FakePool("general"))
    assert isinstance(found, Prediction)
    assert found.label == "positive"
    assert list(found.probabilities) == ["negative", "neutral", "positive"]


def test_a_long_list_is_cut_as_the_server_takes_it_and_stays_in_order():
    pool = FakePool("general")
    texts = ["!" * (place % 5) + f" {place}" for place in range(100)] + ["ü" * 400] * 5
    told: list[int] = []
    found = predict(texts, pool, FEW, progress=told.append)
    assert isinstance(found, Predictions)
    assert [one.score for one in found] == [one.score for one in predict(texts, FakePool("x"))]
    assert sorted(text for batch in pool.seen for text in batch) == sorted(texts)
    assert max(map(len, pool.seen)) == 3
    assert [len(batch) for batch in pool.seen if batch[0][0] == "ü"][:1] == [1]
    assert sum(told) == len(texts)


def test_columns_of_tables_are_taken_and_answers_are_a_table():
    frame = pd.DataFrame({"review": ["Good!!!", "Bad???"]}, index=[7, 9])
    found = predict(frame, FakePool("general"), text="review", threshold=0.99).to_frame()
    assert list(found.index) == [7, 9]
    assert list(found["label"]) == ["positive", "negative"]
    assert list(found["abstained"]) == [True, True]


def test_models_are_named_by_the_call_or_by_the_client():
    pool = FakePool("general", "shop")
    assert predict("a", pool, client={"model": "shop"}).label
    with pytest.raises(ModelError, match=r"404 .*There is no model 'toys'. Served here: general"):
        predict("a", pool, client={"model": "shop"}, model="toys")
    transport = httpx2.ASGITransport(build_app(pool))
    assert [one["id"] for one in run(AsyncClient.models, transport)] == ["general", "shop"]


def test_the_key_is_shown():
    pool = FakePool("general")
    assert predict("a", pool, server={"key": KEY}, client={"key": f"{KEY}\n"}).label
    with pytest.raises(ConfigError, match=r"401 .*This server wants a key"):
        predict("a", pool, server={"key": KEY})


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ([], "There is no text"),
        (["a", " ", None], "2 problems in the texts\n  entry 1 is empty\n  entry 2 is missing"),
        (["a", "b" * 501], "entry 1 has 501 characters; the server takes at most 500"),
        (5, "int"),
        ("\ud800", "half of a character"),
    ],
)
def test_what_is_no_text_is_told_before_it_is_sent(texts, message):
    pool = FakePool("general")
    with pytest.raises(DataError, match=message):
        predict(texts, pool, FEW)
    assert pool.seen == []


def test_all_answers_are_of_one_model_also_when_an_alias_moves():
    pool = FakePool("v1", "v2")
    names = Names(aliases={"support": "v1"})
    seen = []

    def moved(count):
        seen.append(count)
        names.aliases["support"] = "v2"

    transport = httpx2.ASGITransport(build_app(pool, FEW, names=names))
    found = run(
        lambda one: one.predict(["a!", "b", "c?"] * 5, progress=moved),
        transport,
        model="support",
        parallel=1,
    )
    assert len(found) == 15
    assert sum(seen) == 15
    assert len(pool.seen) == 6  # the first request once more


class Script(httpx2.AsyncBaseTransport):
    """Answers of a server that is not well, one after the other; the last one for ever."""

    INFO: ClassVar = {
        "limits": {"max_client_batch_size": 2, "max_text_characters": 9, "payload_limit": 5000}
    }

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = 0

    async def handle_async_request(self, request):
        if request.url.path == "/info":
            return httpx2.Response(200, json=self.INFO)
        self.asked += 1
        await SLEEP(0)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            return answer(json.loads(request.content))
        return answer


def good(asked):
    entry = {
        "label": "b",
        "score": 0.75,
        "probs": [0.25, 0.75],
        "labels": ["a", "b"],
        "signed": None,
        "truncated": False,
        "abstained": False,
        "stage": None,
        "unknown": 0.0,
    }
    return httpx2.Response(200, json={"model": "m", "data": [entry] * len(asked["input"])})


def busy(status=429, **headers):
    value = {"error": "Too much waits.", "error_type": "Overloaded"}
    return httpx2.Response(status, json=value, headers=headers)


@pytest.fixture
def naps(monkeypatch):
    """Return the seconds that were slept, without sleeping."""
    found = []

    async def nap(seconds):
        found.append(seconds)

    monkeypatch.setattr("sentilora.client.async_client.asyncio.sleep", nap)
    return found


@pytest.mark.parametrize(
    "first",
    [
        busy(429, **{"retry-after": "3"}),
        busy(503, **{"retry-after": "3"}),
    ],
)
def test_a_busy_server_is_asked_again_when_it_says(first, naps):
    script = Script(first, good)
    assert run(lambda one: one.predict("x"), script).label == "b"
    assert script.asked == 2
    assert 3 <= naps[0] < 4


def test_a_connection_that_broke_is_made_again(naps):
    script = Script(httpx2.RemoteProtocolError("gone"), httpx2.ConnectError("refused"), good)
    assert run(lambda one: one.predict("x"), script).score == 0.75
    assert len(naps) == 2


@pytest.mark.parametrize("retry_after", ["3600", "Fri, 31 Dec 2199 23:59:59 GMT", "9" * 30])
def test_a_server_that_is_busy_for_long_is_not_waited_for(naps, retry_after):
    script = Script(busy(429, **{"retry-after": retry_after}))
    with pytest.raises(ServerError, match=r"429 .*Too much waits"):
        run(lambda one: one.predict("x"), script)
    assert (script.asked, naps) == (1, [])


def test_it_is_asked_once_if_it_shall_not_be_asked_again(naps):
    script = Script(busy())
    with pytest.raises(ServerError, match="429"):
        run(lambda one: one.predict("x"), script, retry_s=0)
    assert script.asked == 1


@pytest.mark.parametrize(
    ("answer", "kind", "message"),
    [
        (httpx2.Response(500, json={"error": "broken"}), ServerError, "answers 500 .*: broken"),
        (httpx2.Response(502, text="<html>"), ServerError, "answers 502 Bad Gateway, and not as"),
        (httpx2.Response(200, text="<html>"), ServerError, "and not as SentiLoRA does"),
        (httpx2.Response(307, headers={"location": "http://evil/"}), ServerError, "answers 307"),
        (httpx2.Response(413, json={"error": "large"}), DataError, "answers 413 .*: large"),
        (httpx2.Response(200, json={"data": []}), ServerError, "not what this version"),
        (httpx2.Response(200, json=[1]), ServerError, "not what this version"),
        (httpx2.Response(200, json={"model": "m", "data": [{}]}), ServerError, "not what this"),
        (lambda asked: good({"input": "abc"}), ServerError, "not what this version"),
        (httpx2.ReadTimeout("slow"), ServerError, "did not answer within 60 s.*timeout_s=120"),
    ],
)
def test_what_goes_wrong_is_one_clear_error(naps, answer, kind, message):
    with pytest.raises(kind, match=message):
        run(lambda one: one.predict("x"), Script(answer))


def test_the_first_error_ends_all_other_requests():
    script = Script(good, httpx2.Response(500, json={"error": "broken"}))
    with pytest.raises(ServerError, match="broken"):
        run(lambda one: one.predict(["x"] * 100), script, parallel=1)
    assert script.asked <= 4


def test_a_server_that_is_not_there_is_told_at_once(naps):
    class Nowhere(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request):
            raise httpx2.ConnectError("refused")

    with pytest.raises(ServerError, match="http://localhost:8000 cannot be reached: refused"):
        run(lambda one: one.predict("x"), Nowhere())
    assert naps == []


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "localhost", "", "ftp://x", "http://", None])
def test_what_is_no_address(url):
    with pytest.raises(ConfigError, match=r"must be an address such as http://127.0.0.1:8000"):
        AsyncClient(url)


def test_all_that_is_wrong_with_a_client_is_told_at_once():
    with pytest.raises(ConfigError, match="5 problems in the client"):
        AsyncClient("x", key="clé", timeout_s=float("nan"), retry_s=float("inf"), parallel=0)
