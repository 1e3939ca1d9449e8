"""Pages of the web app in this process, and models for them."""

from __future__ import annotations

import sys

import pytest

from sentilora.ui.settings import AppSettings


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
