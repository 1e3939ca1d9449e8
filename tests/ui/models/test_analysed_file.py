"""What page *Overview* makes of files that nobody wrote for it."""

import pytest

import sentilora
from sentilora.data.files.read_options import Reading
from sentilora.errors import DataError
from sentilora.ui.data_choices import DataChoices
from sentilora.ui.display.page_words import PAGE
from sentilora.ui.models.analysed_file import FeedbackChoices, analyse
from tests.helpers.texts import make_texts
from tests.helpers.uploads import keep

TEXTS = [text for text, _ in make_texts(20, seed=2)]


@pytest.fixture(scope="module")
def model(tiny_run):
    return sentilora.load(tiny_run.path)


@pytest.fixture
def read(model, tmp_path):
    """Analyse a file of texts, days and cities as the page does."""

    def run(texts=TEXTS, day=lambda row: f"2026-03-{1 + row:02}", city=lambda row: "York", **asked):
        lines = [f'"{text}",{day(row)},{city(row)}' for row, text in enumerate(texts)]
        content = "\n".join(["words,day,city", *lines]).encode()
        choices = DataChoices(
            keep(tmp_path, "tickets.csv", content),
            Reading(),
            ("words", "day", "city"),
            text="words",
            any_text=True,
        )
        chosen = FeedbackChoices(choices, "tiny", **{"date": "day", "segments": ("city",), **asked})
        return analyse(model, chosen, tmp_path, spelling=PAGE, listener=lambda _: None)

    return run


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"day": lambda row: ""}, "column 'day' holds no dates: nothing is told over time"),
        ({"day": lambda row: "2026-03-02"}, "all 2026-03-02, so that nothing is told over time"),
        ({}, "column 'city': all texts have the value 'York', so that nothing is compared by it"),
        ({"texts": ["a good film with a bad cast"] * 20}, "19 texts are copies of another one"),
        ({"day": lambda row: "1970-01-01" if row < 3 else f"2026-03-{row:02}"}, "(3 rows); "),
    ],
    ids=["empty dates", "one date", "one segment", "one text", "dates of zero"],
)
def test_odd_files_get_an_answer_that_says_what_is_odd(read, change, told):
    found = read(**change)
    assert found.report.basis.texts == 20
    assert found.report.changes == ()
    assert any(told in note for note in found.report.basis.notes)
    assert not any("--" in note or "=" in note for note in found.report.basis.notes)
    assert len(found.messages()) >= 20


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (lambda row: f"{1 + row % 12:02}/{1 + row % 11:02}/2026", "can be read in two ways"),
        (lambda row: "24/11/2026" if row % 2 else "11/25/2026", "are not all of one order"),
    ],
)
def test_unclear_dates_name_the_box_that_decides(read, day, told):
    with pytest.raises(DataError, match=told) as caught:
        read(day=day)
    assert "“How the dates are written” (day first)" in caught.value.message.spelled(PAGE)
    assert read(day=day, date_order="day-first").report.basis.texts == 20


def test_a_column_that_is_no_more_is_named(read):
    with pytest.raises(DataError, match="no column 'town'"):
        read(segments=("town",))
