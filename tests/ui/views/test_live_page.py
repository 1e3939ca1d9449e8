"""Page *Live*: figures with intervals, alerts with who was told, and texts that are harmless."""

import pytest
import sqlalchemy as sa

from sentilora.monitoring.corrections.corrected_texts import read_corrections
from sentilora.monitoring.store.store import open_store
from sentilora.monitoring.store.store_engine import writing
from sentilora.monitoring.store.store_tables import FEEDBACK
from sentilora.ui.settings import STORE
from sentilora.ui.views.live import live_texts
from tests.helpers.app_page import box, button, html_of
from tests.helpers.live_stores import EVIL, said, write_alert


@pytest.fixture
def place(tmp_path, settings, monkeypatch):
    """Return where the page looks for its store."""
    found = tmp_path / "feedback.db"
    monkeypatch.setenv(STORE, str(found))
    return found


@pytest.fixture
def store(place):
    with open_store(place) as opened:
        yield opened


def captions(page):
    return [one.value for one in page.caption]


def shown_texts(page):
    return [one.body for one in page.get("html") if "sl-said-text" in one.body]


def test_a_store_is_waited_for_and_found_when_it_is_there(place, open_page):
    page = open_page("live")
    assert page.warning[0].value.startswith("The store cannot be read now.")
    assert "There is no store" in page.text[0].value
    assert (
        f"sentilora monitor general --source feedback.jsonl --store {place}" in page.text[0].value
    )
    with open_store(place) as store:
        page.run()
        assert page.info[0].value.startswith("No text is in the store yet.")
        store.add([said(1, source="mail")])
        page.run()
        page.run()
    assert not page.exception
    assert "text 1" in html_of(page)
    place.rename(place.with_suffix(".away"))
    page.run()
    assert page.warning[0].value.startswith("The store cannot be read now.")
    place.with_suffix(".away").rename(place)
    page.run()
    page.run()
    assert not page.warning
    assert "text 1" in html_of(page)


def test_figures_have_intervals_and_are_of_what_is_chosen(store, open_page):
    store.add(
        [said(n, country="DE") for n in range(12)]
        + [said(n, "positive", source="mail", country="FR") for n in range(8)]
        + [said(n, "positive", source="chat", minutes_ago=600) for n in range(50, 60)]
    )
    page = open_page("live")
    tiles = html_of(page)
    assert "−20" in tiles  # (8 - 12) / 20
    assert ">60 %<" in tiles
    assert "39–78\u00a0%; the 24 hours before 0\u00a0%" in tiles
    assert "0.417 an hour in the 24 hours before" in tiles
    table = next(one.body for one in page.get("html") if "most texts first" in one.body)
    assert table.index(">app<") < table.index(">chat<") < table.index(">mail<")
    box(page, "Compare by").select_index(1).run()
    assert any(">DE<" in one.body and ">FR<" in one.body for one in page.get("html"))
    box(page, "Source").select("mail").run()
    assert "+100" in html_of(page)
    assert len(shown_texts(page)) == 8
    box(page, "Source").select("all").run()
    box(page, "Segment").select_index(1).run()
    assert len(shown_texts(page)) == 12
    assert not [one for one in page.selectbox if one.label == "Compare by"]
    assert not page.exception


@pytest.mark.slow
def test_texts_are_filtered_and_turned(store, open_page, monkeypatch):
    monkeypatch.setattr(live_texts, "SHOWN", 4)
    store.add(
        [said(n, ("negative", "positive")[n % 2], minutes_ago=n + 1) for n in range(9)]
        + [said(77, "positive", text="the Login broke", minutes_ago=90)]
    )
    page = open_page("live")
    assert ["text 0" in shown_texts(page)[0], len(shown_texts(page))] == [True, 4]
    button(page, "Older").click().run()
    assert "text 4" in shown_texts(page)[0]
    assert any("new ones do not appear" in one for one in captions(page))
    button(page, "Newest").click().run()
    assert "text 0" in shown_texts(page)[0]
    page.text_input[0].set_value("login").run()
    (found,) = shown_texts(page)
    assert "the Login broke" in found
    assert "There are no older ones." in captions(page)
    page.text_input[0].set_value("nowhere").run()
    assert shown_texts(page) == []
    assert "There is no such text in the store." in captions(page)
    assert not page.exception


def test_alerts_tell_figures_examples_and_who_was_told(store, open_page):
    store.add([said(1)])
    past, now = write_alert(store, ended=True), write_alert(store)
    page = open_page("live")
    (alert,) = [one.body for one in page.get("html") if "sl-alert-told" in one.body]
    assert f'id="alert-{now}"' in alert
    assert alert.count("example ") == 5
    for told in ("60.0 % negative", "low</span> 0.45", "still open", "team, of its opening"):
        assert told in alert
    assert "boss, of its opening: not yet. Tried 3 times (503" in alert
    assert EVIL not in html_of(page)
    assert any(r"many \<img" in one.label for one in page.expander)
    page.query_params["alert"] = str(past)
    page.run()
    asked = [one.body for one in page.get("html") if "sl-alert-told" in one.body]
    assert [f'id="alert-{past}"' in one for one in asked] == [True, False]
    button(page, "Close").click().run()
    assert len([one for one in page.get("html") if "sl-alert-told" in one.body]) == 1
    page.query_params["alert"] = "4711"
    page.run()
    assert page.warning[0].value == "There is no alert 4,711 in this store."
    page.query_params["alert"] = EVIL
    page.run()
    assert not page.warning
    assert not page.exception


def test_what_comes_from_outside_is_written_out_and_cut(store, open_page):
    long = f"{EVIL} " + "word " * 2000
    store.add([said(EVIL, source=EVIL, text=long, **{f"a{EVIL}": EVIL})])
    page = open_page("live")
    html = html_of(page)
    assert "<img" not in html
    assert "&lt;img src=x" in html
    assert f"({len(long):,} characters)" in html
    assert all(len(one) < 4000 for one in shown_texts(page))
    assert not page.exception


def test_a_label_is_corrected_by_a_visitor(store, open_page):
    store.add([said(1), said(2, "positive", source="mail", minutes_ago=3)])
    page = open_page("live")
    page.session_state["live-correct-1"] = True
    page.run()
    page.text_input(key="live-name").set_value(f"Anna {EVIL}").run()
    labels = {
        one.label: one for one in page.button if (one.key or "").startswith("live-correct-1-")
    }
    assert list(labels) == ["negative", "positive"]
    labels["positive"].click().run()
    assert not page.exception
    assert "really positive, says <bdi>Anna &lt;img" in shown_texts(page)[0]
    assert "says" not in shown_texts(page)[1]
    with store.engine.connect() as connection:
        ((words, found),) = read_corrections(connection)
    assert (words, found.after, found.origin) == ("text 1", "positive", "page")


def test_silence_is_told(store, open_page):
    store.add([said(n, minutes_ago=40) for n in range(288)])
    with writing(store.engine) as connection:
        earlier = FEEDBACK.c.stored_ms - 40 * 60_000
        connection.execute(sa.update(FEEDBACK).values(stored_ms=earlier))
    page = open_page("live")
    assert page.warning[0].value == (
        "Nothing came for 40 minutes. In the 24 hours before, 12 an hour came."
    )


@pytest.mark.slow
def test_old_texts_are_shown_when_asked_for(store, open_page):
    store.add([said(n, "positive", minutes_ago=60 * 24 * 60) for n in range(5)])
    page = open_page("live")
    assert "No text was written in this time." in captions(page)
    page.toggle(key="live-up-to-last").set_value(True).run()
    assert "No text was written in this time." not in captions(page)
    assert "+100" in html_of(page)


@pytest.mark.slow
def test_labels_that_are_no_sentiments_have_shares_alone(store, open_page):
    store.add([said(n, ("billing", "app")[n % 3 == 0]) for n in range(9)])
    page = open_page("live")
    html = html_of(page)
    assert "Now billing" in html
    assert ">67 %<" in html
    assert "Net sentiment" not in html
    assert not page.exception
