"""A page of HTML as a browser sees it: whole, by itself, and told to screen readers."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "img", "input"}
NASTY = '<script>alert("x")</script>'


class Page(HTMLParser):
    """Collects what a browser would see, and fails on tags that do not match."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.attributes, self.words = [], Counter(), [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags[tag] += 1
        self.attributes += [(tag, *pair) for pair in attributes]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags[tag] += 1
        self.attributes += [(tag, *pair) for pair in attributes]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words))


def assert_self_contained(text):
    page = Page(text)
    assert not {"script", "link", "iframe", "object", "embed", "img", "base"} & set(page.tags)
    for tag, name, value in page.attributes:
        assert name not in {"src", "srcset", "data", "action", "background"}, (tag, name)
        assert not name.startswith("on"), (tag, name)
        assert not re.search(r"https?:|//", value or "") or (tag, name) == ("a", "href")
    assert "url(" not in text
    assert "@import" not in text
    return page


def assert_described(page):
    """Check that each cell of a heading and each region can be told to who does not see them."""
    scopes = [value for tag, name, value in page.attributes if (tag, name) == ("th", "scope")]
    assert len(scopes) == page.tags["th"]
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    named = [
        v for _, name, value in page.attributes if name == "aria-labelledby" for v in value.split()
    ]
    assert set(named) <= set(ids)
