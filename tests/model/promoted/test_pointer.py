"""A file stands for a model, wherever one is named."""

import json

import pytest

import sentilora
from sentilora.errors import ModelError
from sentilora.model.artifact import open_artifact
from sentilora.model.promoted.pointer import Pointer, Promoted, read_pointer, write_pointer


@pytest.fixture
def pointer(tiny_run, tmp_path):
    made = Pointer(tmp_path / "promoted", Promoted(str(tiny_run.path), "0", "now"))
    write_pointer(made)
    return made


def test_what_is_written_is_read_again(pointer):
    assert read_pointer(pointer.path) == pointer


def test_a_model_is_found_by_it_and_called_by_it(pointer, tiny_run, monkeypatch):
    found = open_artifact(pointer.path)
    assert found.path == open_artifact(tiny_run.path).path
    assert (found.name, found.home.name, found.pointer) == ("promoted", "tiny", pointer.path)
    assert open_artifact(tiny_run.path).pointer is None
    monkeypatch.chdir(pointer.path.parent)
    assert sentilora.load("promoted").predict("good").label in ("negative", "positive")


def test_the_model_that_ships_is_known_by_its_name(tmp_path):
    made = Pointer(tmp_path / "promoted", Promoted("general", "0"))
    write_pointer(made)
    assert open_artifact(made.path).home.name == "general"
    assert open_artifact("general").pointer is None


@pytest.mark.parametrize("content", [b"", b"no json", b"[]", b"{}", b"\xff"])
def test_another_file_is_none(tmp_path, content):
    path = tmp_path / "promoted"
    path.write_bytes(content)
    assert read_pointer(path) is None
    with pytest.raises(ModelError, match="is not a SentiLoRA model"):
        open_artifact(path)


@pytest.mark.parametrize(
    "changed", [{"promoted": 2}, {"model": ""}, {"model": None}, {"before": [{}]}, {"before": 3}]
)
def test_one_that_was_changed_by_hand_is_refused(pointer, changed):
    told = json.loads(pointer.path.read_text(encoding="utf-8"))
    pointer.path.write_text(json.dumps({**told, **changed}), encoding="utf-8")
    with pytest.raises(ModelError, match="stands for a promoted model, and cannot be read"):
        open_artifact(pointer.path)


def test_the_name_of_what_is_gone_is_told(tmp_path):
    write_pointer(Pointer(tmp_path / "promoted", Promoted("gone", "0")))
    with pytest.raises(ModelError, match=r"There is no run or model at .*gone"):
        open_artifact(tmp_path / "promoted")
