"""The description of the server is true: requests made from it are answered as it says."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from jsonschema import Draft202012Validator

from sentilora.monitoring.served_feedback import ServedFeedback
from sentilora.serving.http.asgi_app import build_app
from sentilora.serving.http.callers import Callers
from sentilora.serving.http.limits import Limits
from sentilora.serving.http.model_names import Names
from tests.helpers.fake_pool import FakePool
from tests.helpers.http_client import client_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
KEY = "a-key-of-the-tests"
REFUSED = (400, 401, 403, 404, 405, 409, 413, 415, 422)


def make_app():
    """Return an app whose only model never goes away, so that each request stands alone."""
    pool = FakePool("general")
    pool.remove = pool.find
    pool.close = lambda timeout_s: None  # the app is started and stopped for each request
    limits = Limits(max_client_batch_size=8, max_text_characters=200)
    callers = Callers(hosts=frozenset(("*",)))
    app = build_app(pool, limits, key=KEY, callers=callers, keeps=True)
    app.state.service.take(None, INBOX)
    return app


class LateInbox:
    """A real inbox with a store, opened by the first request; it outlives each of them."""

    counts = None

    def __init__(self):
        self.folder = self.inbox = None

    def offer(self, entries, token, deadline):
        if self.inbox is None:
            self.folder = TemporaryDirectory()
            store, limits = Path(self.folder.name) / "feedback.db", Limits(max_text_characters=200)
            self.inbox = ServedFeedback(FakePool("general"), Names(), limits, store=store)
        return self.inbox.offer(entries, token, deadline)

    def close(self, timeout_s):
        """Stay."""

    def end(self):
        if self.inbox is not None:
            self.inbox.close(20)
            self.folder.cleanup()


INBOX = LateInbox()


@schemathesis.serializer("application/x-ndjson")
def as_lines(context, value):
    """Write a record, or whatever stands in its place, as a line."""
    return json.dumps(value).encode() + b"\n"


@pytest.fixture(scope="module", autouse=True)
def ended():
    """Close the store in the end."""
    yield
    INBOX.end()


schema = schemathesis.openapi.from_asgi(
    "/openapi.json",
    make_app(),
    headers={"authorization": f"Bearer {KEY}"},
    config=schemathesis.Config.from_dict(
        {
            "auth": {"openapi": {"key": {"bearer": KEY}}},
            "checks": {"negative_data_rejection": {"expected-statuses": [*REFUSED]}},
            "generation": {"deterministic": True, "database": "none"},
            # Records that are none keep the others of a request from nothing.
            "operations": [
                {
                    "include-path": "/v1/feedback",
                    "checks": {
                        "negative_data_rejection": {"enabled": False},
                        "positive_data_acceptance": {"enabled": False},
                    },
                }
            ],
        }
    ),
)


@schema.parametrize()
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_requests_made_from_the_description_are_answered_as_it_says(case):
    case.call_and_validate()


def test_the_committed_description_is_that_of_the_code():
    page = json.loads(PAGE.read_text(encoding="utf-8"))
    assert page == build_app(None).openapi(), "it is stale. Run: python docs/generate.py"


def test_examples_have_the_shapes_that_are_described():
    page = build_app(None).openapi()
    count = 0
    for operations in page["paths"].values():
        for operation in operations.values():
            parts = [operation.get("requestBody"), *operation["responses"].values()]
            for part in filter(None, parts):
                content = part.get("content", {}).get("application/json", {})
                if "example" in content:
                    whole = {"components": page["components"], **content["schema"]}
                    Draft202012Validator(whole).validate(content["example"])
                    count += 1
    assert count > 60


def test_limits_of_the_server_stand_in_its_description():
    limits = Limits(max_client_batch_size=7, max_text_characters=99)
    shapes = build_app(None, limits).openapi()["components"]["schemas"]
    assert shapes["Text"]["maxLength"] == 99
    assert shapes["Texts"]["anyOf"][1]["maxItems"] == 7


@pytest.mark.parametrize(("key", "wanted"), [(None, None), (KEY, [{"key": []}])])
def test_a_key_is_described_where_one_is_asked_for(key, wanted):
    page = build_app(None, key=key).openapi()
    assert page.get("security") == wanted
    if key is not None:
        assert page["paths"]["/health"]["get"]["security"] == []


def test_it_is_there_before_the_models_are():
    assert client_of(None).get("/openapi.json").json()["info"]["title"] == "SentiLoRA"
