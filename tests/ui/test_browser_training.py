"""Trainings from the web app in a real browser: stopped, resumed, and of any labels.

In a file of their own, as workers take whole files; see ``test_browser.py`` for what they need.
"""

import re

import pytest

import sentilora
from tests.helpers.app_server import WAIT_MS
from tests.helpers.texts import make_texts

pytestmark = pytest.mark.browser


def updates_of(page):
    """Return how many updates a training has done, as the page says; 0 while it says none yet."""
    told = re.search(r"update ([\d,]+) of", page.locator("body").inner_text())
    return int(told[1].replace(",", "")) if told else 0


def start_from(page, base):
    """Choose what a training starts from."""
    box = page.get_by_role("combobox", name=re.compile("Start from"))
    box.fill(str(base))
    box.press("Enter")


def test_a_training_outlives_the_page_and_is_stopped_and_resumed(visit, app, tmp_path):
    file = tmp_path / "train.csv"
    # A real base, which takes its time for an update on any machine, so that few rows will do:
    # with two evaluations an epoch, early stopping does not end it in the test.
    rows = [f"{text},{label}" for text, label in make_texts(2_000, 3)]
    file.write_text("\n".join(["text,label", *rows]), encoding="utf-8")
    at_work = re.compile(r"At work: train; update \d+ of")
    page = visit("train")
    page.get_by_text("My file").click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_text(re.compile(", 0 left out")).wait_for()
    start_from(page, "minilm")
    page.get_by_text("More settings").click()
    page.get_by_role("spinbutton", name="Epochs").fill("100")
    page.get_by_role("spinbutton", name="Epochs").press("Enter")
    page.get_by_role("button", name="Train", exact=True).click()
    page.get_by_text(at_work).wait_for(timeout=4 * WAIT_MS)
    page.close()

    page = visit("train")  # somebody else, or the same person after a reload
    page.get_by_text(at_work).wait_for(timeout=4 * WAIT_MS)
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_text("What it learned is kept.").wait_for()
    stopped = updates_of(page)
    page.get_by_role("button", name="Resume").click()
    page.get_by_role("button", name="Stop", exact=True).wait_for()
    for _ in range(4 * WAIT_MS // 500):
        if updates_of(page) > stopped:
            break
        page.wait_for_timeout(500)
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_text("What it learned is kept.").wait_for()
    assert updates_of(page) > stopped
    assert page.errors == []


@pytest.mark.parametrize(
    ("kind", "values", "told"),
    [
        ("stars", ("1", "5"), "120 negative, 120 positive, 1 left out"),
        ("ids", ("0", "1"), "120 negative, 120 positive, 1 left out"),
        ("names", ("spam", "ham"), "120 ham, 120 spam, 1 left out"),
    ],
)
def test_an_uploaded_file_is_trained_whatever_its_labels_are(
    visit, app, tiny_base, tmp_path, kind, values, told
):
    column = "stars" if kind == "stars" else "label"
    written = dict(zip(("negative", "positive"), values, strict=True))
    rows = [f"{text},{written[label]}" for text, label in make_texts(240, 3)]
    file = tmp_path / f"{kind}.csv"
    file.write_text("\n".join([f"comment,{column}", *rows, f",{values[0]}"]), encoding="utf-8")
    page = visit("train")
    page.get_by_text("My file").click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_text("That did not work.").wait_for()
    assert page.get_by_role("button", name="Train", exact=True).is_disabled()
    page.get_by_text("Leave out rows that cannot be used", exact=True).click()
    page.get_by_text(told, exact=True).wait_for()
    start_from(page, tiny_base)
    page.get_by_text("fast: a first look").click()
    page.get_by_role("textbox", name="Name", exact=True).fill(kind)
    page.get_by_role("textbox", name="Name", exact=True).press("Enter")
    page.get_by_role("button", name="Train", exact=True).click()
    page.get_by_text("Better than simple methods?").wait_for(timeout=4 * WAIT_MS)
    expected = ("ham", "spam") if kind == "names" else ("negative", "positive")
    assert sentilora.load(app[2] / kind).labels.names == expected
    assert page.errors == []
