"""Pages of the web app, in this process and in a browser, and models for them."""

from __future__ import annotations

import os
import shutil
import sys

import pytest

from sentilora.ui.settings import AppSettings
from tests.helpers.app_server import WAIT_MS, app_server


def _script(module):
    """Draw one page; Streamlit takes the source of this function as its script."""
    from importlib import import_module

    import_module(f"sentilora.ui.views.{module}_page").show()


@pytest.fixture(autouse=True)
def _own_main(monkeypatch):
    """Undo that a page becomes ``__main__``, which every process spawned later would run."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture
def settings(tiny_run, tmp_path, monkeypatch):
    """Point the pages at the folder of the tiny run."""
    told = AppSettings(str(tiny_run.path), tiny_run.path.parent, tmp_path / "exports")
    for name, value in told.to_environment().items():
        monkeypatch.setenv(name, value)
    return told


@pytest.fixture
def open_page(settings):
    """Draw a page as a browser would ask for it."""
    from streamlit.testing.v1 import AppTest

    def start(module, visit=None):
        page = AppTest.from_function(_script, kwargs={"module": module}, default_timeout=120)
        if visit is not None:
            page.query_params["visit"] = visit
        page.run()
        assert not page.exception
        return page

    return start


@pytest.fixture(scope="module")
def app(tiny_run, tmp_path_factory):
    """Return the address of the app on the tiny run, what it prints, and its runs."""
    folder = tmp_path_factory.mktemp("app")
    runs = folder / "runs"
    shutil.copytree(tiny_run.path, runs / "tiny")
    store = str(folder / "feedback.db")  # is not there before a test makes it
    settings = AppSettings(str(runs / "tiny"), runs, folder / "exports", store)
    log = folder / "said.txt"
    with app_server(settings, folder, log, os.environ) as (url, _):
        yield url, log, runs


@pytest.fixture
def visit(chromium, app):
    """Open a page; note what it asks for elsewhere, and what goes wrong."""
    contexts = []

    def start(path="try", **options):
        context = chromium.new_context(**options)
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        page = context.new_page()
        page.elsewhere, page.alerts, page.errors = [], [], []

        def note(request):
            if not request.url.startswith((app[0], app[0].replace("http", "ws"), "data:", "blob:")):
                page.elsewhere.append(request.url)

        page.on("request", note)
        page.on("dialog", lambda dialog: (page.alerts.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.goto(f"{app[0]}/{path}")
        page.locator("h1").first.wait_for()
        return page

    yield start
    for context in contexts:
        context.close()
