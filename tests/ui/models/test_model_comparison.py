"""Models side by side: the library's figures, and the texts they answer differently."""

import pytest

import sentilora
from sentilora.data.labelled.scan import Asked
from sentilora.errors import DataError
from sentilora.evaluation.metrics import Measured
from sentilora.evaluation.reports.report import Report
from sentilora.ui.display.figure_rows import HEADINGS, measured_rows, report_rows
from sentilora.ui.models.model_comparison import MeasuredModel, Texts, disagreements, measure_texts


def measured(name, answers, scores, truths=("good", "bad", "good"), texts=("a", "b", "c")):
    return MeasuredModel(
        name,
        ("bad", "good"),
        {},
        list(texts),
        list(truths),
        list(answers),
        list(scores),
        caution=None,
        notes=(),
        left_out=0,
    )


def test_the_figures_are_those_of_evaluate(tiny_run, tiny_data):
    model = sentilora.load(tiny_run.path, device="cpu")
    told = []
    found = measure_texts(
        model,
        "tiny",
        Texts(tiny_data / "test.csv", Asked("text", "label")),
        progress=lambda *one: told.append(one),
    )
    expected = sentilora.evaluate(model, tiny_data).data["after"]
    assert found.figures.metrics == pytest.approx(expected["metrics"])
    assert found.figures.confusion == expected["confusion"]
    right = sum(map(str.__eq__, found.truths, found.answers))
    assert right / 60 == pytest.approx(expected["metrics"]["accuracy"])
    assert told == [(60, 60)]


def test_texts_that_a_model_learned_from_are_told(tiny_run, tiny_data):
    model = sentilora.load(tiny_run.path, device="cpu")
    texts = Texts(tiny_data / "train.csv", Asked("text", "label"))
    assert "of 160 texts were learned from" in measure_texts(model, "tiny", texts).caution
    texts = Texts(tiny_data / "test.csv", Asked("text", "label"))
    assert measure_texts(model, "tiny", texts).caution is None


def test_rows_are_left_out_and_labels_named_as_asked(tiny_run, tmp_path):
    file = tmp_path / "ids.csv"
    file.write_text("text,n\ngood film,1\nbad film,0\n,1\n", encoding="utf-8")
    model = sentilora.load(tiny_run.path, device="cpu")
    asked = Asked("text", "n", skip_bad_rows=True)
    found = measure_texts(model, "tiny", Texts(file, asked, ("negative", "positive")))
    assert (found.truths, found.left_out) == (["positive", "negative"], 1)


def test_labels_that_the_model_does_not_know_are_named(tiny_run, tmp_path):
    file = tmp_path / "topics.csv"
    file.write_text("text,label\ngood film,cats\nbad film,dogs\n", encoding="utf-8")
    model = sentilora.load(tiny_run.path, device="cpu")
    with pytest.raises(DataError, match="Found in column 'label': 'cats'"):
        measure_texts(model, "tiny", Texts(file, Asked("text", "label")))


def test_disagreements_come_with_the_telling_ones_first():
    one = measured("one", ["good", "bad", "bad"], [0.9, 0.8, 0.6])
    two = measured("two", ["bad", "bad", "good"], [0.9, 0.8, 0.6])
    assert disagreements([one, two]) == [
        {"text": "a", "truth": "good", "one": "good (90%)", "two": "bad (90%)"},
        {"text": "c", "truth": "good", "one": "bad (60%)", "two": "good (60%)"},
    ]
    third = measured("three", ["x"], [1.0], truths=["x"], texts=["other"])
    assert "three" not in disagreements([one, two, third])[0]
    assert disagreements([one]) == []
    assert disagreements([]) == []


def test_texts_that_nobody_gets_right_come_last():
    one = measured("one", ["ugly", "bad", "good"], [1.0, 0.5, 0.5])
    two = measured("two", ["bad", "good", "good"], [1.0, 0.5, 0.5])
    assert [row["text"] for row in disagreements([one, two])] == ["b", "a"]


def test_the_table_of_a_report_marks_the_model_and_shows_intervals(tiny_run):
    rows, marked = report_rows(Report.from_dict(tiny_run.report))
    base = tiny_run.report["run"]["base"]
    assert [row[0][0] for row in rows] == [
        "majority class",
        "VADER",
        "TF-IDF + logistic regression",
        "frozen encoder + logistic regression",
        f"{base} before training",
        f"{base} + LoRA",
    ]
    assert marked == len(rows) - 1
    assert all(len(row) == len(HEADINGS) + 1 for row in rows)
    value, interval = rows[marked][1]
    assert value.endswith(" %")
    assert " – " in interval


def test_measured_models_stand_from_best_to_worst():
    figures = [
        Measured({"accuracy": share, "rows": 10}, {}, [], [], {"accuracy": (0.1, 0.9)})
        for share in (0.5, 0.7)
    ]
    models = [
        MeasuredModel(name, ("a", "b"), one, [], [], [], [], None, (), 0)
        for name, one in zip(("worse", "better"), figures, strict=True)
    ]
    assert [row[0] for row in measured_rows(models)] == [
        ("better", "10 texts"),
        ("worse", "10 texts"),
    ]
