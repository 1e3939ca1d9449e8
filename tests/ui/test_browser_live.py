"""Page *Live* in a real browser: two people, a phone, and texts that come while it is looked at."""

import re

import pytest

from sentilora.monitoring.store.store import open_store
from tests.helpers.live_stores import EVIL, said, write_alert

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@pytest.fixture
def store(app):
    with open_store(app[2].parent / "feedback.db") as opened:
        yield opened


def fits(page):
    """Tell whether nothing can be scrolled sideways, but for what scrolls by itself."""
    page.wait_for_timeout(500)
    return page.evaluate(
        """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
              .every(one => one.scrollWidth <= one.clientWidth)"""
    )


def choose(page, name, option):
    page.get_by_role("combobox", name=re.compile(name)).first.click()
    page.get_by_role("option", name=option, exact=True).click()


def test_two_people_filter_for_themselves_while_texts_come(app, visit, store):
    store.add(
        [said(n, source="app", text=f"from the app {n}") for n in range(3)]
        + [said(n, "positive", source="mail", text=f"by mail {n}") for n in range(3)]
    )
    one, other = visit("live"), visit("live")
    choose(one, "Source", "app")
    choose(other, "Source", "mail")
    one.get_by_text("from the app 0").wait_for()
    other.get_by_text("by mail 0").wait_for()
    one.get_by_text("by mail 0").wait_for(state="detached")
    other.get_by_text("from the app 0").wait_for(state="detached")
    store.add([said(10, source="app", text="new from the app", minutes_ago=0)])
    store.add([said(10, source="mail", text="new by mail", minutes_ago=0)])
    one.get_by_text("new from the app").wait_for()  # nothing was pressed
    other.get_by_text("new by mail").wait_for()
    assert one.get_by_text("by mail").count() == 0
    assert other.get_by_text("from the app").count() == 0
    assert (one.alerts, one.errors, one.elsewhere) == ([], [], [])


def test_a_phone_shows_an_alert_and_hostile_texts(app, visit, store):
    store.add([said(EVIL, source=EVIL, text=f"{EVIL} {'x' * 500}", **{EVIL: EVIL})])
    number = write_alert(store)
    page = visit(f"live?alert={number}", **PHONE)
    page.get_by_text("example 4").wait_for()
    page.locator(".sl-said-text").first.wait_for()
    page.get_by_text(re.compile("^Sources")).click()
    assert fits(page)
    assert page.locator(".sl-said img, .sl-alert img, [data-testid=stMain] img[src=x]").count() == 0
    assert page.locator(".sl-said-text", has_text="onerror").first.inner_text().startswith(EVIL)
    assert (page.alerts, page.errors, page.elsewhere) == ([], [], [])
