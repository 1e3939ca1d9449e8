"""Every quote of each form of a report is found in the row of the data that it names."""

import csv
import json
import re
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

import sentilora
from sentilora import samples
from tests.helpers.texts import make_texts

FOOT = re.compile(r"(?:— )?row (?P<row>[\d,\u00a0 ]+)(?: · |, |$)")
NASTY = (
    '<script>alert("x")</script> {}',
    "{}\nsecond line <b>bold & brave</b>",
    "{} | and a bar | `code` **star** _under_ \\ back",
    "> {} 🎬😀 … cut with dots…",
    "هذا فيلم جيد {} جدا",
    "# {} [link](javascript:alert) ![x](y) &amp; &#39;",
    "1. {}\r\n- a list\t\ttab “curly” 'single' \"double\"",
    "{}\u2028after a line separator ~~gone~~ $x$ {{{{ braces }}}}",
)


class Quotes(HTMLParser):
    """Collects the words and the foot of each blockquote."""

    def __init__(self, text):
        super().__init__()
        self.found, self._inside, self._part = [], False, None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        if tag == "blockquote":
            self.found.append({"p": "", "footer": ""})
            self._inside = True
        elif self._inside:
            assert tag in ("p", "footer"), tag
            self._part = tag

    def handle_endtag(self, tag):
        self._part = None
        self._inside = self._inside and tag != "blockquote"

    def handle_data(self, data):
        if self._part is not None:
            self.found[-1][self._part] += data

    @property
    def pairs(self):
        return [(one["p"], one["footer"]) for one in self.found]


def quotes_of_markdown(text):
    """Return words and foot of each quote, as a reader of Markdown sees them."""
    found, inside = [], False
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        inside = inside or token.type == "blockquote_open"
        if inside and token.type == "inline":
            parts = [
                "\n" if one.type in ("softbreak", "hardbreak") else one.content
                for one in token.children
            ]
            assert {one.type for one in token.children} <= {
                *("text", "text_special", "softbreak", "hardbreak"),
            }, token.content
            words, _, foot = "".join(parts).rpartition("\n— row ")
            found.append((words, f"row {foot}"))
        inside = inside and token.type != "blockquote_close"
    return found


def plain(text):
    return " ".join(text.split())


def check_all(folder, texts, ids):
    """Check all forms; return how many different quotes each of them shows at least."""
    report = json.loads((folder / "insights.json").read_text(encoding="utf-8"))
    held = [
        *(one for theme in report["themes"] for one in theme["quotes"]),
        *(one for aspect in report["aspects"] for one in aspect["quotes"]),
        *report["untold_quotes"],
    ]
    for one in held:
        assert one["statement"] in texts[one["row"]]
        assert one["id"] == ids[one["row"]]
    forms = {
        "html": Quotes((folder / "insights.html").read_text(encoding="utf-8")).pairs,
        "md": quotes_of_markdown((folder / "insights.md").read_text(encoding="utf-8")),
    }
    least = len(held)
    expected = {(plain(one["statement"]), one["row"]) for one in held}
    for form, pairs in forms.items():
        seen = set()
        for words, foot in pairs:
            row = int(re.sub(r"\D", "", FOOT.match(foot)["row"])) - 1
            assert plain(words) in plain(texts[row]), form
            assert ids[row] in foot, form
            seen.add((plain(words), row))
        assert seen <= expected, form
        least = min(least, len(seen))
    return least


@pytest.fixture(scope="module")
def nasty(tmp_path_factory):
    """Write a file whose texts are mark-up, several lines, and signs of any kind."""
    path = tmp_path_factory.mktemp("nasty") / "nasty.csv"
    texts = [
        NASTY[place % len(NASTY)].format(f"{text}. {text} of {place}")
        for place, (text, _) in enumerate(make_texts(80, seed=6))
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["key", "words"])
        writer.writerows([f"T|<{place}>", text] for place, text in enumerate(texts))
        writer.writerow(["T|<empty>", ""])
    return path


def test_quotes_of_nasty_texts_are_found_in_their_rows(nasty, tiny_run, tmp_path):
    model = sentilora.load(tiny_run.path)
    given = {"text": "words", "id": "key", "aspects": "film, cast <b>", "output": tmp_path}
    sentilora.insights(model, nasty, **given)
    with nasty.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert check_all(tmp_path, [one["words"] for one in rows], [one["key"] for one in rows]) >= 10


@pytest.mark.slow
def test_quotes_of_the_sample_are_found_in_their_rows(tmp_path):
    given = {"date": "date", "id": "id", "segments": ["domain"], "aspects": "price, staff"}
    sentilora.insights("general", "sample", **given, output=tmp_path)
    rows = []
    for part in ("train", "test"):
        with samples.path(part).open(encoding="utf-8", newline="") as file:
            rows += list(csv.DictReader(file))
    assert check_all(tmp_path, [one["text"] for one in rows], [one["id"] for one in rows]) > 40
