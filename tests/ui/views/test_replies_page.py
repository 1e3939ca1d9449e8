"""Page *Replies*: drafts beside their texts, changed, approved, and what two people see."""

import pytest

from sentilora.monitoring.replies.reply_queue import ReplyQueue
from sentilora.monitoring.store.store import open_store
from tests.helpers.app_page import html_of, problem
from tests.helpers.drafted_texts import add_texts, answered

EVIL = "My parcel is late <img src=x onerror=alert(1)> and **bold**"


@pytest.fixture
def queue(tmp_path, settings, monkeypatch):
    """Return the queue of the page's store, with two drafts."""
    path = tmp_path / "feedback.db"
    monkeypatch.setenv("SENTILORA_APP_STORE", str(path))
    with open_store(path) as store:
        texts = [answered(EVIL, "<b>1</b>", signed=-0.9), answered("Meh", "2", signed=-0.2)]
        add_texts(store, texts)
        yield ReplyQueue(store)


def press(page, what, number, version=0):
    return page.button(key=f"replies-{what}-{number}-{version}").click().run()


def test_the_most_severe_draft_comes_first_and_html_is_text(open_page, queue):
    page = open_page("drafts.replies")
    first, second = queue.drafts()
    assert [one.value for one in page.text_area] == [first.reply, second.reply]
    html = html_of(page)
    assert "<img" not in html
    assert "&lt;img" in html
    assert "\\*\\*" not in html  # what the customer wrote is no Markdown
    assert r"\<b\>1\</b\>" in page.markdown[0].value
    assert page.markdown[0].value.startswith("**middle** · 0.54 · delivery · ")
    assert "<mark>" not in html


def test_a_reply_is_changed_marked_approved_and_gone_from_the_list(open_page, queue):
    page = open_page("drafts.replies")
    number = queue.drafts()[0].number
    page.text_input[0].set_value("Ann <3").run()
    page.text_area[0].set_value("You get a <b>refund</b>.").run()
    press(page, "approve", number)
    assert "says 'refund', which a reply must not promise" in problem(page)
    assert "“Approve it although something is marked”" in page.text[0].value
    assert "&lt;b&gt;<mark>refund</mark>&lt;/b&gt;" in html_of(page)
    page.checkbox[0].check().run()
    press(page, "approve", number, version=1)
    assert page.success[0].value == f"Draft {number} is approved."
    done = queue.show(number)
    assert (done.state, done.changed_by, done.reply) == (
        "approved",
        "Ann <3",
        "You get a <b>refund</b>.",
    )
    assert len(page.text_area) == 1
    page.segmented_control[0].set_value("approved").run()
    assert "<mark>refund</mark>" in html_of(page)
    press(page, "dismiss", number, version=2)
    assert queue.show(number).state == "dismissed"


def test_of_two_people_the_second_is_told_and_loses_no_word(open_page, queue):
    pages = [open_page("drafts.replies") for _ in range(3)]
    number = queue.drafts()[0].number
    press(pages[0], "approve", number)
    press(pages[1], "approve", number)
    assert f"Draft {number} was approved, by somebody on the page" in problem(pages[1])
    assert "You had written" not in problem(pages[1])
    pages[2].text_area[0].set_value("My own words").run()
    told = problem(pages[2])
    assert told.startswith(f"Draft {number} is no longer as you read it")
    assert told.endswith("You had written:\nMy own words")
    assert len(pages[2].text_area) == 1
    assert queue.show(number).reply != "My own words"
    pages[2].run()
    assert not pages[2].error


def test_a_store_that_is_not_there_yet_is_explained(open_page, settings, monkeypatch):
    monkeypatch.setenv("SENTILORA_APP_STORE", "none.db")
    page = open_page("drafts.replies")
    assert "There is no store none" in page.info[0].value
    assert "--replies default" in page.code[0].value
