"""``evaluate``: a model that is there, on any labelled file."""

import csv
import dataclasses

import numpy as np
import pytest

import sentilora
from sentilora.errors import ConfigError, DataError, ModelError
from sentilora.evaluation.metrics import measure
from sentilora.evaluation.reports.report_html import render_html
from tests.helpers.texts import make_texts, write_csv

FAST = {"resamples": 100}


@pytest.fixture(scope="module")
def model(tiny_run):
    return sentilora.load(tiny_run.path, device="cpu")


@pytest.fixture(scope="module")
def report(tiny_run, tiny_data):
    return sentilora.evaluate(tiny_run.path, tiny_data, **FAST)


def write_rows(path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def test_the_test_part_of_a_folder_gives_the_figures_of_the_training(report, tiny_run):
    trained = tiny_run.report
    assert report.data["after"] == trained["after"]
    assert report.metrics == trained["metrics"]
    assert report.data["calibration"] == trained["calibration"]
    assert report.metrics["rows"] == 60


def test_the_report_has_the_shape_of_report_json(report, tiny_run):
    assert report.data["format"] == 1
    run = report.data["run"]
    trained = tiny_run.report["run"]
    for name in ("name", "base", "hub_id", "method", "preset", "seed", "labels", "max_tokens"):
        assert run[name] == trained[name], name
    assert run["device"] == "cpu"
    assert run["precision"] == "fp32"
    data = report.data["data"]
    assert data["test"] == 60
    assert data["label_counts"] == {"test": {"negative": 30, "positive": 30}}
    assert data["skipped"] == 0
    assert data["truncated_share"] == 0.0
    assert set(report.data["after"]) >= {"per_label", "confusion", "reliability"}
    assert set(report.intervals) >= {"accuracy", "macro_f1"}
    assert report.baselines == {}
    assert report.before is None
    assert report.labels.names == ("negative", "positive")


def test_it_agrees_with_predict(model, tiny_data):
    report = sentilora.evaluate(model, tiny_data / "test.csv", **FAST)
    with (tiny_data / "test.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    predictions = model.predict([row["text"] for row in rows])
    probabilities = np.array([list(one.probabilities.values()) for one in predictions])
    truth = np.array([model.labels.label2id[row["label"]] for row in rows])
    assert report.metrics == pytest.approx(measure(truth, probabilities, model.labels).metrics)


def test_texts_that_the_run_learned_from_are_counted(model, tiny_run, tiny_data):
    train = sentilora.evaluate(model, tiny_data / "train.csv", **FAST).seen
    rows = tiny_run.report["data"]
    assert (train.train, train.validation) == (rows["train"], rows["validation"])
    assert train.unseen == 0
    assert train.figures is None


def test_the_figures_on_new_texts_stand_beside_those_on_all(model, report, tiny_data, tmp_path):
    both = tmp_path / "both.csv"
    train, test = ((tiny_data / name).read_text("utf-8") for name in ("train.csv", "test.csv"))
    both.write_text(test + train.split("\n", 1)[1], "utf-8")
    mixed = sentilora.evaluate(model, both, **FAST)
    assert mixed.metrics["rows"] == 220
    assert mixed.seen.unseen == 60
    assert mixed.seen.figures.metrics == pytest.approx(report.metrics)
    assert report.seen is None


def test_wrong_answers_are_shown_unless_texts_are_to_stay_out(model, tmp_path):
    rows = [(text, "negative") for text, label in make_texts(40, seed=3) if label == "positive"]
    path = write_rows(tmp_path / "wrong.csv", ["text", "label"], [("a row to skip", ""), *rows])
    report = sentilora.evaluate(model, path, skip_bad_rows=True, **FAST)
    assert report.mistakes.wrong == round((1 - report.metrics["accuracy"]) * len(rows)) > 10
    first = report.mistakes.shown[0]
    assert first.text == " ".join(rows[first.row - 2][0].split())
    assert first.text in render_html(report).replace("&#39;", "'")
    assert sentilora.evaluate(model, path, skip_bad_rows=True, mistakes=0, **FAST).mistakes is None


def test_the_page_renders(model, tiny_data):
    report = sentilora.evaluate(model, tiny_data, baselines=["vader", "tfidf"], **FAST)
    page = render_html(report)
    assert "TF‑IDF" in page
    assert "VADER" in page


def test_ids_are_read_in_the_order_of_the_model(model, tmp_path):
    names = {"negative": "0", "positive": "1"}
    rows = make_texts(30, seed=3)
    named = write_csv(tmp_path / "names.csv", rows)
    numbered = write_csv(tmp_path / "ids.csv", [(text, names[label]) for text, label in rows])
    by_name = sentilora.evaluate(model, named, **FAST)
    by_id = sentilora.evaluate(model, numbered, **FAST)
    assert by_id.metrics == by_name.metrics
    assert "labels 0, 1 read as negative, positive" in by_id.data["data"]["notes"]


def test_labels_says_what_the_ids_mean_where_it_is_another_order(model, tmp_path):
    rows = make_texts(30, seed=3)
    turned = {"negative": "1", "positive": "0"}
    file = write_csv(tmp_path / "ids.csv", [(text, turned[label]) for text, label in rows])
    told = sentilora.evaluate(model, file, labels="positive,negative", **FAST)
    named = sentilora.evaluate(model, write_csv(tmp_path / "names.csv", rows), **FAST)
    assert told.metrics == named.metrics
    assert told.data["after"]["confusion"] == named.data["after"]["confusion"]
    wrong = sentilora.evaluate(model, file, **FAST)
    assert wrong.metrics["accuracy"] == pytest.approx(1 - named.metrics["accuracy"])


def test_other_spellings_of_the_labels_are_known(model, tmp_path):
    spelled = {"negative": "NEG", "positive": "Pos"}
    rows = [(text, spelled[label]) for text, label in make_texts(20)]
    report = sentilora.evaluate(model, write_csv(tmp_path / "a.csv", rows), **FAST)
    assert report.data["data"]["label_counts"]["test"] == {"negative": 10, "positive": 10}


def test_stars_are_read_as_sentiments(model, tmp_path):
    stars = {"negative": 1, "positive": 5}
    rows = [(text, stars[label]) for text, label in make_texts(20)]
    file = write_rows(tmp_path / "a.csv", ["text", "stars"], rows)
    report = sentilora.evaluate(model, file, stars=5, **FAST)
    assert report.data["data"]["label_counts"]["test"] == {"negative": 10, "positive": 10}


def test_one_label_alone_can_be_measured(model, tmp_path):
    rows = [row for row in make_texts(20) if row[1] == "positive"]
    report = sentilora.evaluate(model, write_csv(tmp_path / "a.csv", rows), **FAST)
    assert report.data["after"]["per_label"]["negative"]["support"] == 0


def test_labels_the_model_does_not_know_are_named_with_those_it_knows(model, tmp_path):
    file = write_csv(tmp_path / "a.csv", [("good", "joy"), ("bad", "anger"), ("a", "positive")])
    with pytest.raises(
        DataError,
        match=r"holds the labels 'anger', 'joy', 'positive', and the model has negative, positive\."
        r"(.|\n)*row 1 \(line 2: 'joy'\), row 2 \(line 3: 'anger'\)",
    ):
        sentilora.evaluate(model, file, **FAST)


def test_a_file_of_other_labels_is_refused_even_when_rows_may_be_skipped(model, tmp_path):
    file = write_csv(tmp_path / "a.csv", [("good", "joy"), ("bad", "anger")])
    with pytest.raises(
        DataError, match=r"labels negative, positive\. Found in column 'label': 'anger'"
    ):
        sentilora.evaluate(model, file, skip_bad_rows=True, **FAST)


def test_skipped_rows_are_counted_and_told(model, tmp_path):
    file = write_csv(tmp_path / "a.csv", [*make_texts(20), ("good", "joy"), ("", "positive")])
    report = sentilora.evaluate(model, file, skip_bad_rows=True, **FAST)
    assert report.metrics["rows"] == 20
    assert report.data["data"]["skipped"] == 2
    assert any("2 rows of" in note and "'joy'" in note for note in report.data["data"]["notes"])


def test_labels_that_are_not_the_model_s_are_refused(model, tiny_data):
    with pytest.raises(ConfigError, match=r"'bad', 'good', and the model has negative, positive"):
        sentilora.evaluate(model, tiny_data, labels=["bad", "good"], **FAST)


def test_a_folder_without_a_test_part_is_refused(model, tmp_path):
    write_csv(tmp_path / "train.csv", make_texts(20))
    with pytest.raises(DataError, match=r"is a folder without test\.\*\. Found: 'train\.csv'"):
        sentilora.evaluate(model, tmp_path, **FAST)


def test_a_model_that_is_not_there_is_named(tiny_data):
    with pytest.raises(ModelError, match="no run or model at nowhere"):
        sentilora.evaluate("nowhere", tiny_data, **FAST)


def test_baselines_learn_from_the_train_part_of_the_folder(model, tiny_data):
    names = ["majority", "vader", "tfidf", "frozen"]
    report = sentilora.evaluate(model, tiny_data, baselines=names, **FAST)
    assert list(report.baselines) == names
    assert report.data["skipped_baselines"] == {}
    assert report.data["significance"]["against"] in names
    assert report.data["data"]["train"] == 160
    assert report.data["baselines"]["frozen"]["metrics"]["rows"] == 60


def test_baselines_learn_from_the_file_that_is_given(model, tiny_data):
    one, other = (
        sentilora.evaluate(model, data, baselines=["tfidf"], train=train, **FAST)
        for data, train in (
            (tiny_data, None),
            (tiny_data / "test.csv", tiny_data / "train.csv"),
        )
    )
    assert one.baselines == other.baselines


def test_without_training_texts_only_vader_answers_and_the_others_are_explained(model, tiny_data):
    told = []
    report = sentilora.evaluate(
        model,
        tiny_data / "test.csv",
        baselines=["majority", "vader", "tfidf", "frozen"],
        listener=told.append,
        **FAST,
    )
    assert list(report.baselines) == ["vader"]
    why = "it learns from training texts; give them with train=…"
    assert report.data["skipped_baselines"] == dict.fromkeys(["majority", "tfidf", "frozen"], why)
    notes = [event["text"] for event in told if event["kind"] == "note"]
    assert f"baseline 'tfidf' left out: {why}" in notes


def test_a_base_that_is_not_there_leaves_only_the_frozen_encoder_out(model, tiny_data):
    artifact = model.artifact
    settings = dataclasses.replace(artifact.settings, base="./moved-away")
    moved = sentilora.load(artifact.path, device="cpu")
    moved.artifact = dataclasses.replace(artifact, settings=settings)
    report = sentilora.evaluate(moved, tiny_data, baselines=["tfidf", "frozen"], **FAST)
    assert list(report.baselines) == ["tfidf"]
    why = report.data["skipped_baselines"]["frozen"]
    assert "The base 'moved-away' of this adapter was not found" in why


def test_an_unknown_baseline_is_refused(model, tiny_data):
    for data in (tiny_data, tiny_data / "test.csv"):
        with pytest.raises(ConfigError, match=r"Unknown baseline\(s\) 'bert'\. Choose from"):
            sentilora.evaluate(model, data, baselines=["bert"], **FAST)


def test_training_texts_without_baselines_are_refused(model, tiny_data):
    with pytest.raises(
        ConfigError, match=r"train\.csv would not be used.*baselines=…, or leave train=…"
    ):
        sentilora.evaluate(model, tiny_data, train=tiny_data / "train.csv", **FAST)


def test_progress_counts_every_text(model, tiny_data):
    told = []
    sentilora.evaluate(model, tiny_data, listener=told.append, **FAST)
    phases = [event for event in told if event["kind"] == "phase"]
    assert {"name": "score the texts", "total": 60}.items() <= phases[0].items()
    assert sum(event["done"] for event in told if event["kind"] == "progress") == 60


def test_the_same_seed_gives_the_same_report(model, tiny_data):
    one, two = (
        sentilora.evaluate(model, tiny_data, baselines=["majority", "tfidf"], **FAST).data
        for _ in range(2)
    )
    for report in (one, two):
        del report["created"]
        for part in report["baselines"].values():
            del part["seconds"]
    assert one == two


def test_a_model_folder_alone_says_what_it_knows(report, tiny_run, tiny_data, tmp_path):
    import shutil

    shutil.copytree(tiny_run.model_path, tmp_path / "alone")
    measured = sentilora.evaluate(tmp_path / "alone", tiny_data, **FAST)
    assert measured.metrics == report.metrics
    assert measured.data["run"]["name"] == "alone"
    assert measured.data["run"]["method"] == "lora"
    assert "preset" not in measured.data["run"]


@pytest.mark.parametrize(
    ("values", "how"),
    [
        (("0", "1"), {}),
        (("1", "2"), {"labels": ["negative", "positive"]}),
        (("-1", "1"), {"labels": "negative,positive"}),
        (("1", "5"), {"stars": 5}),
        (("0", "10"), {"scale": "0-10"}),
        (("N", "P"), {"labels": {"N": "negative", "P": "positive"}}),
    ],
)
def test_values_of_labels_mean_in_a_measurement_what_they_mean_in_a_training(
    model, tmp_path, values, how
):
    rows = [(text, label) for text, label in make_texts(20)]
    names = write_csv(tmp_path / "names.csv", rows)
    other = {"negative": values[0], "positive": values[1]}
    file = write_csv(tmp_path / "a.csv", [(text, other[label]) for text, label in rows])
    expected = sentilora.evaluate(model, names, **FAST).metrics
    assert sentilora.evaluate(model, file, **how, **FAST).metrics == expected


@pytest.mark.parametrize(("values", "way"), [((1, 2), "1=negative"), ((-1, 1), "-1=negative")])
def test_numbers_that_are_not_the_model_s_ids_are_refused_with_a_way(model, tmp_path, values, way):
    file = write_csv(tmp_path / "a.csv", [("good", values[1]), ("bad", values[0])])
    with pytest.raises(DataError, match=f'labels=."{way}"'):
        sentilora.evaluate(model, file, skip_bad_rows=True, **FAST)


def test_words_for_none_are_not_told_as_labels_that_the_model_lacks(model, tmp_path):
    file = write_csv(tmp_path / "a.csv", [*make_texts(20), ("good", "nan")])
    with pytest.raises(DataError, match=r"a\.csv: a word for no label .*row 21"):
        sentilora.evaluate(model, file, **FAST)


def test_a_language_that_the_base_does_not_read_is_noted(model, monkeypatch):
    base = "sentence-transformers/all-MiniLM-L6-v2"
    settings = dataclasses.replace(model.artifact.settings, base=base)
    artifact = dataclasses.replace(model.artifact, settings=settings)
    monkeypatch.setattr(model, "artifact", artifact)
    german = ["Die Lampe ist schön und hell", "Nach zwei Tagen kaputt, niemand hilft"] * 20
    data = {"text": german, "label": ["positive", "negative"] * 20}
    report = sentilora.evaluate(model, data, **FAST)
    assert any("40 of 40 texts do not look English" in one for one in report.data["data"]["notes"])
