"""What a page asks about a file, whatever is done with it: its form, and what it then comes to."""

import io

import openpyxl
import pytest

from tests.helpers.app_page import box, button, problem

GERMAN = "Bewertung;Sterne\nSchön und gut;5\nFurchtbar;1\nKönnte besser sein;3\n".encode("cp1252")


def test_encoding_and_delimiter_of_another_country_are_chosen(open_page):
    page = open_page("file")
    page.file_uploader[0].upload("a.csv", GERMAN).run()
    box(page, "Between two fields stands").set_value(";").run()
    box(page, "Encoding").set_value("cp1252").run()
    box(page, "Column with the texts").set_value("Bewertung").run()
    assert not page.error
    assert "**3 texts, 0 left out**" in [one.value for one in page.markdown]
    assert list(page.dataframe[0].value["Text"]) == [
        "Schön und gut",
        "Furchtbar",
        "Könnte besser sein",
    ]
    assert not button(page, "Analyse the file").disabled


def test_a_file_without_a_header_gets_names(open_page):
    page = open_page("compare")
    page.radio[0].set_value("My labelled file").run()
    rows = b"0,bad film\n1,good film\n1,good food\n0,bad food\n"
    page.file_uploader[0].upload("a.csv", rows).run()
    box(page, "The first line").set_value("none").run()
    (names,) = [one for one in page.text_input if one.label == "Names of the columns, in order"]
    names.set_value("label, text").run()
    assert box(page, "Column with the texts").value == "text"
    assert "**2 negative, 2 positive, 0 left out**" in [one.value for one in page.markdown]


def test_a_form_that_says_nothing_is_refused_in_words_of_the_page(open_page):
    page = open_page("file")
    page.file_uploader[0].upload("a.csv", b"good film,1\nbad film,0\n").run()
    box(page, "The first line").set_value("none").run()
    (names,) = [one for one in page.text_input if one.label == "Names of the columns, in order"]
    names.set_value("a, a").run()
    said = problem(page)
    assert "“How the file is read: Names of the columns, in order” (a,a)" in said
    assert "--" not in said


@pytest.mark.parametrize(
    ("values", "kind"),
    [((1, 2, 5), 5), ((1, 7, 10), 10), ((0, 1, 4), 0), (("good", "bad"), None)],
)
def test_how_many_stars_there_can_be_is_read_from_the_ratings(open_page, values, kind):
    rows = "\n".join(f"film {number},{values[number % len(values)]}" for number in range(30))
    page = open_page("train")
    page.radio[0].set_value("My file").run()
    page.file_uploader[0].upload("a.csv", f"text,stars\n{rows}\n".encode()).run()
    assert box(page, "What the labels are").value == kind


def test_a_sheet_of_a_workbook_is_chosen(open_page):
    book = openpyxl.Workbook()
    book.active.append(["nothing"])
    sheet = book.create_sheet("Reviews")
    for row in (["text", "stars"], ["good film", 5], ["bad film", 1], ["so so", 3]):
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    page = open_page("compare")
    page.radio[0].set_value("My labelled file").run()
    page.file_uploader[0].upload("a.xlsx", content.getvalue()).run()
    (name,) = [one for one in page.text_input if one.label == "Sheet, by name or number"]
    name.set_value("Reviews").run()
    assert "**1 negative, 1 neutral, 1 positive, 0 left out**" in [
        one.value for one in page.markdown
    ]


def test_another_scale_is_read_from_worst_to_best(open_page):
    rows = "\n".join(f"film number {number},{number % 3 - 1}" for number in range(30))
    page = open_page("train")
    page.radio[0].set_value("My file").run()
    page.file_uploader[0].upload("a.csv", f"text,rating\n{rows}\n".encode()).run()
    assert box(page, "What the labels are").value == 0
    (scale,) = [one for one in page.text_input if one.label == "Scale, from worst to best"]
    scale.set_value("-1-1").run()
    assert not page.error
    assert "**10 negative, 10 neutral, 10 positive, 0 left out**" in [
        one.value for one in page.markdown
    ]


def test_columns_are_found_by_what_they_hold(open_page):
    rows = "\n".join(
        f"{number},{('sad', 'glad')[number % 2]},the film had a plot number {number} that I saw"
        for number in range(40)
    )
    page = open_page("train")
    page.radio[0].set_value("My file").run()
    page.file_uploader[0].upload("a.csv", f"id,mood,said\n{rows}\n".encode()).run()
    assert box(page, "Column with the texts").value == "said"
    assert box(page, "Column with the labels").value == "mood"
    assert "**20 glad, 20 sad, 0 left out**" in [one.value for one in page.markdown]
