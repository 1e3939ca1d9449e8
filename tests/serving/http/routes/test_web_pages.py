"""Pages for people: a form and the routes, from the package alone, also on a server with a key."""

import base64
import contextlib
import hashlib
import re

import pytest

from sentilora.serving.http.asgi_app import build_app
from tests.helpers.fake_pool import FakePool
from tests.helpers.http_client import client_of, listening

KEY = "a-key-of-the-tests"


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_a_page_opens_without_the_key_and_reads_nothing_from_elsewhere(path):
    with client_of(FakePool("general"), key=KEY) as client:
        found = client.get(path)
    assert found.is_success
    assert found.headers["content-type"] == "text/html; charset=utf-8"
    assert re.findall(r"(?:https?:)?//[a-z][\w.-]+", found.text) == []
    policy = found.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    for tag, kind in (("script", "script-src"), ("style", "style-src")):
        [text] = re.findall(rf"<{tag}>(.*?)</{tag}>", found.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy
    assert not re.findall(r"<[^>]+ (?:style|on\w+)=", found.text)


def test_methods_of_a_path_are_all_named(client):
    found = client.patch("/")
    assert found.status_code == 405
    assert found.headers["allow"] == "GET, POST"


@pytest.mark.browser
def test_texts_are_tried_and_routes_are_read_in_a_browser(chromium):
    with (
        listening(build_app(FakePool("general", "shop"), key=KEY)) as url,
        contextlib.closing(chromium.new_page()) as page,
    ):
        page.goto(url)
        page.get_by_label("Key of this server").fill(KEY)
        page.get_by_label("Your text").fill("Great film!!!!!")
        page.get_by_role("button", name="Classify").click()
        page.get_by_role("region", name="Answer").wait_for()
        assert page.locator("#chosen").inner_text() == "positive"
        assert "fake, fp32, cpu" in page.locator("#facts").inner_text()
        page.get_by_role("link", name="all routes").click()
        page.get_by_text("/v1/models", exact=True).click()
        page.get_by_role("button", name="Send").click()
        page.get_by_text('"object": "list"').first.wait_for()
