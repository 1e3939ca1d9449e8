"""By which names a server may be called, and by which pages."""

import pytest

from sentilora.errors import ConfigError
from sentilora.serving.http.callers import Callers, host_of, make_callers
from sentilora.serving.http.messages.refusals import Refusal
from tests.helpers.fake_pool import FakePool
from tests.helpers.http_client import client_of, refused

PAGE = "https://shop.example"


def ask(callers, *, host="localhost:8000", method="POST", key=None, path="/predict", **headers):
    sent = {"host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
    with client_of(FakePool("general"), callers=callers, key=key) as client:
        return client.request(
            method, path, json={"inputs": "a"} if method == "POST" else None, headers=sent
        )


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:8000", "localhost.", "127.0.0.1:8000", "127.9.9.9", "[::1]:8000"],
)
def test_a_server_on_the_loopback_is_called_by_its_names(host):
    assert ask(Callers(), host=host).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:8000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "192.168.1.5",
        "0.0.0.0",
        "evil.example@localhost",
        "localhost@evil.example",
        "[::1].evil.example",
        "",
    ],
)
def test_a_name_that_someone_has_resolve_here_is_refused_and_told(host):
    message = refused(ask(Callers(), host=host), 403, "Forbidden")
    assert "This server is not known as" in message


def test_the_refusal_says_how_the_name_is_allowed():
    message = refused(ask(Callers(), host="api.example:80"), 403, "Forbidden")
    assert message.endswith("start it with: sentilora serve RUN --allowed-host api.example")
    allowed = make_callers(["API.example"], [], own="127.0.0.1", is_open=False, has_key=False)
    assert ask(allowed, host="api.example:80").status_code == 200
    assert ask(allowed, host="localhost").status_code == 200


def test_an_open_server_without_a_key_is_called_by_address_and_by_its_own_names():
    callers = make_callers([], [], own="box.example", is_open=True, has_key=False)
    for host in ("10.0.0.7:8000", "box.example", "localhost"):
        assert ask(callers, host=host).status_code == 200
    refused(ask(callers, host="evil.example"), 403, "Forbidden")


def test_with_a_key_any_name_will_do_unless_names_are_given():
    callers = make_callers([], [], own="0.0.0.0", is_open=True, has_key=True)
    answer = ask(callers, host="api.example", key="k", authorization="Bearer k")
    assert answer.status_code == 200
    named = make_callers(["api.example"], [], own="0.0.0.0", is_open=True, has_key=True)
    refused(ask(named, host="other.example", key="k"), 403, "Forbidden")


def test_a_page_from_elsewhere_may_not_call_not_even_with_get():
    for method, path in (("POST", "/predict"), ("GET", "/info"), ("OPTIONS", "/predict")):
        answer = ask(Callers(), method=method, path=path, origin=PAGE)
        message = refused(answer, 403, "Forbidden")
        assert message.endswith(f"sentilora serve RUN --allowed-origin {PAGE}")
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "", "http://localhost@evil"])
def test_an_origin_that_is_none_is_refused_like_a_strange_page(origin):
    with pytest.raises(Refusal, match="may not call this server"):
        Callers().check([b"localhost"], origin.encode())


def test_a_page_opened_as_a_file_may_not_call_either():
    refused(ask(Callers(), origin="null"), 403, "Forbidden")


def test_a_page_of_the_server_itself_may_call():
    answer = ask(Callers(), host="localhost:8000", origin="http://localhost:8000")
    assert answer.status_code == 200
    refused(ask(Callers(), host="localhost:8000", origin="http://localhost:3000"), 403, "Forbidden")


@pytest.mark.parametrize("given", [PAGE, "*"])
def test_a_page_that_is_named_may_call_and_read(given):
    callers = make_callers([], [given], own="127.0.0.1", is_open=False, has_key=False)
    answer = ask(callers, origin=PAGE)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert answer.headers["vary"] == "origin"
    refusal = ask(callers, path="/nowhere", origin=PAGE)
    assert refusal.headers["access-control-allow-origin"] == PAGE  # a page can read why


def test_a_browser_is_told_what_a_page_may_send_without_a_key():
    callers = make_callers([], [PAGE], own="127.0.0.1", is_open=False, has_key=False)
    answer = ask(
        callers,
        method="OPTIONS",
        key="k",
        origin=PAGE,
        access_control_request_method="POST",
        access_control_request_headers="content-type,authorization",
        access_control_request_private_network="true",
    )
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-headers"] == (
        "authorization, content-type, idempotency-key"
    )
    assert answer.headers["access-control-allow-private-network"] == "true"


@pytest.mark.parametrize(
    "origin", ["shop.example", "https://shop.example/", "https://a/b", "http://[", ""]
)
def test_what_is_no_origin_is_refused(origin):
    with pytest.raises(ConfigError, match="expected scheme, name and port"):
        make_callers([], [origin], own="127.0.0.1", is_open=False, has_key=False)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("A.Example:80", "a.example"),
        ("[::1]:8000", "::1"),
        ("::1", "::1"),
        ("1.2.3.4", "1.2.3.4"),
        ("a.example.", "a.example"),
    ],
)
def test_the_port_is_no_part_of_the_name(header, name):
    assert host_of(header) == name
