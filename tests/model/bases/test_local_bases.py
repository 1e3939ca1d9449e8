"""Bases that are folders: known by their weights, found again when they were moved."""

import shutil

import pytest
import torch

from sentilora.errors import ModelError
from sentilora.files import sha256_of
from sentilora.labels import Labels
from sentilora.model.artifact import (
    base_of,
    load_classifier,
    open_artifact,
    save_artifact,
    seal_artifact,
)
from sentilora.model.bases.local_bases import PLACES, fingerprint, fingerprint_of
from sentilora.model.bases.resolved_base import ResolvedBase, resolve_base
from sentilora.model.classifier import create_model, load_tokenizer
from sentilora.model.model_settings import ModelSettings
from sentilora.model.tokens import TextRule

LABELS = Labels(("negative", "positive"))


@pytest.fixture
def base(tiny_base, tmp_path):
    """Return a copy of a base that may be moved and changed."""
    return shutil.copytree(tiny_base, tmp_path / "bases" / "reviews")


@pytest.fixture
def run(base, tmp_path):
    """Return the folder of a run whose adapter was trained on that base."""
    settings = ModelSettings(
        LABELS, str(base), None, TextRule(32), base_sha256=fingerprint(resolve_base(str(base)))
    )
    model = create_model(str(base), LABELS)
    folder = tmp_path / "runs" / "one" / "model"
    folder.parent.mkdir(parents=True)
    seal_artifact(save_artifact(model, load_tokenizer(str(base)), settings, folder))
    return folder.parent


def found(run) -> str:
    return base_of(open_artifact(run)).source


def test_the_fingerprint_is_the_hash_of_the_weights(base):
    assert fingerprint_of(base) == sha256_of(base / "model.safetensors")
    known = ResolvedBase(str(base), "owner/name", "c0ffee", "name")  # as an embedded one
    assert fingerprint(known) is None
    assert fingerprint(ResolvedBase("owner/name", "owner/name", "main", "name")) is None


def test_several_files_of_weights_have_one_fingerprint(tmp_path):
    with pytest.raises(ModelError, match=r"holds no weights \(\*\.safetensors or"):
        fingerprint_of(tmp_path)
    for name in ("model-1.safetensors", "model-2.safetensors"):
        (tmp_path / name).write_bytes(name.encode())
    first = fingerprint_of(tmp_path)
    assert first == fingerprint_of(tmp_path)
    (tmp_path / "model-2.safetensors").write_bytes(b"something else")
    assert fingerprint_of(tmp_path) != first


def test_the_base_is_used_where_it_was(base, run):
    assert found(run) == str(base)


@pytest.mark.parametrize("place", ["runs/one/reviews", "runs/reviews", "runs/bases/reviews"])
def test_a_base_that_was_moved_beside_the_run_is_found(base, run, tmp_path, place):
    target = tmp_path / place
    target.parent.mkdir(parents=True, exist_ok=True)
    base.rename(target)
    assert found(run) == str(target)


def test_run_and_base_can_be_moved_together(base, run, tmp_path):
    expected, _ = load_classifier(open_artifact(run))
    away = tmp_path / "away"
    away.mkdir()
    (tmp_path / "runs").rename(away / "runs")
    (tmp_path / "bases").rename(away / "bases")
    moved, _ = load_classifier(open_artifact(away / "runs" / "one"))
    for name, tensor in expected.state_dict().items():
        assert torch.equal(moved.state_dict()[name], tensor), name


def test_the_places_can_be_named_in_the_environment(base, run, tmp_path, monkeypatch):
    other = tmp_path / "disk" / "renamed"
    other.parent.mkdir()
    base.rename(other)
    monkeypatch.setenv(PLACES, str(other))
    assert found(run) == str(other)
    inside = tmp_path / "shelf" / "reviews"
    inside.parent.mkdir()
    other.rename(inside)
    monkeypatch.setenv(PLACES, f"{tmp_path / 'nowhere'}:{inside.parent}")
    assert found(run) == str(inside)


def test_a_base_that_is_gone_is_asked_for(base, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.rmtree(base)
    with pytest.raises(ModelError, match="The base 'reviews' of this adapter was not found") as why:
        load_classifier(open_artifact(run))
    message = str(why.value)
    assert f"{base}: not there" in message
    assert f"{run.parent / 'reviews'}: not there" in message
    assert "SENTILORA_BASES=FOLDER" in message
    assert 'sentilora.export("RUN", to="merged")' in message


def test_other_weights_under_the_same_name_are_not_taken(tiny_bases, base, run):
    shutil.rmtree(base)
    shutil.copytree(tiny_bases["electra"], base)
    with pytest.raises(ModelError, match=f"{base}: other weights"):
        load_classifier(open_artifact(run))


def test_adapters_of_older_versions_name_a_place_only(tiny_base, tmp_path):
    settings = ModelSettings(LABELS, str(tiny_base), None, TextRule(32))
    model = create_model(str(tiny_base), LABELS)
    folder = save_artifact(model, load_tokenizer(str(tiny_base)), settings, tmp_path / "model")
    assert base_of(open_artifact(seal_artifact(folder))).source == str(tiny_base)
