"""Addresses of brokers: read, refused, and never shown with a password."""

import sys

import pytest

from sentilora.errors import ConfigError, MissingExtraError
from sentilora.monitoring.feedback_record import RecordColumns
from sentilora.monitoring.sources.broker_address import read_address, shown_source
from sentilora.monitoring.sources.source_names import open_source

SECRET = "geheim"


@pytest.mark.parametrize(
    ("source", "hosts", "stream", "shown"),
    [
        ("redis://localhost/mail", ("localhost:6379",), "mail", "redis://localhost:6379/mail"),
        ("amqps://h/mail%2Fde", ("h:5671",), "mail/de", "amqps://h:5671/mail/de"),
        ("nats://[::1]:4223/a.b", ("[::1]:4223",), "a.b", "nats://[::1]:4223/a.b"),
        ("NATS://[::1]/a.b", ("[::1]:4222",), "a.b", "nats://[::1]:4222/a.b"),
        ("kafka://a:9,b/t?group=g", ("a:9", "b:9092"), "t", "kafka://a:9,b:9092/t?group=g"),
        ("redis://h/s?db=0&group=sentilora", ("h:6379",), "s", "redis://h:6379/s"),
    ],
)
def test_an_address_is_read_and_shown(source, hosts, stream, shown):
    address = read_address(source)
    assert (address.hosts, address.stream, address.shown) == (hosts, stream, shown)


def test_two_groups_of_a_stream_keep_two_positions():
    one, other = (read_address(f"redis://h/s?group={name}").shown for name in "ab")
    assert one != other


@pytest.mark.parametrize("user", ["", "anna", "anna%40x"])
def test_a_password_is_never_shown(user):
    source = f"redis://{user}:{SECRET}%2F1@localhost/mail"
    address = read_address(source)
    assert address.password == f"{SECRET}/1"
    told = f"{address.shown} {address!r} {shown_source(source)}"
    assert SECRET not in told + address.hide(f"refused {SECRET}/1 at {address.url()}")
    assert address.url() == f"redis://{user}:{SECRET}%2F1@localhost:6379"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("mqtt://:geheim@h/s", r"mqtt://h/s is no source\. Expected a file, - for standard input"),
        ("redis:///s", r"redis:///s has no host"),
        ("redis://:geheim@h", r"redis://h has nothing behind its host"),
        ("redis://h/" + "s" * 151, "names over 150 characters"),
        ("redis://:geheim@h:x/s", r"redis://h:x/s: 'x' is no port"),
        ("redis://h:70000/s", "'70000' is no port"),
        ("redis://:geheim@h/s?grp=1", r"unknown setting 'grp'\. Expected one of group, consumer"),
        ("redis://h/s?db=one", r"db is 'one'\. Expected a number, such as db=0"),
        ("nats://h/s?ack_wait=-1", "ack_wait is '-1'"),
        ("redis://:geh@eim@h/s", r"redis://h/s: a password or a name with @ or / in it"),
        ("redis://:geh/eim@h/s", r"redis://h/s: a password or a name with @ or / in it"),
    ],
)
def test_what_is_no_address_is_refused_without_its_password(source, why):
    with pytest.raises(ConfigError, match=why) as refused:
        open_source(source, columns=RecordColumns())
    assert SECRET not in str(refused.value)
    assert "eim" not in str(refused.value)


def test_a_message_has_no_header():
    with pytest.raises(ConfigError, match="a message of a broker has no header"):
        open_source("redis://h/s", form="csv", columns=RecordColumns())


def test_without_the_extra_it_is_named(monkeypatch):
    room = "sentilora.monitoring.sources.brokers"
    for name in [name for name in sys.modules if name.startswith(room)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'sentilora\[brokers\]'"):
        open_source("redis://h/s", columns=RecordColumns())
