"""A new model takes the place of an old one, if it is not worse on the same rows."""

import json
import shutil

import pytest

from sentilora.errors import ConfigError, DataError, ModelError
from sentilora.evaluation.report_parts.old_and_new import OldAndNew, SameRows
from sentilora.files import sha256_of
from sentilora.model.artifact import open_artifact
from sentilora.runs.promotion.promote import promote, undo_promotion
from tests.helpers.adapters import save_adapter
from tests.helpers.texts import make_texts, write_csv


@pytest.fixture
def runs(tiny_run, tmp_path):
    """Return a folder with two runs of one model."""
    folder = tmp_path / "runs"
    for name in ("old", "new"):
        shutil.copytree(tiny_run.path, folder / name)
    return folder


def rows(right=90, only_old=5, only_new=5, p=1.0):
    return SameRows(100, right + only_old, right + only_new, only_old, only_new, p)


def compare(runs, test, corrections=None, old="old"):
    """Have the new run's report say how it compares."""
    sha256 = sha256_of(runs / old / "model" / "manifest.json")
    file = runs / "new" / "report.json"
    report = json.loads(file.read_text(encoding="utf-8"))
    report["old_and_new"] = OldAndNew(old, sha256, test, corrections).to_dict()
    file.write_text(json.dumps(report), encoding="utf-8")


def in_use(runs):
    return open_artifact(runs / "promoted").home.name


def test_a_better_one_is_promoted_and_can_be_taken_back(runs):
    compare(runs, rows(only_new=9))
    done = promote(runs / "new", over=runs / "old")
    assert (done.model, done.before, done.pointer) == ("new", "old", runs / "promoted")
    assert in_use(runs) == "new"
    back = undo_promotion(runs / "promoted")
    assert (back.model, back.before, in_use(runs)) == ("old", "new", "old")
    with pytest.raises(ModelError, match="nothing was in use before it"):
        undo_promotion(runs / "promoted")


@pytest.mark.parametrize(
    ("test", "corrections"),
    [
        (rows(only_old=6), None),
        (rows(only_old=20, p=0.01), SameRows(50, 0, 40, 0, 40, 0.0)),
        (rows(), rows(only_old=6)),
        (rows(only_new=30, p=0.0), rows(only_old=20, p=0.01)),
    ],
)
def test_a_worse_one_is_refused_with_both_figures_unless_it_is_forced(runs, test, corrections):
    compare(runs, test, corrections)
    with pytest.raises(ModelError, match=r"(?s)it is worse.*100 test texts: .* right, old .*force"):
        promote(runs / "new", over=runs / "old")
    assert not (runs / "promoted").exists()
    assert promote(runs / "new", over=runs / "old", force=True).model == "new"


def test_few_losses_are_made_up_for_by_corrections(runs):
    compare(runs, rows(only_old=6), SameRows(50, 0, 20, 0, 20, 0.0))
    assert promote(runs / "new", over=runs / "old").model == "new"


def test_one_that_was_not_compared_is_refused_and_compared_on_request(runs, tmp_path):
    with pytest.raises(ModelError, match="were not compared on the same rows"):
        promote(runs / "new", over=runs / "old")
    for name in ("old", "new"):  # else both are one model
        (runs / name / "model" / "README.md").unlink(missing_ok=True)
    path = write_csv(tmp_path / "fresh.csv", make_texts(40, 77))
    done = promote(runs / "new", over=runs / "old", test=path)
    assert done.compared.test.rows == 40
    assert done.compared.test.only_old_right == done.compared.test.only_new_right == 0


def test_rows_that_a_model_has_seen_compare_nothing(runs, tiny_data):
    with pytest.raises(DataError, match="old has seen 160 of the 160 texts"):
        promote(runs / "new", over=runs / "old", test=tiny_data / "train.csv")


def test_what_is_in_use_is_replaced_and_nothing_else(runs, tiny_run):
    shutil.copytree(tiny_run.path, runs / "third")
    promote(runs / "old", over=runs / "third", force=True)
    compare(runs, rows(only_new=9))
    with pytest.raises(ConfigError, match=r"stands for old, not for third"):
        promote(runs / "new", over=runs / "third")
    assert promote(runs / "new").before == "old"
    assert promote(runs / "third", over=runs / "promoted", force=True).before == "new"
    with pytest.raises(ModelError, match="third is the model in use already"):
        promote(runs / "third")
    assert promote(runs / "new", over=runs / "old", name="shop", force=True).before == "old"
    assert in_use(runs) == "third"


def test_the_first_one_replaces_nothing(runs):
    assert promote(runs / "old").before is None
    assert in_use(runs) == "old"
    with pytest.raises(ModelError, match="nothing was in use before it"):
        undo_promotion(runs / "promoted")


def test_names_that_cannot_be_used_are_refused(runs):
    with pytest.raises(ConfigError, match="is no name of a file beside the run"):
        promote(runs / "new", over=runs / "old", name="a/b")
    (runs / "promoted").write_text("notes")
    with pytest.raises(ConfigError, match="is there and stands for no model"):
        promote(runs / "new", over=runs / "old")
    with pytest.raises(ModelError, match="stands for no promoted model"):
        undo_promotion(runs / "promoted")


def test_other_labels_are_refused_even_if_it_is_forced(runs, tiny_base):
    save_adapter(tiny_base, runs / "three" / "model", ("bad", "so", "good"), 1)
    with pytest.raises(ModelError, match="three has the labels bad, so, good, and old has"):
        promote(runs / "three", over=runs / "old", force=True)


def test_the_model_that_ships_is_named_and_a_run_elsewhere_by_its_path(runs, tmp_path, tiny_base):
    save_adapter(
        tiny_base, tmp_path / "x" / "three" / "model", ("negative", "neutral", "positive"), 1
    )
    done = promote(tmp_path / "x" / "three", over="general", force=True)
    told = json.loads(done.pointer.read_text(encoding="utf-8"))
    assert (told["model"], told["before"][0]["model"]) == ("three", "general")
    assert undo_promotion(done.pointer).model == "general"
    outside = promote(tmp_path / "x" / "three", over=done.pointer, force=True)
    assert outside.model == "three"
