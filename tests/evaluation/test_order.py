"""``evaluate`` with pairs, ratings and groups, against what predictions say."""

import csv
import json

import numpy as np
import pytest
from scipy.stats import spearmanr

import sentilora
from sentilora.data.pairs.preference_pairs import PairFile
from sentilora.errors import ConfigError, DataError
from tests.helpers.texts import make_texts, write_csv

FAST = {"resamples": 100}


@pytest.fixture(scope="module")
def model(tiny_run):
    return sentilora.load(tiny_run.path, device="cpu")


def write_rows(path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


@pytest.fixture
def rated(tmp_path):
    """Write 40 labelled rows with a rating and a group of two each; some ratings are odd."""
    rows = make_texts(40, seed=9)
    table = [
        (text, label, (1 + i % 3) if label == "negative" else (8 + i % 3), i // 2)
        for i, (text, label) in enumerate(rows)
    ]
    return write_rows(tmp_path / "rated.csv", ("text", "label", "stars", "pair"), table), table


def signed(model, texts):
    return np.asarray([one.signed for one in model.predict(texts)])


def test_ranking_accuracy_is_counted_over_the_pairs(model, rated, tmp_path):
    texts = [text for text, _ in make_texts(60, seed=10)]
    sides = list(zip(texts[::2], texts[1::2], strict=True))
    pairs = write_rows(tmp_path / "p.csv", ("text_preferred", "text_other"), sides)
    report = sentilora.evaluate(model, rated[0], label="label", pairs=pairs, **FAST)
    first, second = (signed(model, [side[i] for side in sides]) for i in (0, 1))
    expected = float((first > second).mean() + 0.5 * (first == second).mean())
    part = report.data["pairs"]
    assert part["metrics"] == {"ranking_accuracy": expected, "pairs": 30, "units": 30}
    low, high = part["intervals"]["ranking_accuracy"]
    assert low <= expected <= high
    assert (part["kind"], part["source"], part["skipped"]) == ("graded texts", "p.csv", 0)


def test_texts_that_are_measured_anyway_are_scored_once(model, rated, tmp_path):
    path, table = rated
    texts = [row[0] for row in table]
    sides = [*zip(texts[::2], texts[1::2], strict=True), (texts[0], "a new text")]
    pairs = write_rows(tmp_path / "p.csv", ("text_preferred", "text_other"), sides)
    told = []
    report = sentilora.evaluate(
        model, path, label="label", pairs=pairs, listener=told.append, **FAST
    )
    totals = {event["name"]: event["total"] for event in told if event["kind"] == "phase"}
    assert totals["score the pairs"] == 1
    first, second = (signed(model, [side[i] for side in sides]) for i in (0, 1))
    expected = float((first > second).mean())
    assert report.data["pairs"]["metrics"]["ranking_accuracy"] == pytest.approx(expected)


def test_label_preferences_are_counted_by_probability(model, rated, tmp_path):
    rows = make_texts(20, seed=11)
    lines = [
        {"text": text, "chosen": label, "rejected": "positive" if i < 5 else "negative"}
        for i, (text, label) in enumerate(rows)
    ]
    lines = [line for line in lines if line["chosen"] != line["rejected"]]
    path = tmp_path / "p.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    report = sentilora.evaluate(model, rated[0], label="label", pairs=path, **FAST)
    predictions = model.predict([line["text"] for line in lines])
    expected = np.mean(
        [
            one.probabilities[line["chosen"]] > one.probabilities[line["rejected"]]
            for one, line in zip(predictions, lines, strict=True)
        ]
    )
    assert report.data["pairs"]["metrics"]["preference_accuracy"] == pytest.approx(expected)


def test_rank_correlation_and_consistency_are_those_of_the_rows(model, rated):
    path, table = rated
    report = sentilora.evaluate(model, path, label="label", rating="stars", group="pair", **FAST)
    scores = signed(model, [row[0] for row in table])
    expected = spearmanr(scores, [row[2] for row in table]).statistic
    ratings = report.data["ratings"]
    assert ratings["column"] == "stars"
    assert ratings["metrics"] == {"spearman": pytest.approx(expected), "rows": 40}
    assert len(ratings["intervals"]["spearman"]) == 2
    predictions = model.predict([row[0] for row in table])
    is_right = [one.label == row[1] for one, row in zip(predictions, table, strict=True)]
    whole = np.mean([is_right[i] and is_right[i + 1] for i in range(0, 40, 2)])
    groups = report.data["groups"]
    assert groups["metrics"] == {"consistency": pytest.approx(whole), "groups": 20}


def test_ratings_follow_their_rows_when_others_are_left_out(model, tmp_path):
    rows = [(text, label, i) for i, (text, label) in enumerate(make_texts(20, seed=12))]
    bad = [*rows[:5], ("", "negative", "x"), *rows[5:]]
    whole = write_rows(tmp_path / "whole.csv", ("text", "label", "score"), rows)
    holed = write_rows(tmp_path / "holed.csv", ("text", "label", "score"), bad)
    one = sentilora.evaluate(model, whole, rating="score", **FAST)
    other = sentilora.evaluate(model, holed, rating="score", skip_bad_rows=True, **FAST)
    assert one.data["ratings"]["metrics"] == other.data["ratings"]["metrics"]


def test_a_report_without_them_has_none_of_these_parts(model, rated):
    report = sentilora.evaluate(model, rated[0], label="label", **FAST)
    assert not {"pairs", "ratings", "groups"} & set(report.data)


def test_baselines_learn_from_a_file_without_groups(model, rated, tiny_data):
    report = sentilora.evaluate(
        model,
        rated[0],
        label="label",
        group="pair",
        baselines=["majority"],
        train=tiny_data / "train.csv",
        **FAST,
    )
    assert set(report.baselines) == {"majority"}
    assert report.data["groups"]["metrics"]["groups"] == 20


def test_what_is_wrong_is_said_before_the_work(model, rated, tmp_path):
    path, _ = rated
    with pytest.raises(DataError, match=r"no column 'grade' for rating=…. Found: 'text', 'label'"):
        sentilora.evaluate(model, path, label="label", rating="grade", **FAST)
    with pytest.raises(DataError, match=r"no number in column 'label': row 1 \('negative'\)"):
        sentilora.evaluate(model, path, label="label", rating="label", **FAST)
    pairs = write_rows(tmp_path / "p.csv", ("text_preferred", "text_other"), [("a", "A")])
    with pytest.raises(DataError, match="the two texts are the same: row 1"):
        sentilora.evaluate(model, path, label="label", pairs=pairs, **FAST)


def test_texts_in_another_file_can_be_named(model, rated, tmp_path):
    rows = make_texts(10, seed=13)
    numbered = [(f"t{i}", text) for i, (text, _) in enumerate(rows)]
    texts = write_rows(tmp_path / "texts.csv", ("id", "text"), numbered)
    sides = [("t1", "t0"), ("t3", "t2")]
    pairs = write_rows(tmp_path / "p.csv", ("hi", "lo"), sides)
    file = PairFile(str(pairs), {"text_preferred": "hi", "text_other": "lo"}, str(texts), "id")
    report = sentilora.evaluate(model, rated[0], label="label", pairs=file, **FAST)
    assert report.data["pairs"]["metrics"]["pairs"] == 2


def test_labels_without_two_sides_have_no_order(tiny_base, tmp_path, rated):
    from tests.helpers.tiny_settings import TINY_SETTINGS

    rows = [
        (text, {"negative": "refund", "positive": "praise"}[label])
        for text, label in make_texts(80, seed=14)
    ]
    run = sentilora.train(
        write_csv(tmp_path / "a.csv", rows),
        config={
            **TINY_SETTINGS,
            "base": str(tiny_base),
            "output": str(tmp_path),
            "report.baselines": [],
            "training.max_steps": 1,
        },
    )
    data = write_rows(tmp_path / "b.csv", ("text", "label", "n"), [(*row, 1) for row in rows[:10]])
    with pytest.raises(ConfigError, match=r"by the labels praise, refund"):
        sentilora.evaluate(run.path, data, rating="n", **FAST)
