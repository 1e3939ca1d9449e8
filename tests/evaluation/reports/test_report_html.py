"""The page says what was measured, needs nothing but itself, and trusts no name."""

import pytest

from sentilora.evaluation.reports.report import Report
from sentilora.evaluation.reports.report_html import label_tones, render_html
from sentilora.labels import BINARY
from tests.helpers.html_page import NASTY, Page, assert_described, assert_self_contained


def page_of(report):
    return render_html(Report.from_dict(report))


def test_the_page_parses_is_self_contained_and_says_the_result(report):
    page = assert_self_contained(page_of(report))
    assert "91.9 % of 1,200 test texts right" in page.text.replace("\u00a0", " ")
    for said in (
        "TF-IDF + logistic regression",
        "minilm before training",
        "McNemar",
        "Expected calibration error",
        "kept: step 420",
        "12.4 Wh",
        "2.9 % of 23.4 M",
        "3, listed in skipped.jsonl",
        "labels 0, 1, 2 read as negative, neutral, positive",
        "Proved by reload",
        "sentilora predict .",
    ):
        assert said in page.text, said


def test_tables_and_pictures_are_told_to_screen_readers(report):
    page = Page(page_of(report))
    assert ("html", "lang", "en") in page.attributes
    described = [
        value for tag, name, value in page.attributes if (tag, name) == ("svg", "aria-label")
    ]
    assert len(described) == page.tags["svg"] == 3
    assert all(described)
    assert_described(page)


def test_every_cell_of_the_confusion_matrix_is_there(report):
    text = Page(page_of(report)).text
    for row in report["after"]["confusion"]:
        for number in row:
            assert str(number) in text


def test_hostile_names_are_escaped(report):
    def poisoned(value):
        if isinstance(value, dict):
            return {
                NASTY if key == "neutral" else key: poisoned(item) for key, item in value.items()
            }
        if isinstance(value, list):
            return [poisoned(item) for item in value]
        return NASTY if value == "neutral" else value

    report = poisoned(report)
    report["run"] |= {"name": NASTY, "base": NASTY, "hub_id": NASTY}
    report["data"] |= {"source": NASTY, "notes": [NASTY]}
    report["skipped_baselines"] = {NASTY: NASTY}
    page = assert_self_contained(page_of(report))
    assert page.text.count('alert("x")') > 5


def test_an_evaluation_without_training_has_a_page(binary_report):
    kept = ("format", "metrics", "intervals", "after")
    report = {key: binary_report[key] for key in kept}
    report |= {"run": {"labels": list(BINARY)}, "data": {"source": "x.csv", "test": 1200}}
    text = assert_self_contained(page_of(report)).text
    assert "evaluation report" in text
    assert "Measured on 1,200 test texts" in text
    assert "What it cost" not in text
    assert "None" not in text


def test_the_least_a_report_can_hold_has_a_page():
    report = {"metrics": {"accuracy": 1.0, "rows": 2}}
    assert "100.0 %" in assert_self_contained(page_of(report)).text.replace("\u00a0", " ")


def test_figures_that_were_not_measured_are_left_out(report):
    report["cost"] |= {"energy_kwh": None, "co2_g": None, "energy_method": "not measured"}
    report["data"]["truncated_share"] = None
    report["best_step"] = None
    report["loss_curve"][3]["loss"] = None
    text = assert_self_contained(page_of(report)).text
    assert "CO₂ equivalent" not in text
    assert "None" not in text
    assert "nan" not in text.split()


def test_a_long_training_still_makes_a_small_page(report):
    report["loss_curve"] = [{"step": step, "loss": 1 / step} for step in range(1, 100_000)]
    assert len(page_of(report)) < 80_000


@pytest.mark.parametrize(
    ("names", "tones"),
    [
        (("negative", "positive"), ["d0", "d4"]),
        (("positive", "negative"), ["d4", "d0"]),
        (("negative", "neutral", "positive"), ["d0", "d2", "d4"]),
        (("1", "2", "3", "4", "5"), ["d0", "d1", "d2", "d3", "d4"]),
        (("sport", "politics"), ["q0", "q1"]),
        ((), []),
    ],
)
def test_colours_follow_the_sentiment(names, tones):
    assert label_tones(names) == tones


def test_the_order_of_pairs_has_a_section_where_it_was_measured(report):
    assert "The order of texts" not in page_of(report)
    part = {"metrics": {"ranking_accuracy": 0.5, "pairs": 200, "units": 9}, "intervals": {}}
    after = {**part, "metrics": {**part["metrics"], "ranking_accuracy": 0.8125}}
    page = page_of({**report, "pairs": {"before": part, "after": after}})
    section = page[page.index("The order of texts") :]
    assert section.index("50.0 %") < section.index("81.2 %")
    assert "Before training" in section
