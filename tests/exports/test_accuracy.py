"""``export --data``: run and export side by side on labelled texts."""

import json
import sys

import pytest

import sentilora
from sentilora.cli import app
from sentilora.errors import ConfigError, DataError, ModelError
from sentilora.evaluation.evaluate import evaluate
from sentilora.exports.accuracy import read_labelled
from sentilora.exports.parity import compare_logits
from sentilora.model.artifact import open_artifact
from tests.helpers.texts import make_texts


@pytest.fixture
def labelled(tmp_path):
    """Return a file in which every tenth label is wrong, so that no share is 0 or 1."""
    other = {"positive": "negative", "negative": "positive"}
    lines = [
        f"{'it was' if row % 2 else 'was it'} {text},{other[label] if row % 10 == 0 else label}"
        for row, (text, label) in enumerate(make_texts(120, seed=5))
    ]
    file = tmp_path / "labelled.csv"
    file.write_text("review,verdict\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return file


def metrics_of(model, file):
    return evaluate(model, file, text="review", label="verdict", resamples=10).metrics


def test_run_and_export_are_judged_as_evaluate_does(tiny_run, labelled, tmp_path):
    output = sentilora.export(
        tiny_run.path, output=tmp_path / "out", data=labelled, text="review", label="verdict"
    )
    found = json.loads((output / "parity.json").read_text(encoding="utf-8"))["labelled"]
    for side, model in (("run", tiny_run.path), ("export", output)):
        expected = metrics_of(model, labelled)
        assert 0.5 < expected["accuracy"] < 1
        for name, value in found[side].items():
            assert value == pytest.approx(expected[name], abs=1e-6)
    assert found["source"] == "labelled.csv"
    assert found["parity"]["texts"] == 120
    assert found["parity"]["max_logit_difference"] < 1e-4
    assert found["changed_share"] == 0
    assert found["early_share"] is None
    assert found["seen"] is None


def test_texts_that_the_run_learned_from_are_told_with_the_figure_on_the_others(
    tiny_run, tiny_data, tmp_path, capsys, monkeypatch
):
    both = tmp_path / "both.csv"
    train, test = ((tiny_data / name).read_text("utf-8") for name in ("train.csv", "test.csv"))
    both.write_text(test + train.split("\n", 1)[1], "utf-8")
    output = tmp_path / "out"
    command = ["export", str(tiny_run.path), "--output", str(output), "--data", str(both)]
    monkeypatch.setattr(sys, "argv", ["sentilora", *command])
    with pytest.raises(SystemExit) as stopped:
        app.main()
    assert not stopped.value.code
    found = json.loads((output / "parity.json").read_text(encoding="utf-8"))["labelled"]
    seen = found["seen"]
    assert seen == evaluate(tiny_run.path, both).data["seen"]
    assert (seen["train"] + seen["validation"], seen["unseen"]) == (160, 60)
    assert seen["metrics"]["accuracy"] == pytest.approx(tiny_run.report["metrics"]["accuracy"])
    told = capsys.readouterr().out
    assert f"warning  {seen['train']} of 220 texts were learned from, {seen['validation']}" in told
    assert "On the 60 others: accuracy" in told


def test_both_stages_are_judged_together(tiny_run, labelled, tmp_path, capsys, monkeypatch):
    output = tmp_path / "out"
    command = ["export", str(tiny_run.path), "--output", str(output), "--cascade"]
    columns = ["--text", "review", "--label", "verdict"]
    command += ["--max-disagreement", "0.3", "--data", str(labelled), *columns]
    monkeypatch.setattr(sys, "argv", ["sentilora", *command])
    with pytest.raises(SystemExit) as stopped:
        app.main()
    assert not stopped.value.code
    found = json.loads((output / "parity.json").read_text(encoding="utf-8"))["labelled"]
    whole = sentilora.load(output, device="cpu")
    texts = [line.rsplit(",", 1)[0] for line in labelled.read_text().splitlines()[1:]]
    answers = whole.predict(texts)
    alone = sentilora.load(tiny_run.path, device="cpu").predict(texts)
    early = [one.stage == "n-grams" for one in answers]
    changed = [a.label != b.label for a, b in zip(answers, alone, strict=True)]
    assert 0 < found["early_share"] == pytest.approx(sum(early) / 120)
    assert found["changed_share"] == pytest.approx(sum(changed) / 120)
    assert found["export"]["accuracy"] == pytest.approx(
        metrics_of(output, labelled)["accuracy"], abs=1e-9
    )
    line = next(x for x in capsys.readouterr().out.splitlines() if x.startswith("data "))
    assert "labelled.csv, 120 texts: accuracy" in line
    assert "answered by the first stage" in line


def test_an_export_that_differs_on_them_is_not_kept(tiny_run, labelled, tmp_path, monkeypatch):
    """The first comparison, on the package's own texts, is let through."""
    from sentilora.exports import accuracy

    def shifted(expected, found, *given, **options):
        return compare_logits(expected, found * 1.1, *given, **options)

    monkeypatch.setattr(accuracy, "compare_logits", shifted)
    output = tmp_path / "out"
    with pytest.raises(ModelError, match="over 120 texts the largest difference"):
        sentilora.export(
            tiny_run.path, output=output, data=labelled, text="review", label="verdict"
        )
    assert list(tmp_path.iterdir()) == [labelled]


def test_what_cannot_be_read_is_said_before_anything_is_written(tiny_run, labelled, tmp_path):
    output = tmp_path / "out"
    with pytest.raises(DataError, match="review"):
        sentilora.export(tiny_run.path, output=output, data=labelled, text="text", label="verdict")
    with pytest.raises(DataError, match="missing"):
        sentilora.export(tiny_run.path, output=output, data=tmp_path / "missing.csv")
    with pytest.raises(
        ConfigError, match=r'^label="verdict": of which file\? Give it with data="FILE"'
    ):
        sentilora.export(tiny_run.path, output=output, label="verdict")
    assert list(tmp_path.iterdir()) == [labelled]


@pytest.mark.parametrize(
    ("values", "how"),
    [
        (("0", "1"), {}),
        (("1", "2"), {"labels": "negative,positive"}),
        (("1", "5"), {"stars": 5, "skip_bad_rows": True}),
        (("-1", "1"), {"scale": "-1-1"}),
    ],
)
def test_labels_are_read_as_in_a_measurement(tiny_run, labelled, tmp_path, values, how):
    settings = open_artifact(tiny_run.path).settings
    names = read_labelled(str(labelled), settings, text="review", label="verdict")
    text = labelled.read_text(encoding="utf-8")
    for name, value in zip(("negative", "positive"), values, strict=True):
        text = text.replace(f",{name}\n", f",{value}\n")
    file = tmp_path / "values.csv"
    file.write_text(text, encoding="utf-8")
    rows = read_labelled(str(file), settings, text="review", label="verdict", **how)
    assert rows.label_ids.tolist() == names.label_ids.tolist()
