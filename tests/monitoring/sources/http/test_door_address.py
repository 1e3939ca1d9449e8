"""Addresses to listen at, and whom a monitor lets in there."""

import builtins

import pytest

from sentilora.errors import ConfigError, MissingExtraError
from sentilora.monitoring.feedback_record import RecordColumns
from sentilora.monitoring.sources.http.door_address import Visitors, open_door
from sentilora.monitoring.sources.source_names import open_source


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("http://127.0.0.1:8100", "127.0.0.1", 8100),
        ("http://localhost:0/", "localhost", 0),
        ("127.0.0.1:9100", "127.0.0.1", 9100),
        ("http://[::1]:8100", "::1", 8100),
    ],
)
def test_an_address_is_a_host_and_a_port(address, host, port):
    door = open_door("source", address, Visitors())
    assert (door.host, door.port) == (host, port)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1",
        "http://:8100",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:80/more",
        "http://a@127.0.0.1:80",
        "http://[::1:80",
        "9100",
    ],
)
def test_what_is_no_address_is_told(address):
    with pytest.raises(ConfigError, match=r"expected an address to listen at and a port"):
        open_door("source", address, Visitors())


def test_another_protocol_is_told():
    with pytest.raises(ConfigError, match="Put a proxy that speaks TLS in front"):
        open_door("source", "https://127.0.0.1:8100", Visitors())


def test_other_machines_need_a_key(tmp_path, monkeypatch):
    address = "http://0.0.0.0:8100"
    with pytest.raises(ConfigError, match=r"asks for no key.*key_file.*allow_without_key"):
        open_door("source", address, Visitors())
    (tmp_path / "key.txt").write_text("a-key\n")
    assert open_door("source", address, Visitors(tmp_path / "key.txt")).key == "a-key"
    assert open_door("source", address, Visitors(allow_without_key=True)).key is None
    monkeypatch.setenv("SENTILORA_KEY", "another")
    assert open_door("source", address, Visitors()).key == "another"


def test_a_source_that_never_ends_is_no_history():
    with pytest.raises(ConfigError, match="never ends"):
        open_source("http://127.0.0.1:8100", columns=RecordColumns(), follows=False)


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def without(name, *arguments, **named):
        if name == "sentilora.serving.http.server":
            raise ModuleNotFoundError(name)
        return real(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError, match=r"pip install 'sentilora\[server\]'"):
        open_door("source", "http://127.0.0.1:8100", Visitors())
