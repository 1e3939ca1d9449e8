"""Each page as a visitor uses it, drawn in this process with a tiny model."""

import csv
import gc
import io
import time

import pytest

import sentilora
from sentilora import samples
from sentilora.ui import session, visits
from sentilora.ui.views import file_page, job_watch
from tests.helpers.app_page import box, button, html_of, problem
from tests.helpers.embedded_base import needs_minilm
from tests.helpers.texts import make_texts

EVIL = "good <img src=x onerror=alert(1)> film"


def csv_of(rows, header="date,text,label"):
    return "\n".join([header, *rows]).encode()


@pytest.fixture(scope="module")
def reviews():
    days = [f"2026-01-{1 + number % 28:02d}" for number in range(60)]
    rows = [
        f"{day},{text},{label}" for day, (text, label) in zip(days, make_texts(60, 5), strict=True)
    ]
    return csv_of(rows)


# --- try ----------------------------------------------------------------------------------------


def test_a_text_is_answered_as_the_library_does(open_page, tiny_run):
    page = open_page("try")
    assert "sl-answer" not in html_of(page)
    page.text_area[0].set_value(EVIL)
    button(page, "Analyse").click().run()
    expected = sentilora.load(tiny_run.path).predict(EVIL)
    html = html_of(page)
    assert f'sl-label">{expected.label}<' in html
    assert f"{expected.score * 100:.1f} %" in html
    assert f"by {tiny_run.path.name}<" in html
    assert page.expander[0].label == "Details"
    assert page.text[0].value.startswith("Computed by torch, fp32, ")
    assert "<img" not in html
    assert "&lt;img" in html
    assert "sl-word" in html


def test_words_are_explained_only_if_wanted(open_page):
    page = open_page("try")
    page.text_area[0].set_value("good film")
    page.checkbox[0].uncheck()
    button(page, "Analyse").click().run()
    assert "sl-answer" in html_of(page)
    assert "sl-words" not in html_of(page)


def test_an_example_is_one_click_and_the_history_keeps_all(open_page):
    page = open_page("try")
    button(page, "The parcel arrived on Tuesday.").click().run()
    assert page.text_area[0].value == "The parcel arrived on Tuesday."
    assert "sl-answer" in html_of(page)
    button(page, "Great movie, highly recommended!").click().run()
    assert [one.label for one in page.expander] == ["Details", "History of this session (2)"]
    table = html_of(page).split("<tbody>")[1]
    assert table.index("Great movie") < table.index("The parcel")
    button(page, "Clear the history").click().run()
    assert "sl-answer" not in html_of(page)
    assert len(page.expander) == 0


def test_an_answer_below_the_limit_is_not_sure(open_page):
    page = open_page("try")
    page.session_state["not-sure"] = 1.0
    page.text_area[0].set_value("good film")
    button(page, "Analyse").click().run()
    assert 'sl-label">not sure<' in html_of(page)
    assert "most likely positive" in html_of(page)


def test_a_text_that_is_too_long_stays_in_the_box_and_is_told(open_page):
    page = open_page("try")
    page.text_area[0].set_value("good " * 20_001)
    button(page, "Analyse").click().run()
    assert "100,005 characters" in page.warning[0].value
    assert page.text_area[0].value == "good " * 20_001


def test_no_text_is_a_hint_and_no_error(open_page):
    page = open_page("try")
    page.text_area[0].set_value(" \n ")
    button(page, "Analyse").click().run()
    assert "There is no text yet" in page.warning[0].value
    assert not page.exception


def test_a_model_that_is_broken_is_told(open_page, monkeypatch, tmp_path):
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "manifest.json").write_text('{"format": 1, "files": {"a": {}}}', encoding="utf-8")
    monkeypatch.setenv("SENTILORA_APP_RUN", str(folder))
    page = open_page("try")
    page.text_area[0].set_value("good")
    button(page, "Analyse").click().run()
    assert "a is missing" in problem(page)


# --- file ---------------------------------------------------------------------------------------


MOST_RUNS = 200


def answer(page):
    """Press the button, and wait for the answers as a browser does."""
    button(page, "Analyse the file").click().run()
    for _ in range(MOST_RUNS):
        if "file-scoring" not in kept(page) or page.error or page.success:
            break
        page.run()
    else:
        pytest.fail("no answer came")
    assert not page.exception
    return page


def kept(page):
    return page.session_state["session"].visit.kept


def test_a_file_is_answered_charted_filtered_and_taken_home(open_page, reviews):
    page = open_page("file")
    page.file_uploader[0].upload("reviews.csv", reviews).run()
    assert box(page, "Column with the texts").value == "text"
    assert "**60 texts, 0 left out**" in [one.value for one in page.markdown]
    assert list(page.dataframe[0].value["Row"]) == [1, 2, 3, 4, 5, 6]
    answer(page)
    assert page.success[0].value.startswith("60 rows in ")
    assert page.header[0].value.startswith("reviews.csv, column “text”, tiny, ")
    assert [one.value for one in page.subheader] == [
        "How the answers are distributed",
        "Over time",
        "Row by row",
    ]
    assert len(page.get("vega_lite_chart") or page.get("arrow_vega_lite_chart")) == 2
    shown = page.dataframe[-1].value
    assert len(shown) == 60
    page.text_input(key="rows-words").set_value("good").run()
    found = page.dataframe[-1].value
    assert 0 < len(found) < 60
    assert all("good" in text for text in found["text"])
    (download,) = page.get("download_button")
    assert download.label == r"Download reviews-predicted.csv"
    scored = kept(page)["file-scored"]
    rows = list(csv.DictReader(io.StringIO(scored.download().decode("utf-8"))))
    assert len(rows) == 60
    assert {"date", "text", "label", "predicted_label", "score"} <= set(rows[0])


def test_a_page_that_is_loaded_again_still_has_file_choices_and_answers(open_page, reviews):
    page = open_page("file")
    page.file_uploader[0].upload("reviews.csv", reviews.replace(b"text", b"body", 1)).run()
    box(page, "Column with the texts").set_value("body").run()
    answer(page)
    token = page.session_state["session"].visit.token
    again = open_page("file", visit=token)
    assert box(again, "Column with the texts").value == "body"
    assert again.success[0].value.startswith("60 rows in ")
    assert not again.warning
    button(again, "Take another file").click().run()
    assert not again.success
    assert not open_page("file", visit="guessed").selectbox


def test_answers_under_new_choices_say_that_they_are_from_before(open_page):
    page = open_page("file")
    page.file_uploader[0].upload("a.csv", b"body,note\ngood film,x\nbad food,y\n").run()
    box(page, "Column with the texts").set_value("body").run()
    answer(page)
    assert not page.warning
    box(page, "Column with the texts").set_value("note").run()
    assert "column “body”" in page.header[0].value
    assert "from before" in page.warning[0].value
    answer(page)
    assert "column “note”" in page.header[0].value
    assert not page.warning


def test_a_prediction_that_is_stopped_keeps_its_answers(open_page, reviews, monkeypatch):
    def slow(model, name, choices, threshold, *, listener):
        for done in range(600):
            time.sleep(0.02)
            listener(
                {"kind": "phase", "total": 600} if not done else {"kind": "progress", "done": 1}
            )

    monkeypatch.setattr(file_page, "score_file", slow)
    monkeypatch.setattr(job_watch, "AT_ONCE_S", 0.1)
    page = open_page("file")
    page.file_uploader[0].upload("reviews.csv", reviews).run()
    button(page, "Analyse the file").click().run()
    assert "of 600 rows" in page.get("progress")[0].proto.text
    button(page, "Stop").click().run()
    kept(page)["file-scoring"].wait(10)
    page.run()
    assert "Stopped after" in page.info[0].value
    assert not button(page, "Analyse the file").disabled


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_prediction_that_breaks_is_not_called_stopped(open_page, reviews, monkeypatch):
    def broken(*_, **__):
        raise MemoryError

    monkeypatch.setattr(file_page, "score_file", broken)
    page = open_page("file")
    page.file_uploader[0].upload("reviews.csv", reviews).run()
    button(page, "Analyse the file").click().run()
    assert "ended before it was done" in problem(page)


def test_the_column_is_asked_for_when_it_cannot_be_known(open_page):
    page = open_page("file")
    page.file_uploader[0].upload("a.csv", b"one,two\n1,x\n2,y\n").run()
    assert box(page, "Column with the texts").value is None
    assert button(page, "Analyse the file").disabled
    box(page, "Column with the texts").set_value("two").run()
    answer(page)
    assert page.success[0].value.startswith("2 rows in ")
    assert "No column holds dates." in [one.value for one in page.caption]


def test_dates_that_can_be_read_in_two_ways_are_asked_about(open_page):
    rows = "\n".join(f"0{day}/11/2026,good film {day}" for day in range(1, 8))
    page = open_page("file")
    page.file_uploader[0].upload("a.csv", f"when,text\n{rows}\n".encode()).run()
    answer(page)
    (dates,) = [one for one in page.selectbox if one.label == "Column with the dates"]
    assert dates.value == "when"
    assert "can be read in two ways" in " ".join(one.value for one in page.caption)
    (order,) = [one for one in page.radio if one.label.endswith("is written")]
    assert order.label == "01/11/2026 is written"
    order.set_value("day-first").run()
    assert len(page.get("vega_lite_chart") or page.get("arrow_vega_lite_chart")) == 2


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "a.csv is empty"),
        ("a.parquet", b"nonsense", "a.parquet"),
        ("a.csv", b"text,text\na,b\n", "occur twice"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_without_a_traceback(open_page, name, content, message):
    page = open_page("file")
    page.file_uploader[0].upload(name, content).run()
    assert message in problem(page)


def test_rows_without_a_text_are_told_in_the_words_of_the_page(open_page):
    page = open_page("file")
    page.file_uploader[0].upload("a.csv", b"text,n\ngood,1\n,2\n").run()
    said = problem(page)
    assert "row 2" in said
    assert "--" not in said
    assert "“Leave out rows that cannot be used”" in said
    assert button(page, "Analyse the file").disabled
    page.checkbox[0].check().run()
    assert "**1 text, 1 left out**" in [one.value for one in page.markdown]
    answer(page)
    assert "1 left out" in page.success[0].value


def test_a_file_goes_some_time_after_its_visitor(open_page, reviews, monkeypatch):
    monkeypatch.setattr(visits, "KEPT_S", 0.0)
    page = open_page("file")
    page.file_uploader[0].upload("reviews.csv", reviews).run()
    path = page.session_state["session"].visit.path
    assert any(path.rglob("reviews.csv"))
    page.session_state["session"] = None
    del page
    for _ in range(100):
        gc.collect()  # a thread that drew the page may hold the session a moment longer
        if not path.exists():
            break
        time.sleep(0.1)
    assert not path.exists()


# --- compare ------------------------------------------------------------------------------------


def test_models_are_measured_on_the_same_texts(open_page, tiny_run, tiny_data, settings):
    page = open_page("compare")
    page.multiselect[0].set_value([str(tiny_run.path)]).run()
    page.radio[0].set_value("My labelled file").run()
    content = (tiny_data / "test.csv").read_bytes()
    page.file_uploader[0].upload("test.csv", content).run()
    button(page, "Measure").click().run()
    assert not page.exception
    html = html_of(page)
    report = sentilora.evaluate(tiny_run.path, tiny_data)
    assert f"{report.metrics['accuracy'] * 100:.1f} %" in html
    assert f"Confusion of {tiny_run.path.name}" in html
    assert " before training" in html  # from the report, on the other tab
    assert "majority class" in html


def test_one_faulty_file_is_told_once_for_all_models(open_page, tiny_run, settings):
    page = open_page("compare")
    page.multiselect[0].set_value([str(tiny_run.path), "general"]).run()
    page.radio[0].set_value("My labelled file").run()
    page.file_uploader[0].upload("t.csv", b"text,label\ngood film,positive\n,positive\n").run()
    assert "At least two labels" in problem(page)
    rows = "\n".join(f"{text},{label}" for text, label in make_texts(20))
    page.file_uploader[0].upload("t.csv", f"text,label\n{rows}\n,positive\n".encode()).run()
    assert "**10 negative, 10 positive, 1 cannot be used**" in [one.value for one in page.markdown]
    assert button(page, "Measure").disabled
    page.checkbox[0].check().run()
    assert not button(page, "Measure").disabled


def test_stars_are_measured_as_they_are_trained(open_page, tiny_run):
    stars = {"negative": 1, "positive": 5}
    rows = "\n".join(f"{text},{stars[label]}" for text, label in make_texts(20))
    page = open_page("compare")
    page.multiselect[0].set_value([str(tiny_run.path)]).run()
    page.radio[0].set_value("My labelled file").run()
    page.file_uploader[0].upload("t.csv", f"text,stars\n{rows}\n".encode()).run()
    assert "**10 negative, 10 positive, 0 left out**" in [one.value for one in page.markdown]
    button(page, "Measure").click().run()
    assert not page.exception
    assert not page.error
    assert "Confusion of tiny" in html_of(page)


@needs_minilm
def test_a_model_that_does_not_know_the_labels_does_not_keep_others_from_it(open_page, tiny_run):
    page = open_page("compare")
    assert page.multiselect[0].value == [str(tiny_run.path), "general"]
    button(page, "Measure").click().run()
    said = problem(page)  # the tiny run knows no neutral
    assert said.startswith("tiny: ")
    assert "neutral" in said
    assert "Confusion of general" in html_of(page)


def test_no_model_is_a_hint(open_page):
    page = open_page("compare")
    page.multiselect[0].set_value([]).run()
    assert "at least one" in page.info[0].value


# --- model --------------------------------------------------------------------------------------


def test_the_model_page_shows_facts_card_cost_and_report(open_page, tiny_run):
    page = open_page("model")
    assert page.title[0].value == tiny_run.path.name
    assert [tab.label for tab in page.tabs] == ["Card", "Report", "Export"]
    html = html_of(page)
    for told in ("negative, positive", "32 tokens", "Weights trained", "before training"):
        assert told in html
    assert page.radio[0].options == [
        "transformers folder",
        "ONNX file",
        "OpenVINO model",
        "web page",
    ]


@pytest.mark.process
@pytest.mark.usefixtures("warm_processes")
def test_an_export_is_made_and_its_parity_shown(open_page, tiny_run, settings):
    page = open_page("model")
    button(page, "Export").click().run()
    assert not page.exception
    folder = settings.exports / "tiny-merged"
    assert (folder / "manifest.json").is_file()
    assert "Labels changed" in html_of(page)
    assert page.code[0].value == str(folder)
    chosen = session.list_choices(settings)
    assert "tiny-merged (export)" in [one.name for one in chosen]
    assert sentilora.load(folder).labels.names == ("negative", "positive")


@needs_minilm
def test_the_model_that_ships_needs_no_run(open_page, monkeypatch, tmp_path):
    monkeypatch.setenv("SENTILORA_APP_RUN", "general")
    monkeypatch.setenv("SENTILORA_APP_RUNS", str(tmp_path))
    page = open_page("model")
    assert page.title[0].value == "general"
    assert [tab.label for tab in page.tabs] == ["Card", "Export"]
    assert any("What it learned from" in one.value for one in page.markdown)
    page = open_page("try")
    page.text_area[0].set_value("Great movie, highly recommended!")
    button(page, "Analyse").click().run()
    assert 'sl-label">positive<' in html_of(page)


# --- the frame ----------------------------------------------------------------------------------


def test_the_frame_opens_with_the_overview_and_the_models_to_choose_from(settings):
    from streamlit.testing.v1 import AppTest

    from sentilora.ui import page as frame

    page = AppTest.from_file(frame.__file__, default_timeout=60).run()
    assert not page.exception
    assert page.title[0].value == "Overview"
    assert page.sidebar.selectbox[0].label == "Model"
    assert page.sidebar.selectbox[0].options == ["tiny", "general"]


def test_the_sample_has_the_columns_that_the_pages_name():
    assert samples.path("test").read_text(encoding="utf-8").startswith("id,text,label,")
