"""The page says what was measured, needs nothing but itself, and trusts no name."""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from sentilora.evaluation.reports.report import Report
from sentilora.evaluation.reports.report_html import label_tones, render_html
from sentilora.labels import BINARY

VOID = {"meta", "link", "br", "hr", "img", "input"}
NASTY = '<script>alert("x")</script>'


def page_of(report):
    return render_html(Report.from_dict(report))


class Page(HTMLParser):
    """Collects what a browser would see, and fails on tags that do not match."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.attributes, self.words = [], Counter(), [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags[tag] += 1
        self.attributes += [(tag, *pair) for pair in attributes]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags[tag] += 1
        self.attributes += [(tag, *pair) for pair in attributes]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words))


def assert_self_contained(text):
    page = Page(text)
    assert not {"script", "link", "iframe", "object", "embed", "img", "base"} & set(page.tags)
    for tag, name, value in page.attributes:
        assert name not in {"src", "srcset", "data", "action", "background"}, (tag, name)
        assert not name.startswith("on"), (tag, name)
        assert not re.search(r"https?:|//", value or "") or (tag, name) == ("a", "href")
    assert "url(" not in text
    assert "@import" not in text
    return page


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
    scopes = [value for tag, name, value in page.attributes if (tag, name) == ("th", "scope")]
    assert len(scopes) == page.tags["th"]
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    named = [
        v for _, name, value in page.attributes if name == "aria-labelledby" for v in value.split()
    ]
    assert set(named) <= set(ids)


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
