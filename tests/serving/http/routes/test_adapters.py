"""Adapters come and go while the server runs."""

import pytest

from sentilora.errors import ConfigError
from sentilora.runs.named_runs import name_runs
from sentilora.serving.http.api_key import read_key
from tests.helpers.fake_pool import FakePool
from tests.helpers.http_client import client_of, refused

KEY = "a-key-of-the-tests"
SHOWN = {"authorization": f"Bearer {KEY}"}


@pytest.fixture
def folder(tmp_path):
    """Return a folder with a good adapter and a damaged one, and a good one beside the folder."""
    for place in ("allowed/good", "allowed/damaged", "elsewhere/good"):
        (tmp_path / place).mkdir(parents=True)
    for place in ("allowed/good", "elsewhere/good"):
        (tmp_path / place / "manifest.json").write_text("{}")
    (tmp_path / "allowed" / "link").symlink_to(tmp_path / "elsewhere" / "good")
    return tmp_path / "allowed"


@pytest.fixture
def admin(folder):
    with client_of(FakePool("general"), key=KEY, folders=(folder,)) as client:
        client.headers.update(SHOWN)
        yield client


def test_an_adapter_is_added_answers_and_is_removed(admin):
    found = admin.post("/v1/adapters", json={"name": "shop", "path": "good"})
    assert found.status_code == 201
    assert found.json()["id"] == "shop"
    assert [one["id"] for one in admin.get("/v1/models").json()["data"]] == ["general", "shop"]
    assert admin.post("/models/shop", json={"inputs": "a"}).is_success
    found = admin.delete("/v1/adapters/shop")
    assert found.json() == {"id": "shop", "object": "model", "deleted": True}
    refused(admin.post("/models/shop", json={"inputs": "a"}), 404, "NotFound")


def test_a_path_may_be_absolute(admin, folder):
    asked = {"name": "shop", "path": str(folder / "good")}
    assert admin.post("/v1/adapters", json=asked).status_code == 201


@pytest.mark.parametrize(
    "path", ["../elsewhere/good", "good/../../elsewhere/good", "link", "/", "/etc", ".", "good/.."]
)
def test_a_path_must_not_lead_out_of_the_folder(admin, path):
    found = admin.post("/v1/adapters", json={"name": "shop", "path": path})
    assert "lies outside of the folders" in refused(found, 403, "Forbidden")


def test_an_absolute_path_elsewhere_is_not_looked_at(admin, folder):
    for place in ("good", "nothing"):
        asked = {"name": "shop", "path": str(folder.parent / "elsewhere" / place)}
        assert "lies outside" in refused(admin.post("/v1/adapters", json=asked), 403, "Forbidden")


@pytest.mark.parametrize(
    ("asked", "status", "message"),
    [
        ({"name": "general", "path": "good"}, 409, "A model 'general' is served already"),
        ({"name": "shop", "path": "damaged"}, 422, "no manifest.json"),
        ({"name": "shop", "path": "nothing"}, 422, "there is no such folder"),
        ({"name": "shop", "path": "a\0b"}, 422, "path = "),
        ({"name": "a/b", "path": "good"}, 422, "name = 'a/b'"),
        ({"name": "", "path": "good"}, 422, "name = ''"),
        ({"name": "shop", "path": ""}, 422, "path = ''"),
        ({"name": "shop"}, 422, "path: is missing"),
        ({"name": "shop", "path": "x" * 5000}, 422, "path"),
    ],
)
def test_what_cannot_be_added(admin, asked, status, message):
    kind = "Conflict" if status == 409 else "Validation"
    assert message in refused(admin.post("/v1/adapters", json=asked), status, kind)
    assert [one["id"] for one in admin.get("/v1/models").json()["data"]] == ["general"]


def test_what_is_not_there_cannot_be_removed(admin):
    message = refused(admin.delete("/v1/adapters/shop"), 404, "NotFound")
    assert "Served here: general" in message


def test_without_a_key_nothing_comes_or_goes(folder):
    with client_of(FakePool("general"), folders=(folder,)) as client:
        found = client.post("/v1/adapters", json={"name": "shop", "path": "good"})
        assert "Start it with key_file = 'FILE'" in refused(found, 403, "Forbidden")
        refused(client.delete("/v1/adapters/general"), 403, "Forbidden")
        assert client.post("/predict", json={"inputs": "a"}).is_success


def test_without_a_folder_nothing_comes():
    with client_of(FakePool("general"), key=KEY) as client:
        asked = {"name": "shop", "path": "good"}
        found = client.post("/v1/adapters", json=asked, headers=SHOWN)
        assert "adapters_dir = 'FOLDER' to allow" in refused(found, 403, "Forbidden")


def test_when_the_last_one_is_gone_it_says_so(admin):
    admin.delete("/v1/adapters/general")
    message = refused(admin.post("/predict", json={"inputs": "a"}), 404, "NotFound")
    assert "No model is served" in message


def test_runs_are_called_like_their_folder_or_as_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    runs = ["general", "runs/one", "runs/two/model", "shop=runs/one", "./a=b/c.d/"]
    assert name_runs(runs) == {
        "general": "general",
        "one": "runs/one",
        "two": "runs/two/model",
        "shop": "runs/one",
        "c.d": "./a=b/c.d/",
    }
    assert name_runs(["."]) == {tmp_path.name: "."}


def test_names_that_cannot_be_used_are_told_at_once():
    with pytest.raises(ConfigError, match="3 problems in the names of the models") as caught:
        name_runs(["runs/a", "other/a", "ä=runs/b", "runs/mit leer"])
    assert "'other/a': 'a' is 'runs/a' already. Give it another name: NAME=other/a" in str(
        caught.value
    )


def test_the_key_comes_from_a_file_or_the_environment(tmp_path):
    file = tmp_path / "key.txt"
    file.write_text("of-the-file\n")
    assert read_key(None, {}) is None
    assert read_key(None, {"SENTILORA_KEY": "of-the-environment"}) == "of-the-environment"
    assert read_key(file, {"SENTILORA_KEY": "of-the-environment"}) == "of-the-file"


@pytest.mark.parametrize("text", ["", "\n", "two words", "clé"])
def test_what_is_no_key(tmp_path, text):
    file = tmp_path / "key.txt"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="holds no key"):
        read_key(file, {})
    with pytest.raises(ConfigError, match="SENTILORA_KEY holds no key"):
        read_key(None, {"SENTILORA_KEY": text})


def test_a_key_file_that_is_not_there(tmp_path):
    with pytest.raises(ConfigError, match="The key cannot be read from"):
        read_key(tmp_path / "key.txt", {})
