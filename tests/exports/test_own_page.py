"""The pages of docs/browser.md in a real browser, made by the commands that stand there."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import sentilora
from tests.helpers.embedded_base import needs_minilm

pytestmark = [pytest.mark.browser, needs_minilm]

PAGE = Path(__file__).parents[2] / "docs" / "browser.md"
TEXTS = [
    "Great movie, highly recommended!",
    "Three weeks late, and then nobody picks up the phone. " * 20,
    "<b>Does</b> the shop open on Sundays?",
]


def blocks(kind):
    text = PAGE.read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def shell(command, folder):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-ec", command],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.fixture(scope="module")
def site(libraries, tmp_path_factory):
    """Return a folder ``site`` that holds the export and the page around it, without its script."""
    folder = tmp_path_factory.mktemp("own-page")
    (folder / "node_modules").symlink_to(libraries)
    (commands,) = blocks("bash")
    (export,) = [line for line in commands.splitlines() if line.startswith("sentilora export")]
    shell(export, folder)
    (html,) = blocks("html")
    (folder / "site" / "index.html").write_text(html, encoding="utf-8")
    (folder / "site" / "favicon.ico").touch()  # browsers ask for one
    return folder / "site"


@pytest.fixture
def open_site(site, serve, chromium):
    """Open the page with one of its scripts; what goes wrong is noted on the page."""
    contexts = []

    def start(script):
        (site / "mood.js").write_text(script, encoding="utf-8")
        context = chromium.new_context()
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.problems, page.urls = [], []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on(
            "console",
            lambda said: page.problems.append(said.text) if said.type == "error" else None,
        )
        context.on("request", lambda request: page.urls.append(request.url))
        page.folder = serve(site)
        page.goto(page.folder.url)
        page.get_by_text("Ready.", exact=True).wait_for()
        return page

    yield start
    for context in contexts:
        context.close()


def answer(page, text):
    """Type a text, leave the field, and return what the page says when it says something new."""
    mood = page.locator("#mood")
    before = mood.inner_text()
    page.get_by_label("Your comment").fill(text)
    page.get_by_label("Your comment").blur()
    page.wait_for_function(
        "before => document.getElementById('mood').textContent !== before", arg=before
    )
    return mood.inner_text()


@pytest.mark.parametrize("number", [0, 1], ids=["page", "worker"])
def test_the_pages_of_the_docs_answer_as_python_does(number, site, open_site):
    scripts = blocks("js")
    assert len(scripts) == 2
    page = open_site(scripts[number])
    loaded = list(page.folder.requests)
    for text, expected in zip(TEXTS, sentilora.load(site / "model").predict(TEXTS), strict=True):
        label, percent = re.fullmatch(r"(\w+) \((\d+) %\)", answer(page, text)).groups()
        assert label == expected.label
        assert abs(int(percent) - 100 * expected.score) < 0.6
    assert page.folder.requests == loaded  # no text went anywhere
    assert {url.split("/")[2] for url in page.urls if url.startswith("http")} == {
        page.folder.url.split("/")[2]
    }
    assert page.problems == []


def test_the_worker_says_that_a_text_is_empty(open_site):
    page = open_site(blocks("js")[1])
    answer(page, "Great!")
    assert answer(page, " ") == "The text is empty."


def test_every_file_of_the_folder_is_named(site):
    page = PAGE.read_text(encoding="utf-8")
    table = page[page.index("| file | what it is") : page.index("Leave the files where they are")]
    named = set(re.findall(r"`([\w./]+?)/?`", table))
    found = {path.relative_to(site / "model").as_posix() for path in site.glob("model/*")}
    assert found - {"onnx"} <= named
    assert (site / "model" / "onnx" / "model.onnx").is_file()


def test_sizes_are_those_that_are_told(site):
    (block,) = blocks("console")
    command, _, shown = block.removeprefix("$ ").partition("\n")
    found = shell(command, site.parent)
    for line, told in zip(found.splitlines(), shown.splitlines(), strict=True):
        (size, name), (told_size, told_name) = shlex.split(line), shlex.split(told)
        assert name == told_name
        assert abs(int(size[:-2]) - int(told_size[:-2])) <= 1
