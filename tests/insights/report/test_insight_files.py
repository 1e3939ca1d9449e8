"""A report is written in three forms and read again as it was; what is no report is told."""

import json

import pytest

from sentilora.cli.option_words import COMMAND_LINE
from sentilora.errors import DataError
from sentilora.insights.report.insight_files import (
    HTML_FILE,
    JSON_FILE,
    MARKDOWN_FILE,
    read_insights,
    write_insights,
)
from tests.helpers.insight_reports import airline_report, plain_report


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("insights") / "made" / "here"
    write_insights(airline_report(), folder)
    return folder


def test_a_report_is_written_in_three_forms_and_read_as_it_was(folder):
    assert sorted(file.name for file in folder.iterdir()) == [HTML_FILE, JSON_FILE, MARKDOWN_FILE]
    assert read_insights(folder) == read_insights(folder / JSON_FILE) == airline_report()
    assert (folder / HTML_FILE).read_text(encoding="utf-8").lstrip().startswith("<!doctype html>")


def test_the_file_is_plain_and_says_its_format(folder):
    raw = json.loads((folder / JSON_FILE).read_text(encoding="utf-8"))
    assert raw["format"] == 1
    assert raw["themes"][0]["quotes"][0]["row"] == 688
    assert raw["comparison"]["start"] == "2026-11-23"


def test_writing_again_replaces(folder, tmp_path):
    write_insights(airline_report(), tmp_path)
    write_insights(plain_report(), tmp_path)
    assert read_insights(tmp_path).title == "few.csv"


def test_no_report_is_told_with_what_makes_one(tmp_path):
    with pytest.raises(
        DataError, match=r"There is no insights report at .*Expected insights\.json"
    ) as told:
        read_insights(tmp_path)
    assert told.value.message.spelled(COMMAND_LINE).endswith(": sentilora insights general DATA")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe", "cannot be read"),
        (b"{", "is no JSON"),
        (b"[]", "has no 'format', so it is no insights report"),
        (b'{"metrics": {}}', "has no 'format'"),
        (b'{"format": 2}', "has format 2, and this version reads 1. Read it with"),
        (b'{"format": 1, "title": 5}', "title: Input should be a valid string"),
        (b'{"format": 1, "title": "a", "more": 1}', "and 1. more"),
    ],
)
def test_what_is_no_report_is_told(tmp_path, content, message):
    file = tmp_path / JSON_FILE
    file.write_bytes(content)
    with pytest.raises(DataError, match=message) as told:
        read_insights(file)
    assert str(file) in str(told.value)
    assert told.value.message.spelled(COMMAND_LINE).endswith(": sentilora insights general DATA")


def test_figures_that_are_none_are_refused(tmp_path):
    raw = airline_report().model_dump(mode="json")
    raw["net"]["value"] = float("nan")
    (tmp_path / JSON_FILE).write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(DataError, match=r"net\.value: "):
        read_insights(tmp_path)


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DataError, match=r"cannot be written to .*Choose another folder"):
        write_insights(plain_report(), tmp_path / "file")
