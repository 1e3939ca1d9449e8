"""The page says what was found, with its evidence, needs nothing but itself, and trusts no text."""

import datetime as dt
import html
import re
from xml.etree import ElementTree as ET

import pytest

from sentilora.insights.insight_report import InsightReport, Period
from sentilora.insights.report.insights_html import render_insights_html
from tests.helpers.html_page import NASTY, assert_described, assert_self_contained
from tests.helpers.insight_reports import airline_report, estimate, plain_report


@pytest.fixture(scope="module")
def report():
    return airline_report()


@pytest.fixture(scope="module")
def page(report):
    return assert_self_contained(render_insights_html(report))


def spoken(page):
    return page.text.replace("\u00a0", " ")


def test_the_page_tells_all_parts_in_the_order_of_the_questions(page):
    heads = (
        "This week (23–28 Nov 2026, not over yet): 86 texts, 64 % negative (53–74)",
        "Net sentiment is the share of positive texts minus",
        "On 24 Nov 2026 the mood fell",
        "Pain points",
        "Delights",
        "Also told",
        "Stronger where brand is United: 19 % of its texts, 5 % elsewhere (p < 0.001)",
        "may be chance",
        "country IE entered the data on 2 Nov 2026",
        "Aspects you asked for",
        "What is uncertain",
        "What this rests on",
        "751, of which 745 were analysed",
        "4 without a text, 2 without a date",
    )
    text = spoken(page)
    begins = text.index(heads[1])  # behind the contents
    places = [text.find(said, begins) for said in heads[1:]]
    assert heads[0] in text
    assert -1 not in places
    assert places == sorted(places)


def test_every_quote_stands_with_its_row_as_it_was_written(report, page):
    quotes = [quote for theme in report.themes if theme.is_stable for quote in theme.quotes]
    quotes += [*report.untold_quotes, *(q for one in report.aspects for q in one.quotes)]
    assert len(quotes) > 10
    for quote in quotes:
        assert quote.statement in page.words
        assert any(said.startswith(f"row {quote.row + 1:,} · {quote.id} · ") for said in page.words)


def test_themes_that_may_not_come_back_stand_apart(page):
    text = spoken(page)
    assert "These 1 groups did not" not in text
    assert "1 of 5 themes may not come back in other texts" in text
    apart = text.index("Not sure to be themes")
    assert text.index("That is fine, then") > apart
    assert "stability 0.41" in text[apart:]


def test_tables_and_pictures_are_told_to_screen_readers(page):
    assert_described(page)
    assert ("html", "lang", "en") in page.attributes
    pictures = [dict(a) for a in svg_attributes(page)]
    assert all(one.get("aria-label") or one.get("aria-hidden") for one in pictures)
    links = {v[1:] for tag, name, v in page.attributes if (tag, name) == ("a", "href")}
    assert links <= {v for _, name, v in page.attributes if name == "id"}


def svg_attributes(page):
    found = re.findall(r"<svg ([^>]*)>", render_insights_html(airline_report()))
    assert len(found) == page.tags["svg"]
    return [re.findall(r'([\w-]+)="([^"]*)"', one) for one in found]


def test_the_figures_of_the_picture_stand_in_a_table(report, page):
    text = spoken(page)
    assert "28 Sep – 4 Oct 2026 78 −8 (−21 to +5) 45 % 18 % 37 %" in text
    assert text.count("not all of it is in the data") >= 1


def test_the_least_there_can_be_has_a_page():
    text = spoken(assert_self_contained(render_insights_html(plain_report())))
    assert "No theme was found in 24 statements." in text
    assert "Over time" not in text
    assert "Segments" not in text
    assert "None" not in text.replace("None beyond", "")
    assert "nan" not in text.split()


def test_hostile_texts_are_escaped():
    def poisoned(value):
        if isinstance(value, dict):
            return {
                NASTY if key == "neutral" else key: poisoned(item) for key, item in value.items()
            }
        if isinstance(value, list):
            return [poisoned(item) for item in value]
        words = ("complaint", "wish", "question", "praise", "remark", "week")
        moves = ("new", "rising", "steady", "fading", "unknown")
        is_text = isinstance(value, str) and not re.match(r"\d{4}-\d\d-\d\d", value)
        return NASTY if is_text and value not in (*words, *moves) else value

    report = InsightReport.model_validate(poisoned(airline_report().model_dump(mode="json")))
    page = assert_self_contained(render_insights_html(report))
    assert page.text.count('alert("x")') > 30


def test_no_label_is_turned_into_a_class():
    report = airline_report()
    odd = report.basis.model_copy(update={"shares": {'a" onclick="x': estimate(0.5, 0.1)}})
    assert_self_contained(render_insights_html(report.model_copy(update={"basis": odd})))


@pytest.mark.parametrize("count", [1, 2, 40, 730])
@pytest.mark.parametrize("unit", ["day", "month"])
def test_any_number_of_periods_is_drawn_inside_the_picture(count, unit):
    start = dt.date(2024, 12, 30)
    periods = []
    for number in range(count):
        day = start + dt.timedelta(days=number * (1 if unit == "day" else 31))
        empty = number % 7 == 3
        periods.append(
            Period(
                start=day,
                end=day if unit == "day" else day + dt.timedelta(days=30),
                texts=0 if empty else 5,
                shares={},
                net=None if empty else estimate(-20 + number % 5, 100),
                is_partial=number == count - 1,
            )
        )
    report = airline_report().model_copy(update={"periods": tuple(periods), "period": unit})
    page = render_insights_html(report)
    drawn = re.findall(r'<svg class="chart".*?</svg>', page, re.DOTALL)
    assert len(drawn) == 2
    for picture in drawn:
        svg = ET.fromstring(html.unescape(picture).replace("&", "&amp;"))
        width, height = map(float, svg.get("viewBox").split()[2:])
        runs = (count + 6 - 3) // 7 + 1 if count > 3 else 1
        assert len(list(svg.iter("polygon"))) == runs
        for line in svg.iter("polyline"):
            for place in line.get("points").split():
                x, y = map(float, place.split(","))
                assert 0 <= x <= width
                assert 0 <= y <= height
        labels = [one for one in svg.iter("text") if float(one.get("y")) > height - 20]
        assert 1 <= len(labels) <= width / 60
        assert all(0 <= float(one.get("x")) <= width for one in labels)


def test_periods_without_a_text_have_no_picture():
    report = airline_report()
    empty = tuple(one.model_copy(update={"net": None, "texts": 0}) for one in report.periods)
    page = render_insights_html(report.model_copy(update={"periods": empty, "changes": ()}))
    assert 'class="chart"' not in page


def test_a_report_with_many_themes_stays_small():
    report = airline_report()
    many = tuple(
        report.themes[number % 5].model_copy(update={"key": f"k{number}"}) for number in range(75)
    )
    page = render_insights_html(report.model_copy(update={"themes": many}))
    assert len(page) < 400_000
    assert_described(assert_self_contained(page))
