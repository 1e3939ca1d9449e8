"""Corrections over HTTP: stored as a whole, or refused with all that is wrong."""

import json

import pytest

from sentilora.monitoring.store.store_tables import CORRECTION
from tests.helpers.feedback_server import keeping, send, stored_ids
from tests.helpers.http_client import connected

ONE = {"id": "a", "label": "negative"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """Return the address of a server with a text, and its store."""
    store = tmp_path_factory.mktemp("corrected") / "feedback.db"
    with keeping(store) as url:
        send(url, [{"id": "a", "text": "Great!"}, {"id": "b", "text": "Bad?", "source": "mail"}])
        yield url, store


def ask(url, body):
    with connected(url) as connection:
        sent = {"content-type": "application/json"}
        connection.request("POST", "/v1/corrections", json.dumps(body), sent)
        response = connection.getresponse()
        return response.status, json.loads(response.read())


def corrected(store):
    return stored_ids(store, CORRECTION, "label_after")


def test_corrections_are_stored_and_told(shared):
    url, store = shared
    before = corrected(store)
    asked = [ONE, {"id": "b", "label": "Neutral", "source": "mail"}]
    status, answer = ask(url, {"corrections": asked, "by": "Ada"})
    assert status == 200
    assert answer["data"][0] == {
        "id": "a",
        "source": "http",
        "model": "general",
        "before": "positive",
        "after": "negative",
    }
    assert corrected(store) == [*before, "negative", "neutral"]
    assert set(stored_ids(store, CORRECTION, "origin")) == {"api"}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"corrections": []}, "0 corrections in one request; expected 1 to"),
        ({"corrections": [ONE] * 300}, "300 corrections in one request"),
        ({"corrections": [{"id": "a"}]}, "corrections.0.label: is missing"),
        ({"corrections": [{**ONE, "at": 1}]}, "at"),
        (
            {"corrections": [ONE, {**ONE, "id": "zz"}, {**ONE, "label": "odd"}]},
            "corrections[1]: there is no text with the id 'zz'",
        ),
    ],
)
def test_what_is_wrong_is_refused_as_a_whole(shared, body, told):
    url, store = shared
    before = corrected(store)
    status, answer = ask(url, body)
    assert status == 422
    assert told in answer["error"]
    assert corrected(store) == before
