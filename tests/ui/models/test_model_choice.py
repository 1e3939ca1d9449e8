"""Which models there are to choose from, what is said about them, and their exports."""

import shutil
import zipfile

import pytest

import sentilora
from sentilora import samples
from sentilora.errors import ModelError
from sentilora.ui.display.markdown import plain
from sentilora.ui.jobs.export_jobs import Shipped, ship
from sentilora.ui.models.model_choice import list_choices, run_of
from sentilora.ui.models.model_facts import card_of, model_details, model_tiles
from sentilora.ui.settings import AppSettings, read_app_settings


def test_without_anything_there_is_the_model_that_ships(tmp_path):
    found = list_choices(AppSettings(runs=tmp_path / "none", exports=tmp_path / "none"))
    assert [(one.path, one.name) for one in found] == [("general", "general")]


def test_every_model_stands_once_and_unfinished_runs_do_not(tiny_run, tmp_path):
    runs, exports = tmp_path / "runs", tmp_path / "exports"
    for name in ("2026-a", "2026-b", "2026-c"):
        shutil.copytree(tiny_run.path, runs / name)
    (runs / "2026-c" / "report.json").unlink()
    shutil.copytree(tiny_run.model_path, exports / "small")
    given = runs / "2026-a" / "model"
    found = list_choices(AppSettings(str(given), runs, exports))
    assert [one.name for one in found] == ["2026-a", "general", "2026-b", "small (export)"]
    assert found[0].path == str(given)


def test_the_run_of_a_model(tiny_run, tmp_path):
    assert run_of(str(tiny_run.path)).path == tiny_run.path.resolve()
    assert run_of(str(tiny_run.model_path)).path == tiny_run.path.resolve()
    assert run_of("general") is None
    shutil.copytree(tiny_run.model_path, tmp_path / "exports" / "small")
    assert run_of(str(tmp_path / "exports" / "small")) is None


def test_settings_survive_the_environment(monkeypatch, tmp_path):
    told = AppSettings("runs/x", tmp_path / "r", tmp_path / "e")
    for name, value in told.to_environment().items():
        monkeypatch.setenv(name, value)
    assert read_app_settings() == told


def test_a_card_fits_below_the_title_of_the_page_and_fetches_no_picture(tiny_run, tmp_path):
    card = card_of(samples.general(), None)
    assert "license:" not in card
    assert "#### What it is for, and what not" in card
    assert "# goes on from it, with your own labels" in card  # a comment in code stays one
    assert card_of(tiny_run.model_path, tiny_run.path)
    (tmp_path / "README.md").write_text("# T\n![x](https://example.org/x.png)\n", encoding="utf-8")
    assert card_of(tmp_path, None) == "x"
    assert card_of(tmp_path / "none", None) is None


def test_facts_of_a_model(tiny_run):
    model = sentilora.load(tiny_run.path)
    tiles = {tile["name"]: tile for tile in (*model_tiles(model), *model_details(model))}
    assert tiles["Labels"] == {"name": "Labels", "value": "2", "note": "negative, positive"}
    assert tiles["Reads at most"]["value"] == "32 tokens"
    assert tiles["Computed by"]["note"].startswith("torch, fp32, ")


@pytest.mark.process
@pytest.mark.usefixtures("warm_processes")
def test_an_export_that_fails_says_what_the_command_said(tmp_path):
    with pytest.raises(ModelError, match="There is no run or model at"):
        ship(str(tmp_path / "none"), "none", "merged", tmp_path)


def test_an_export_is_packed_whole(tmp_path):
    folder = tmp_path / "exports" / "small"
    (folder / "onnx").mkdir(parents=True)
    for name in ("manifest.json", "onnx/model.onnx"):
        (folder / name).write_text(name, encoding="utf-8")
    packed = Shipped(folder, {}).pack(tmp_path)
    assert packed.name == "small.zip"
    with zipfile.ZipFile(packed) as archive:
        assert {"manifest.json", "onnx/model.onnx"} <= set(archive.namelist())
        assert archive.read("onnx/model.onnx") == b"onnx/model.onnx"


def test_names_are_shown_as_they_are():
    assert plain("my_file*[x](y) $1") == r"my\_file\*\[x\]\(y\) \$1"
