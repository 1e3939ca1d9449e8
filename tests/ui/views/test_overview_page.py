"""Page *Overview*: boxes, cards, themes and filters, and the messages that each figure lists."""

import datetime as dt
from functools import partial

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from sentilora.errors import DataError
from sentilora.insights.feedback import Feedback
from sentilora.insights.report.insight_files import write_insights
from sentilora.labels import Labels
from sentilora.ui.models.analysed_file import MESSAGES, AnalysedFile
from sentilora.ui.models.messages import join_messages
from sentilora.ui.views import overview_page
from sentilora.ui.views.feedback.overview_messages import compared_period, periods_by_name
from tests.helpers.app_page import box, button, problem
from tests.helpers.insight_reports import CREW, LUGGAGE, airline_report, plain_report

BRANDS = ("United", "Aer Lingus", "US Airways")


def feedback():
    numbers = range(745)
    days = [dt.date(2026, 9, 28) + dt.timedelta(days=n // 12) for n in numbers]
    return Feedback(
        source="tickets.csv",
        texts=[f"message {n} about a bag" for n in numbers],
        rows=np.arange(745),
        labels=Labels(("negative", "neutral", "positive")),
        dates=np.array(days, dtype="datetime64[D]"),
        segments={"brand": np.array([BRANDS[n % 3] for n in numbers], dtype=object)},
    )


def statements():
    themes = [LUGGAGE if n % 10 == 0 else CREW if n % 10 == 1 else None for n in range(745)]
    return pa.table(
        {
            "row": np.arange(745),
            "statement": [f"message {n} about a bag" for n in range(745)],
            "label": ["negative" if n % 2 else "positive" for n in range(745)],
            "score": pa.array([0.9] * 745, pa.float32()),
            "theme": pa.array(themes, pa.string()),
        }
    )


def found_in(report, model, asked, home, *, spelling, listener):
    """Stand for the analysis: write a made-up report and its messages."""
    listener({"kind": "phase", "name": "find themes", "total": None})
    folder = home / "found"
    write_insights(report, folder)
    parquet.write_table(join_messages(statements(), feedback()), folder / MESSAGES)
    parquet.write_table(statements(), folder / "statements.parquet")
    return AnalysedFile(asked, report, folder, "16:35")


@pytest.fixture
def overview(open_page, monkeypatch):
    """Open the page on a file that says what a report says."""

    def start(report=None):
        work = partial(found_in, report or airline_report())
        monkeypatch.setattr(overview_page, "analyse", work)
        page = open_page("overview")
        rows = [
            f"2026-11-{1 + n % 28:02d},bag number {n} is lost,{BRANDS[n % 3]}" for n in range(60)
        ]
        content = "\n".join(["created,message,brand", *rows]).encode()
        page.file_uploader[0].upload("tickets.csv", content).run()
        return page

    return start


def analysed(page):
    button(page, "Analyse").click().run()
    for _ in range(50):
        if "overview-working" not in page.session_state["session"].visit.kept:
            break
        page.run()
    assert not page.exception
    assert not page.error
    return page


def listed(page):
    return page.dataframe[-1].value


def captions(page):
    return [one.value for one in page.caption]


def test_columns_of_dates_and_segments_are_proposed(overview):
    page = overview()
    assert box(page, "Column with the texts").value == "message"
    assert box(page, "Column with the dates").value == "created"
    (segments,) = [one for one in page.multiselect if one.label == "Columns to compare by"]
    assert segments.value == ["brand"]
    assert not button(page, "Analyse").disabled


def test_a_file_is_told_in_sentences_cards_and_themes(overview):
    page = analysed(overview())
    assert page.header[0].value.startswith("tickets.csv, tiny, 16")
    assert any("86 texts, 64 % negative" in one.value for one in page.markdown)
    labels = [one.label for one in page.button]
    assert "**86 texts**" in labels
    assert "**64 %**" in labels
    assert "↗ **I still have no bag and nobody knows where it is**" in labels
    assert "→ **The crew was kind to my mother**" in labels
    heads = [one.value for one in page.subheader]
    assert heads == ["Mood over time", "Pain points and delights", "Segments", "Messages"]
    folded = [one.label for one in page.expander][-2:]
    assert folded == ["Not sure to be themes (1)", "No more than chance (1)"]
    downloads = [one.label for one in page.get("download_button")]
    assert downloads[:3] == ["Weekly report (HTML)", "Report (JSON)", "All statements"]


def test_a_click_on_a_theme_lists_its_messages(overview):
    page = analysed(overview())
    assert "745 statements in 745 texts." in captions(page)
    button(page, "↗ **I still have no bag and nobody knows where it is**").click().run()
    assert "75 statements in 75 texts." in captions(page)
    shown = listed(page)
    assert set(shown["Theme"]) == {"I still have no bag and nobody knows where it is"}
    assert list(shown["Row"][:2]) == [1, 11]
    assert box(page, "Theme").value == LUGGAGE


def test_a_click_on_a_card_lists_the_period_it_tells_of(overview):
    page = analysed(overview())
    button(page, "**64 %**").click().run()
    days = set(listed(page)["Date"])
    assert min(days) >= dt.date(2026, 11, 23)
    assert box(page, "Period").value == "23–28 Nov 2026"
    assert any("**here " in one and " of " in one for one in captions(page))
    button(page, "**1**").click().run()  # new or rising themes
    assert box(page, "Period").value == "all"
    assert box(page, "Theme").value == LUGGAGE


def test_a_month_that_is_compared_is_listed_among_weeks():
    weeks = airline_report()
    assert next(iter(periods_by_name(weeks))) == compared_period(weeks, weeks.comparison)
    month = {"start": dt.date(2026, 11, 1), "end": dt.date(2026, 11, 30)}
    compared = weeks.comparison.model_copy(update=month)
    report = weeks.model_copy(update={"comparison": compared})
    name = compared_period(report, compared)
    assert name == "1–30 Nov 2026"
    assert periods_by_name(report) == {name: tuple(month.values()), **periods_by_name(weeks)}


def test_a_click_on_a_segment_lists_its_messages(overview):
    page = analysed(overview())
    button(page, "**brand\\: United**").click().run()
    assert set(listed(page)["brand"]) == {"United"}
    page.text_input(key="overview-words").set_value("Message 300 ").run()
    assert list(listed(page)["Row"]) == [301]


def test_kinds_choose_themes(overview):
    page = analysed(overview())
    (kinds,) = (
        [one for one in page.pills if one.key == "overview-kinds"]
        if hasattr(page, "pills")
        else [one for one in page.button_group if one.key == "overview-kinds"]
    )
    kinds.set_value(["praise"]).run()
    labels = [one.label for one in page.button]
    assert "→ **The crew was kind to my mother**" in labels
    assert "↗ **I still have no bag and nobody knows where it is**" not in labels


def test_a_small_file_without_dates_has_cards_and_messages(overview):
    page = analysed(overview(plain_report()))
    assert [one.value for one in page.subheader] == ["Pain points and delights", "Messages"]
    assert "No theme was found in 24 statements." in captions(page)


def test_figures_under_new_choices_say_that_they_are_from_before(overview):
    page = analysed(overview())
    assert not page.warning
    box(page, "Column with the dates").set_value(None).run()
    assert "from before" in page.warning[0].value


def test_what_cannot_be_analysed_is_told_in_the_words_of_the_page(overview, monkeypatch):
    def refuse(*_, **__):
        raise DataError("tickets.csv has no date.")

    page = overview()
    monkeypatch.setattr(overview_page, "analyse", refuse)
    button(page, "Analyse").click().run()
    assert problem(page) == "tickets.csv has no date."


def test_the_sample_needs_no_file(open_page, monkeypatch):
    monkeypatch.setattr(overview_page, "analyse", partial(found_in, airline_report()))
    page = open_page("overview")
    assert not [one for one in page.button if one.label == "Analyse"]
    page.radio[0].set_value("The sample").run()
    analysed(page)
    assert page.header[0].value.startswith("the sample, tiny, ")


def test_dates_that_can_be_read_in_two_ways_are_asked_about(open_page):
    rows = "\n".join(f"0{day}/11/2026,the bag number {day} is lost" for day in range(1, 8))
    page = open_page("overview")
    page.file_uploader[0].upload("a.csv", f"when,message\n{rows}\n".encode()).run()
    (order,) = [one for one in page.radio if one.label == "How the dates are written"]
    assert order.value is None
    assert order.options == ["the file tells", "day first", "month first"]
