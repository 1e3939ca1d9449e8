"""The browser of all tests that need one: Playwright allows one for a whole run."""

import importlib.util
import os
import shutil

import pytest


def unless_required(reason):
    """Skip, or fail where the browser is required."""
    if os.environ.get("SENTILORA_BROWSER") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium():
    """Start Chromium, which Debian brings."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        unless_required("there is no Chromium: apt-get install chromium")
    if importlib.util.find_spec("playwright") is None:
        unless_required("Playwright is not installed: make test-browser")
    from playwright.sync_api import sync_playwright

    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()
