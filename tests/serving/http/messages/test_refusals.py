"""Every error has one shape and the right status, whoever finds it."""

import json
import logging

import numpy as np
import pytest

from sentilora.errors import DataError, ModelError
from sentilora.serving.http.limits import Limits
from sentilora.serving.http.messages.refusals import STATUSES, kind_of
from tests.helpers.fake_pool import FakePool, answer, make_served
from tests.helpers.http_client import client_of, refused

JSON = {"content-type": "application/json"}
SECRET = "my-neighbour-is-loud"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "The body is not JSON: EOF"),
        (b"{", "The body is not JSON: EOF while parsing an object"),
        (b"input=a", "The body is not JSON"),
        (b'{"input": "\xff"}', "The body is not UTF-8: byte 11 is 0xff"),
        (b'{"input": "gr\xf6\xdfe"}', "The body is not UTF-8: byte 13 is 0xf6"),
        ('{"input": "a"}'.encode("utf-16"), "The body is not UTF-8: byte 0 is 0xff"),
        (rb'{"input": "\ud83d"}', "The body is not JSON"),
        (b'{"input": ' + b"[" * 100_000, "The body is not JSON: recursion limit exceeded"),
    ],
)
def test_what_is_not_json_is_told_apart(client, body, message):
    found = client.post("/v1/classify", content=body, headers=JSON)
    assert message in refused(found, 400, "BadRequest")


def test_pairs_of_surrogates_and_zero_bytes_are_texts(client, pool):
    found = client.post("/v1/classify", content=rb'{"input": "\ud83d\ude00 \u0000"}', headers=JSON)
    assert found.is_success
    assert pool.seen == [["😀 \0"]]


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_a_web_page_cannot_send_texts_without_asking(client, kind):
    headers = {} if kind is None else {"content-type": kind}
    found = client.post("/v1/classify", content=b'{"input": "a"}', headers=headers)
    message = refused(found, 415, "UnsupportedMediaType")
    assert "Content-Type: application/json" in message


def test_parameters_of_the_media_type_are_allowed(client):
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert client.post("/predict", content=b'{"inputs": "a"}', headers=headers).is_success


def test_what_is_not_there(client):
    assert "nothing at /v2/classify" in refused(client.get("/v2/classify"), 404, "NotFound")
    found = client.get("/v1/classify")
    assert "GET is not for /v1/classify" in refused(found, 405, "MethodNotAllowed")
    assert found.headers["allow"] == "POST"


def test_too_many_texts(client, pool):
    message = refused(client.post("/predict", json={"inputs": ["a"] * 257}), 413, "TooLarge")
    assert "257 texts in one request; at most 256" in message
    assert not pool.seen


def test_a_full_queue_says_when_to_come_again():
    with client_of(FakePool("general", max_texts=2)) as client:
        found = client.post("/predict", json={"inputs": ["a"] * 3})
    refused(found, 429, "Overloaded")
    assert found.headers["retry-after"] == "2"


def test_nothing_is_answered_before_the_models_are_there():
    with client_of(None) as client:
        assert client.get("/health").json() == {"status": "alive"}
        found = client.get("/ready")
        assert "being loaded" in refused(found, 503, "Unhealthy")
        assert found.headers["retry-after"] == "2"
        for path in ("/v1/classify", "/predict", "/models/x", "/info", "/v1/models"):
            method = "GET" if path in ("/info", "/v1/models") else "POST"
            value = {"input": "a"} if path == "/v1/classify" else {"inputs": "a"}
            refused(client.request(method, path, json=value), 503, "Unhealthy")
        assert client.get("/metrics").is_success


def test_nothing_new_is_answered_once_the_server_stops(client, pool):
    client.app.state.service.is_closing = True
    refused(client.get("/ready"), 503, "Unhealthy")
    refused(client.post("/predict", json={"inputs": "a"}), 503, "Unhealthy")
    client.app.state.service.is_closing = False
    pool.is_closed = True
    refused(client.post("/predict", json={"inputs": "a"}), 503, "Unhealthy")


def test_an_error_of_the_library_is_told(client, pool):
    pool.fails = ModelError("The weights are gone. Load it again.")
    found = client.post("/predict", json={"inputs": "a"})
    assert refused(found, 500, "Backend") == "The weights are gone. Load it again."
    pool.fails = DataError("entry 0 is empty")
    refused(client.post("/predict", json={"inputs": "a"}), 422, "Validation")


def test_an_error_that_nobody_foresaw_gives_no_text_away(client, pool, caplog):
    pool.fails = RuntimeError(f"no such token in {SECRET}")
    with caplog.at_level(logging.DEBUG):
        found = client.post("/v1/classify", json={"input": SECRET})
    message = refused(found, 500, "Backend")
    assert "The server failed with RuntimeError" in message
    assert SECRET not in message
    assert SECRET not in caplog.text
    assert "service.py" in caplog.text


def test_a_broken_model_is_told(client, pool, monkeypatch):
    made = answer(make_served("general"), ["a", "b"])
    made.probabilities[1] = np.nan
    monkeypatch.setattr(pool, "_compute", lambda *_: made)
    message = refused(client.post("/predict", json={"inputs": ["a", "b"]}), 500, "Backend")
    assert message == "The model 'general' is broken: it answers with no numbers."


def test_texts_are_never_logged(client, caplog):
    with caplog.at_level(logging.DEBUG):
        client.post("/v1/classify", json={"input": SECRET})
        client.post("/v1/classify", content=f"[{SECRET}".encode(), headers=JSON)
        client.post("/v1/classify", json={"input": [SECRET, ""]})
    assert SECRET not in caplog.text


def test_each_status_has_a_kind():
    assert kind_of(429) == "Overloaded"
    assert kind_of(418) == "I'maTeapot"
    assert len(STATUSES) == 14


def test_limits_are_checked_all_at_once():
    from sentilora.errors import ConfigError

    with pytest.raises(ConfigError, match="2 problems in the limits") as caught:
        Limits(max_client_batch_size=0, timeout_s=-1)
    assert "max_client_batch_size=0: must be above 0" in str(caught.value)
    assert "timeout_s=-1: must be above 0" in str(caught.value)


def test_errors_keep_letters_and_half_pairs():
    from sentilora.serving.http.messages.responses import to_json

    assert json.loads(to_json({"a": "ä\ud800"})) == {"a": "ä\ud800"}
