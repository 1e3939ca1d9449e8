"""The model beside its untrained self and the baselines: one order and one spelling."""

import pytest

from benchmarks import table
from sentilora.cli.report_tables import comparison_table
from sentilora.config import RunConfig
from sentilora.evaluation.baselines import BASELINES
from sentilora.evaluation.reports import wording
from sentilora.evaluation.reports.comparison import (
    baseline_name,
    best_baseline,
    caution,
    comparison,
    headline,
    plain_words,
    verdict,
)
from sentilora.evaluation.reports.model_card import render_card
from sentilora.evaluation.reports.report import Report
from sentilora.evaluation.reports.report_html import render_html


def test_the_headline_says_the_result_and_what_it_is_compared_with(report):
    report["metrics"] |= {"accuracy": 0.918, "rows": 25_000}
    report["intervals"]["accuracy"] = [0.915, 0.922]
    report["before"]["metrics"]["accuracy"] = 0.502
    report["baselines"]["tfidf"]["metrics"]["accuracy"] = 0.9085
    assert headline(Report.from_dict(report)) == (
        "91.8 % of 25,000 test texts right [91.5, 92.2]; minilm before training: 50.2 %, "
        "TF-IDF + logistic regression: 90.8 %"
    )


def test_the_headline_of_an_evaluation_alone():
    report = {"metrics": {"accuracy": 0.5, "rows": 4}}
    assert headline(Report.from_dict(report)) == "50.0 % of 4 test texts right"


@pytest.mark.parametrize(
    ("ours", "theirs", "p_value", "start"),
    [
        (90, 40, 0.0001, "Better than TF-IDF + logistic regression by more than luck: 90 texts"),
        (40, 90, 0.0001, "Worse than TF-IDF + logistic regression by more than luck: 40 texts"),
        (42, 40, 0.9, "Not distinguishable from TF-IDF + logistic regression"),
    ],
)
def test_the_verdict_is_honest(report, ours, theirs, p_value, start):
    report["significance"] = {
        "against": "tfidf",
        "only_model_right": ours,
        "only_baseline_right": theirs,
        "p_value": p_value,
    }
    assert verdict(Report.from_dict(report)).startswith(start)


@pytest.mark.parametrize(
    ("p_value", "end"),
    [
        (0.0001, "The difference is not luck (p < 0.001)."),
        (0.3, "The difference can be luck: more test texts would tell (p = 0.300)."),
    ],
)
def test_the_plain_words_say_how_often_it_is_right_and_whether_that_is_luck(report, p_value, end):
    report["metrics"]["accuracy"] = 0.815
    report["intervals"]["accuracy"] = [0.739, 0.882]
    for baseline in report["baselines"].values():
        baseline["metrics"]["accuracy"] = 0.5
    report["baselines"]["tfidf"]["metrics"]["accuracy"] = 0.58
    report["significance"] = {
        "against": "tfidf",
        "only_model_right": 9,
        "only_baseline_right": 4,
        "p_value": p_value,
    }
    assert plain_words(Report.from_dict(report)) == (
        "right on 82 of 100 texts (74 to 88 on other texts of this kind); the best simple method, "
        f"TF-IDF + logistic regression, on 58. {end}"
    )


def test_the_plain_words_of_an_evaluation_alone():
    report = {"metrics": {"accuracy": 0.5, "rows": 4}}
    assert plain_words(Report.from_dict(report)) == "right on 50 of 100 texts."


SEEN = {
    "train": 426,
    "validation": 60,
    "unseen": 107,
    "metrics": {"accuracy": 0.8151, "macro_f1": 0.7},
    "intervals": {"accuracy": [0.739, 0.882], "macro_f1": [0.6, 0.8]},
}


def test_texts_that_were_learned_from_are_told_with_the_figures_on_the_others(report):
    told = caution(Report.from_dict({**report, "seen": SEEN}))
    assert told == (
        "426 of 593 texts were learned from, 60 more used to choose and calibrate the model: "
        "figures that count them say little about new texts. On the 107 others: accuracy 81.5 % "
        "[73.9 – 88.2], macro F1 70.0 % [60.0 – 80.0]."
    )
    assert caution(Report.from_dict(report)) is None


def test_a_file_without_a_new_text_is_told_as_one(report):
    report["seen"] = {"train": 5, "validation": 0, "unseen": 0}
    assert caution(Report.from_dict(report)) == (
        "5 of 5 texts were learned from: figures that count them say little about new texts. None "
        "of the texts is new to the model; measure it on others."
    )


def test_page_card_and_json_hold_what_was_seen(report):
    one = Report.from_dict({**report, "seen": SEEN})
    assert one.to_dict()["seen"] == SEEN
    assert caution(one) in render_card(one)
    assert "426 of 593 texts were learned from" in render_html(one)
    assert "learned from" not in render_html(Report.from_dict(report))


def test_there_is_no_verdict_without_baselines(report):
    report["significance"] = None
    assert verdict(Report.from_dict(report)) is None


def test_the_comparison_goes_from_the_baselines_over_the_untrained_to_the_model(report):
    lines = comparison(Report.from_dict(report))
    assert [line.key for line in lines] == [*BASELINES, "before", "model"]
    assert [line.name for line in lines] == [
        "majority class",
        "VADER",
        "TF-IDF + logistic regression",
        "frozen encoder + logistic regression",
        "minilm before training",
        "minilm + LoRA",
    ]
    assert lines[-1].what == "this model, trained with LoRA"
    assert lines[-1].metrics == report["metrics"]
    report["run"] |= {"method": "full", "start": "mine"}
    lines = comparison(Report.from_dict(report))
    assert (lines[-1].name, lines[-1].what) == ("minilm", "this model, all weights trained")
    assert lines[-2].name == "mine before training"


def test_the_best_baseline_is_the_most_accurate_one(report):
    best = best_baseline(Report.from_dict(report))
    assert best is not None
    assert best.key == "tfidf"
    report["baselines"]["vader"]["metrics"]["accuracy"] = 1.0
    best = best_baseline(Report.from_dict(report))
    assert best is not None
    assert best.key == "vader"
    report["baselines"] = {}
    assert best_baseline(Report.from_dict(report)) is None


def test_every_baseline_of_a_config_has_a_name_and_a_runner():
    assert RunConfig().report.baselines == list(BASELINES)
    assert baseline_name("tfidf") == "TF-IDF + logistic regression"
    assert baseline_name("unheard of") == "unheard of"


def test_the_terminal_the_page_the_card_and_the_benchmarks_show_the_same_lines(report):
    report = Report.from_dict(report)
    names = [line.name for line in comparison(report)]
    heads = [column.title for column in wording.COLUMNS]
    shown = comparison_table(report)
    assert list(shown.columns[0].cells) == names
    assert [column.header for column in shown.columns[1:]] == [c.heading for c in wording.COLUMNS]
    others = [f"| {name} |" for name in names[:-1]]
    for text, ways in (
        (render_html(report), [f'scope="row">{name}<' for name in names]),
        (render_card(report), [*others, f"| **{names[-1]}** |"]),
        (table.table(report), [*others, f"| **{names[-1]}, preset balanced** |"]),
    ):
        places = [text.index(way) for way in ways]
        assert places == sorted(places)
    for text in (render_html(report), render_card(report)):
        assert all(head in text for head in heads)
