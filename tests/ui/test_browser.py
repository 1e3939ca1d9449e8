"""The web app in a real browser, the way a person goes: by keyboard, on a phone, with a file.

Needs Chromium and Playwright: ``make test-browser`` brings both. What is missing skips these tests,
or fails them where ``SENTILORA_BROWSER=required`` is set.
"""

import csv
import re

import pytest

import sentilora
from sentilora.insights.survey.survey_file import read_survey
from tests.helpers.app_server import WAIT_MS
from tests.helpers.contrast import contrast
from tests.helpers.texts import make_texts

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
AGENT = "Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/140.0 Mobile"
EVIL = "good <img src=x onerror=alert(1)> film & <b>bad</b> food"


def tab_to(page, role, name, most=60):
    """Press Tab until something has the focus."""
    wanted = page.get_by_role(role, name=name, exact=True)
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.count() and wanted.evaluate("one => one === document.activeElement"):
            return wanted
    raise AssertionError(f"{most} times Tab do not lead to {role} {name}")


def fits(page):
    """Tell whether nothing can be scrolled sideways, but for what scrolls by itself."""
    page.wait_for_timeout(500)
    return page.evaluate(
        """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
              .every(one => one.scrollWidth <= one.clientWidth)"""
    )


def reviews(folder):
    rows = [
        {"date": f"2026-03-{1 + number % 28:02d}", "body": text, "label": label}
        for number, (text, label) in enumerate(make_texts(40, 9))
    ]
    file = folder / "reviews.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, ["date", "body", "label"])
        writer.writeheader()
        writer.writerows(rows)
    return file, [row["body"] for row in rows]


def test_a_text_is_tried_with_the_keyboard_alone(visit, tiny_run):
    page = visit()  # the first visit of all: no dialog may stand over the page
    page.get_by_role("textbox", name="Your text").wait_for()
    tab_to(page, "textbox", "Your text")
    page.keyboard.type(EVIL)
    page.keyboard.press("Control+Enter")
    page.locator(".sl-words").wait_for()
    expected = sentilora.load(tiny_run.path).predict(EVIL)
    assert page.locator(".sl-label").inner_text() == expected.label
    figures = page.locator(".sl-figure").all_inner_texts()
    assert figures == [f"{share * 100:.1f} %" for share in expected.probabilities.values()]
    words = page.locator(".sl-words").evaluate(
        "one => { one = one.cloneNode(true);"
        " one.querySelectorAll('small').forEach(x => x.remove()); return one.textContent; }"
    )
    assert words == EVIL
    assert page.locator(".sl-words img, .sl-words b").count() == 0
    tab_to(page, "button", "Great movie, highly recommended!")
    page.keyboard.press("Enter")
    page.get_by_text("History of this session (2)").wait_for()
    assert (page.alerts, page.errors, page.elsewhere) == ([], [], [])


def test_a_file_is_uploaded_answered_and_taken_home(visit, tiny_run, tmp_path):
    file, texts = reviews(tmp_path)
    page = visit("file")
    page.locator("input[type=file]").set_input_files(file)
    box = page.get_by_role("combobox", name=re.compile("Column with the texts"))
    box.click()
    page.get_by_role("option", name="date").click()
    box.click()
    page.get_by_role("option", name="body").click()
    page.get_by_text("40 texts, 0 left out").wait_for()
    page.get_by_role("button", name="Analyse the file").click()
    page.get_by_text("40 rows in").wait_for()
    page.get_by_role("heading", name="Over time").wait_for()
    with page.expect_download() as waiting:
        page.get_by_role("button", name=re.compile("Download reviews-predicted.csv")).click()
    target = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(target)
    assert target.name == "reviews-predicted.csv"
    with target.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    expected = sentilora.load(tiny_run.path).predict(texts)
    assert [row["body"] for row in rows] == texts
    assert [row["predicted_label"] for row in rows] == [one.label for one in expected]
    assert (page.alerts, page.errors, page.elsewhere) == ([], [], [])


def test_a_click_on_a_theme_lists_its_messages(visit, tmp_path):
    file = tmp_path / "test.csv"
    rows = [
        f"2026-{n % 6 + 1:02}-{n % 28 + 1:02},{('app', 'shop')[n % 2]},{text}"
        for n, (text, _) in enumerate(make_texts(300, 3))
    ]
    file.write_text("\n".join(["date,domain,text", *rows]), encoding="utf-8")
    page = visit("")  # the first page
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_text("300 texts, 0 left out").wait_for()
    page.get_by_role("button", name="Analyse", exact=True).click(timeout=4 * WAIT_MS)
    page.get_by_role("heading", name="Messages").wait_for(timeout=4 * WAIT_MS)
    page.get_by_text(re.compile(r"^[\d,]+ statements in 300 texts")).wait_for()
    theme = page.locator("[class*=st-key-overview-theme-] button").first
    if not theme.is_visible():
        page.get_by_text("Not sure to be themes").click()
    name = theme.inner_text().strip().lstrip("✦↗→↘ ")  # an arrow where there is a trend
    theme.click()
    page.get_by_text(re.compile(r"^\d+ statements? in (?!300 )\d+ texts")).wait_for()
    assert page.get_by_role("combobox", name=re.compile("Theme")).input_value() == name
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Weekly report (HTML)").click()
    target = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(target)
    assert target.name == "test-insights.html"
    assert name in target.read_text(encoding="utf-8")
    assert (page.alerts, page.errors, page.elsewhere) == ([], [], [])


def test_ten_texts_are_labelled_with_the_keyboard_alone(visit, tmp_path):
    rows = [f"2026-03-{day:02d},the parcel number {day} is late" for day in range(1, 29)]
    file = tmp_path / "tickets.csv"
    file.write_text("\n".join(["created,message", f"2026-03-29,{EVIL}", *rows]), encoding="utf-8")
    page = visit("label", user_agent=AGENT, **PHONE)
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_text("29 texts, 0 left out").wait_for()
    page.get_by_role("spinbutton", name="Texts to label").fill("10")
    page.get_by_role("spinbutton", name="Texts to label").press("Enter")
    tab_to(page, "button", "Begin")
    page.keyboard.press("Enter")
    page.get_by_text("0 of 10 labelled").wait_for()
    assert fits(page)
    done = 0
    for key in "1212s1u121212":
        page.wait_for_timeout(300)  # nobody reads faster
        before = page.locator(".sl-text").inner_text()
        page.keyboard.press(key)
        done += {"s": 0, "u": -1}.get(key, 1)
        page.get_by_text(f"{done} of 10 labelled").wait_for()
        if key == "s":
            page.locator(".sl-text", has_not_text=before).wait_for()
    page.get_by_text("All labelled.").wait_for()
    page.reload()
    page.get_by_text("Shares of 29 texts, corrected by 10 labels").wait_for()
    assert fits(page)
    tab_to(page, "button", "Download labels.csv")
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    target = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(target)
    kept = read_survey(target)
    assert [one.label for one in sorted(kept, key=lambda one: one.row)].count("negative") == 5
    assert {one.text for one in kept} <= {EVIL, *(row.partition(",")[2] for row in rows)}
    assert (page.alerts, page.errors, page.elsewhere) == ([], [], [])


def test_a_broken_file_is_told_without_a_traceback(visit, tmp_path):
    file = tmp_path / "twice.csv"
    file.write_text("text,text\na,b\n", encoding="utf-8")
    page = visit("file")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_text("That did not work.").wait_for()
    assert "occur twice" in page.locator("[class*=st-key-problem]").inner_text()
    assert "Traceback" not in page.locator("body").inner_text()


def test_every_page_fits_a_phone(visit, tmp_path):
    file, _ = reviews(tmp_path)
    page = visit(user_agent=AGENT, **PHONE)
    page.get_by_role("textbox", name="Your text").fill("good film and bad food " * 12)
    page.get_by_role("button", name="Analyse", exact=True).tap()
    page.locator(".sl-words").wait_for()
    assert fits(page)
    for title, name in (
        ("Overview", "Overview"),
        ("Analyse a file", "File"),
        ("Train a model", "Train"),
    ):
        page.get_by_test_id("stExpandSidebarButton").tap()
        page.get_by_role("link", name=name).tap()
        page.get_by_role("heading", name=title).wait_for()
        assert fits(page), name
    page.goto(f"{page.url.rsplit('/', 1)[0]}/file")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_text("40 texts, 0 left out").wait_for()
    page.get_by_role("button", name="Analyse the file").tap()
    page.get_by_role("heading", name="Row by row").wait_for()
    assert fits(page), "File with answers"
    page.goto(f"{page.url.rsplit('/', 1)[0]}/compare")
    page.get_by_role("tab", name="Before and after training").tap()
    page.get_by_text("this model, trained with LoRA").wait_for()
    assert fits(page), "Compare"
    page.goto(f"{page.url.rsplit('/', 1)[0]}/model")
    page.get_by_role("tab", name="Report").tap()
    page.get_by_text("What it took").last.wait_for()
    assert fits(page), "Model"
    assert (page.errors, page.elsewhere) == ([], [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_written_can_be_read(visit, scheme):
    page = visit("compare", color_scheme=scheme)
    page.get_by_role("button", name="Measure").wait_for()
    page.get_by_role("tab", name="Before and after training").click()
    page.get_by_text("this model, trained with LoRA").wait_for()
    page.wait_for_timeout(1000)  # colours fade in
    for what in (
        "[data-testid=stBaseButton-primary]",
        ".stMultiSelect [data-tag]",
        "[role=tab][aria-selected=true]",
        ".sl-table caption",
        ".sl-table small",
        ".sl-marked td",
    ):
        ink, ground = page.locator(what).last.evaluate(
            """one => {
                let ground = one;
                const clear = /^(transparent|rgba\\(.*, 0\\))$/;
                while (clear.test(getComputedStyle(ground).backgroundColor)) {
                    ground = ground.parentElement;
                }
                const text = one.querySelector('p') ?? one;
                return [getComputedStyle(text).color, getComputedStyle(ground).backgroundColor];
            }"""
        )
        assert contrast(as_hex(ink), as_hex(ground)) >= 4.5, (what, ink, ground)


def as_hex(colour):
    """Return ``#rrggbb`` of ``rgb(r, g, b)``."""
    red, green, blue = re.fullmatch(r"rgb\((\d+), (\d+), (\d+)\)", colour).groups()
    return f"#{int(red):02x}{int(green):02x}{int(blue):02x}"


def test_no_text_is_logged(visit, app):
    page = visit()
    page.get_by_role("textbox", name="Your text").fill("unmistakable film")
    page.get_by_role("textbox", name="Your text").press("Control+Enter")
    page.locator(".sl-words").wait_for()
    url, log, _ = app
    assert url.startswith("http://127.0.0.1:")
    said = log.read_text(encoding="utf-8")
    assert "unmistakable" not in said
    assert "Traceback" not in said
