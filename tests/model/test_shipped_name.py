"""The word ``general`` means the adapter that ships; a folder of that name needs a path."""

import shutil
from pathlib import Path

import pytest

from sentilora import samples
from sentilora.errors import ModelError
from sentilora.model.artifact import find_artifact


@pytest.fixture
def shipped(tiny_run, tmp_path, monkeypatch):
    """Ship the tiny model, and stand in a folder that has another one called ``general``."""
    folder = tmp_path / "package" / "general"
    shutil.copytree(tiny_run.model_path, folder)
    monkeypatch.setattr(samples, "general", lambda: folder)
    here = tmp_path / "here"
    shutil.copytree(tiny_run.model_path, here / "general")
    monkeypatch.chdir(here)
    return folder


def test_the_bare_name_is_the_adapter_that_ships(shipped):
    assert find_artifact("general") == shipped


@pytest.mark.parametrize("path", ["./general", "general/", Path("general")])
def test_every_path_is_the_folder(shipped, path):
    assert find_artifact(path).resolve() == Path.cwd() / "general"


def test_an_installation_without_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(samples, "general", lambda: tmp_path / "nothing")
    with pytest.raises(ModelError, match=r"(?s)'general' is not in this installation.*\./general"):
        find_artifact("general")
