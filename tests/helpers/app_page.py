"""What a page of the web app shows."""

from __future__ import annotations


def html_of(page):
    """Return all the HTML that a page shows."""
    return "\n".join(one.body for one in page.get("html"))


def button(page, label):
    """Return the only button of a name."""
    (found,) = [one for one in page.button if one.label == label]
    return found


def box(page, label):
    """Return the only list to choose from of a name."""
    (found,) = [one for one in page.selectbox if one.label == label]
    return found


def problem(page):
    """Return what the page says went wrong, and that it is no traceback."""
    assert not page.exception
    assert [one.value for one in page.error] == ["That did not work."]
    return page.text[0].value
