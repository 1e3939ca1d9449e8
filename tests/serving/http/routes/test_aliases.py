"""Names that are moved from one model to the next, and what answers when none is named."""

import pytest

from sentilora.errors import ConfigError
from sentilora.serving.http.model_names import Names, make_names
from tests.helpers.fake_pool import FakePool
from tests.helpers.http_client import client_of, refused

KEY = "a-key-of-the-tests"


@pytest.fixture
def admin(tmp_path):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "manifest.json").write_text("{}")
    names = Names(default="support", aliases={"support": "v1"})
    pool = FakePool("general", "v1", "v2")
    with client_of(pool, key=KEY, folders=(tmp_path,), names=names) as client:
        client.headers["authorization"] = f"Bearer {KEY}"
        yield client


def answered(client, **named):
    found = client.post("/v1/classify", json={"input": "a", **named})
    assert found.is_success, found.text
    return found.json()["model"]


def test_an_alias_answers_under_every_route(admin):
    assert answered(admin, model="support") == "v1"
    for path in ("/models/support", "/models/support/predict"):
        assert admin.post(path, json={"inputs": "a"}).is_success


def test_an_alias_moves_and_the_default_with_it(admin):
    assert answered(admin) == "v1"
    found = admin.put("/v1/aliases/support", json={"model": "v2"})
    assert found.json() == {"id": "support", "object": "alias", "model": "v2", "before": "v1"}
    assert answered(admin, model="support") == answered(admin) == "v2"
    assert admin.delete("/v1/adapters/v1").is_success


def test_a_second_model_takes_no_request_from_the_first():
    with client_of(FakePool("general", "shop")) as client:
        assert answered(client) == "general"
        assert client.post("/predict", json={"inputs": "a"}).is_success
        assert client.post("/", json={"inputs": "a"}).is_success
        assert client.get("/info").json()["model_id"] == "general"


def test_models_tell_their_other_names_and_the_default(admin):
    found = {
        one["id"]: (one["aliases"], one["is_default"])
        for one in admin.get("/v1/models").json()["data"]
    }
    assert found == {"general": ([], False), "v1": (["support"], True), "v2": ([], False)}


def test_the_default_is_chosen(admin):
    assert admin.put("/v1/default", json={"model": "general"}).json()["before"] == "v1"
    assert answered(admin) == "general"
    refused(admin.put("/v1/default", json={"model": "nobody"}), 404, "NotFound")
    assert answered(admin) == "general"


def test_what_something_leads_to_is_not_removed(admin):
    message = refused(admin.delete("/v1/adapters/v1"), 409, "Conflict")
    assert "PUT /v1/aliases/support" in message
    assert "DELETE /v1/aliases/support" in refused(
        admin.delete("/v1/adapters/support"), 409, "Conflict"
    )
    assert "PUT /v1/default" in refused(admin.delete("/v1/aliases/support"), 409, "Conflict")
    admin.put("/v1/default", json={"model": "general"})
    assert "PUT /v1/default" in refused(admin.delete("/v1/adapters/general"), 409, "Conflict")
    assert admin.delete("/v1/aliases/support").json()["deleted"]
    assert "general, v1, v2" in refused(
        admin.post("/v1/classify", json={"input": "a", "model": "support"}), 404, "NotFound"
    )
    assert admin.delete("/v1/adapters/v1").is_success


def test_the_last_model_may_go_and_the_next_one_answers(tmp_path):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "manifest.json").write_text("{}")
    pool = FakePool("general")
    names = Names(default="general")
    with client_of(pool, key=KEY, folders=(tmp_path,), names=names) as client:
        client.headers["authorization"] = f"Bearer {KEY}"
        assert client.delete("/v1/adapters/general").is_success
        assert client.post("/v1/adapters", json={"name": "shop", "path": "new"}).is_success
        assert answered(client) == "shop"


@pytest.mark.parametrize(
    ("path", "model", "status", "kind", "message"),
    [
        ("support", "nobody", 404, "NotFound", "no model 'nobody'"),
        ("general", "v2", 409, "Conflict", "is the name of a model"),
        ("mit%20leer", "v2", 422, "Validation", "is no name"),
        ("a%0A", "v2", 422, "Validation", "is no name"),
        ("x" * 65, "v2", 422, "Validation", "is no name"),
        ("support", 5, 422, "Validation", "model = 5"),
    ],
)
def test_what_no_alias_can_be(admin, path, model, status, kind, message):
    found = admin.put(f"/v1/aliases/{path}", json={"model": model})
    assert message in refused(found, status, kind)
    assert answered(admin, model="support") == "v1"


def test_a_model_does_not_take_the_name_of_an_alias(admin):
    found = admin.post("/v1/adapters", json={"name": "support", "path": "new"})
    assert "is an alias" in refused(found, 409, "Conflict")


def test_an_alias_that_is_not_there_is_told(admin):
    assert "There are: support" in refused(admin.delete("/v1/aliases/other"), 404, "NotFound")


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_names_are_moved_only_on_a_server_with_a_key(method):
    with client_of(FakePool("general")) as client:
        found = client.request(method, "/v1/aliases/support", json={"model": "general"})
        refused(found, 403, "Forbidden")
        found = client.put("/v1/default", json={"model": "general"})
        refused(found, 403, "Forbidden")


def test_names_of_the_command_line():
    models = {"v1": "runs/one", "general": "general"}
    assert make_names(models) == Names()
    assert make_names(models, default="s", aliases=["s=runs/one", "t=general"]) == Names(
        "s", {"s": "v1", "t": "general"}
    )
    with pytest.raises(ConfigError, match="5 problems in the names of the models") as caught:
        make_names(models, default="x", aliases=["general=v1", "s", "=v1", "ok=v1", "ok=v1"])
    assert "default='x'" in str(caught.value).replace('"', "'")
    assert "Served here: v1, general" in str(caught.value)
