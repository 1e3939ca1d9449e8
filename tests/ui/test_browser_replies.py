"""Page *Replies* in a real browser, with two people at once."""

import pytest

from sentilora.monitoring.replies.reply_queue import ReplyQueue
from sentilora.monitoring.store.store import open_store
from tests.helpers.drafted_texts import add_texts, answered

pytestmark = pytest.mark.browser

EVIL = "My parcel is late <img src=x onerror=alert(1)><script>alert(2)</script>"


def test_two_people_answer_the_same_customer(visit, app):
    path = app[2].parent / "feedback.db"
    with open_store(path) as store:
        add_texts(store, [answered(EVIL, "<i>1</i>", signed=-0.9), answered("Meh", "2")])
        queue = ReplyQueue(store)
        number = queue.drafts()[0].number
        first, second = visit("replies"), visit("replies")
        for page in (first, second):
            card = page.locator(f".st-key-draft-{number}")
            card.get_by_text("<script>alert(2)</script>").first.wait_for()
            assert card.locator("img, script, i").count() == 0
        box = first.locator(f".st-key-draft-{number}").get_by_role("textbox", name="Reply")
        box.fill("You get a refund.")
        box.press("Control+Enter")
        first.locator(f".st-key-replies-approve-{number}-0 button").click()
        first.get_by_text("which a reply must not promise").wait_for()
        assert first.locator(f".st-key-draft-{number} mark").inner_text() == "refund"
        second.locator(f".st-key-replies-approve-{number}-0 button").click()
        second.get_by_text("was changed by somebody on the page").wait_for()
        assert queue.show(number).state == "waiting"
        second.get_by_text("Approve it although something is marked").click()
        second.locator(f".st-key-replies-approve-{number}-1 button").click()
        second.get_by_text(f"Draft {number} is approved").wait_for()
        assert queue.show(number).state == "approved"
    assert first.alerts == second.alerts == []
    assert first.errors == second.errors == []
