"""Page *Label*: texts asked for one by one, keys, undo, what is kept, and what comes out."""

import csv
import io

import numpy as np
import pytest

from sentilora.errors import DataError
from sentilora.insights.feedback import Feedback
from sentilora.insights.survey.survey import Survey
from sentilora.labels import Labels
from sentilora.message import Message, setting
from sentilora.ui.models.label_survey import LABELS_FILE, LabelSurvey
from sentilora.ui.views import label_page
from tests.helpers.app_page import button, html_of, problem

NAMES = ("negative", "neutral", "positive")
TEXTS = [f"the *parcel* number {n} is <b>late</b>" for n in range(40)]
ROWS = "\n".join(
    f"2026-11-{1 + n % 28:02d},{text},{('A&B', 'C')[n % 2]}" for n, text in enumerate(TEXTS)
)
FILE = f"created,message,brand\n{ROWS}\n".encode()


def survey(rows):
    told = np.random.default_rng(0).dirichlet([1, 1, 1], len(TEXTS))
    dates = np.arange("2026-11-01", "2026-12-11", dtype="datetime64[D]")
    brands = {"brand": np.array(["A&B"] * len(TEXTS), dtype=object)}
    feedback = Feedback(
        source="tickets.csv",
        texts=TEXTS,
        rows=np.arange(len(TEXTS)),
        labels=Labels(NAMES),
        dates=dates,
        segments=brands,
    )
    return Survey(feedback, told, rows, 0)


def opened(model, asked, home, *, spelling, listener):
    """Stand for the reading and scoring of a file."""
    folder = home / "survey"
    folder.mkdir(exist_ok=True)
    notes = (Message("two rows are left out").spelled(spelling),)
    return LabelSurvey(asked, survey(asked.rows), folder / LABELS_FILE, notes)


@pytest.fixture
def label(open_page, monkeypatch):
    """Open the page, and begin with a file unless a visit goes on."""
    monkeypatch.setattr(label_page, "open_label_survey", opened)
    monkeypatch.setattr(label_page, "SEEN_S", 0.0)

    def start(rows=12, visit=None):
        page = open_page("label", visit)
        if visit is None:
            page.file_uploader[0].upload("tickets.csv", FILE).run()
            page.number_input(key="label-rows").set_value(rows).run()
            button(page, "Begin").click().run()
            while "label-opened" not in kept(page):
                page.run()
            page.run()
        assert not page.exception
        return page

    return start


def kept(page):
    return page.session_state["session"].visit.kept


def progress(page):
    (found,) = page.get("progress")
    return found.proto.text


def press(page, *labels):
    for name in labels:
        button(page, name).click().run()
        assert not page.exception
    return page


def shown_text(page):
    (found,) = [one for one in page.get("html") if "sl-text" in one.body]
    return found.body


def test_one_text_is_shown_at_a_time_with_a_key_a_label(label):
    page = label()
    assert progress(page) == "0 of 12 labelled"
    assert "the *parcel* number" in shown_text(page)
    assert "&lt;b&gt;late&lt;/b&gt;" in shown_text(page)
    assert any("brand\\: A&B" in one.value for one in page.caption)
    assert [button(page, name).proto.shortcut for name in NAMES] == ["1", "2", "3"]
    assert button(page, "Skip").proto.shortcut == "s"
    assert button(page, "Undo").disabled
    assert not [one for one in page.get("html") if "sl-table" in one.body]


def test_labels_are_kept_at_once_skipped_and_taken_back(label):
    page = label()
    first = shown_text(page)
    press(page, "negative")
    assert progress(page) == "1 of 12 labelled"
    second = shown_text(page)
    press(page, "Skip")
    assert shown_text(page) not in (first, second)
    press(page, "Undo")
    assert shown_text(page) == second
    press(page, "Undo")
    assert (shown_text(page), progress(page)) == (first, "0 of 12 labelled")


def test_how_sure_the_shares_are_is_told_from_ten_labels_on(label):
    page = press(label(), *["negative"] * 9)
    assert "Shares are corrected from 10 labels on: 1 to go." in [o.value for o in page.caption]
    press(page, "positive")
    (told,) = [one.value for one in page.caption if one.value.startswith("How sure")]
    assert told.count("±") == 3


def test_the_end_shows_shares_file_and_where_to_take_it(label):
    page = press(label(), *["negative", "positive"] * 6)
    assert page.success[0].value == "All labelled."
    (table,) = [one.body for one in page.get("html") if "sl-table" in one.body]
    found = kept(page)["label-opened"]
    for name, share in found.survey.shares().items():
        assert name in table
        assert f"{100 * share.low:.0f}" in table
    rows = list(csv.DictReader(io.StringIO(found.download().decode())))
    assert len(rows) == 12
    assert {row["label"] for row in rows} == {"negative", "positive"}
    (command,) = [one.value for one in page.code]
    assert command.startswith("sentilora insights ")
    assert command.endswith(
        "tickets.csv --text message --date created --segment brand --labelled labels.csv"
    )
    press(page, "Label 20 more")
    assert progress(page) == "12 of 32 labelled"


def test_a_page_that_is_loaded_again_goes_on(label):
    page = press(label(), "negative", "positive")
    again = label(visit=page.session_state["session"].visit.token)
    assert progress(again) == "2 of 12 labelled"
    assert shown_text(again) == shown_text(page)


def test_other_texts_and_back_goes_on_with_the_file(label):
    page = press(label(), "negative", "positive", "Other texts")
    assert page.number_input(key="label-rows").value == 12
    press(page, "Begin")
    while "label-opened" not in kept(page):
        page.run()
    page.run()
    assert progress(page) == "2 of 12 labelled"


def test_labels_of_another_day_are_taken_in_or_refused(label):
    page = press(label(), *["positive"] * 3)
    content = kept(page)["label-opened"].download()
    other = label()
    button_of_upload(other, content)
    assert progress(other) == "3 of 12 labelled"
    button_of_upload(other, content.replace(b"parcel", b"letter"))
    assert "labels.csv" in problem(other)
    assert "are not of these texts" in problem(other)


def button_of_upload(page, content):
    page.file_uploader[0].upload("labels.csv", content).run()
    press(page, "Take in its labels")


def test_a_key_that_is_held_down_labels_once(label, monkeypatch):
    page = label()
    monkeypatch.setattr(label_page, "SEEN_S", 60.0)
    press(page, "negative", "negative")
    assert progress(page) == "0 of 12 labelled"


def test_a_key_before_the_first_drawing_has_ended_labels_nothing(label, monkeypatch):
    monkeypatch.setattr(label_page, "SEEN_S", 0.1)
    page = label()
    del page.session_state[label_page._SEEN]
    press(page, "negative")
    assert progress(page) == "0 of 12 labelled"


def test_what_cannot_be_labelled_is_told_in_the_words_of_the_page(open_page, monkeypatch):
    def refuse(*_, **__):
        raise DataError(f"tickets.csv has one text. Choose {setting('rows', 5)}.")

    monkeypatch.setattr(label_page, "open_label_survey", refuse)
    page = open_page("label")
    page.file_uploader[0].upload("tickets.csv", FILE).run()
    button(page, "Begin").click().run()
    assert problem(page) == "tickets.csv has one text. Choose “Texts to label” (5)."
    assert html_of(page) == ""


def test_a_file_is_opened_with_the_answers_of_the_model(open_page):
    page = open_page("label")
    page.file_uploader[0].upload("tickets.csv", FILE).run()
    button(page, "Begin").click().run()
    for _ in range(50):
        if "label-opened" in kept(page):
            break
        page.run()
    page.run()
    assert not page.exception
    found = kept(page)["label-opened"]
    assert found.survey.feedback.texts == TEXTS
    assert found.survey.probabilities.shape == (40, len(found.survey.feedback.labels.names))
    assert progress(page) == "0 of 40 labelled"
