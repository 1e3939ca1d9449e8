"""Addresses of streams, queues and topics: ``redis://HOST/STREAM`` and its like.

The first word names the broker, and whether the way to it is encrypted. What stands behind the
slash is the stream, queue, topic or subject; settings of a broker stand behind a question mark.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote

from sentilora.errors import ConfigError

GROUP = "sentilora"
_MOST_NAME = 150
_PORTS = {"redis": 6379, "nats": 4222, "amqp": 5672, "amqps": 5671, "kafka": 9092}
_SCHEMES = {
    "redis": ("redis", False),
    "rediss": ("redis", True),
    "nats": ("nats", False),
    "nats+tls": ("nats", True),
    "amqp": ("amqp", False),
    "amqps": ("amqp", True),
    "kafka": ("kafka", False),
    "kafka+ssl": ("kafka", True),
}
_OPTIONS = {
    "redis": {"group": GROUP, "consumer": "monitor", "db": "0"},
    "nats": {"group": "", "ack_wait": "10"},
    "amqp": {"vhost": "/"},
    "kafka": {"group": GROUP},
}
_NUMBERS = {"db": "0", "ack_wait": "10"}
_MOST_DIGITS = 4
_EXAMPLES = {
    "redis": "redis://localhost/feedback",
    "nats": "nats://localhost/feedback",
    "amqp": "amqp://localhost/feedback",
    "kafka": "kafka://localhost/feedback",
}


@dataclass(frozen=True)
class BrokerAddress:
    """Where texts lie.

    Attributes:
        scheme: first word of the address.
        kind: ``redis``, ``nats``, ``amqp`` or ``kafka``.
        is_encrypted: whether the way to the broker is encrypted.
        hosts: hosts with their ports; several of a cluster.
        stream: name of the stream, subject, queue or topic.
        options: settings of the broker, by name.
        user: user name; empty where none is needed.
        password: password, which is never shown.
    """

    scheme: str
    kind: str
    is_encrypted: bool
    hosts: tuple[str, ...]
    stream: str
    options: Mapping[str, str]
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def shown(self) -> str:
        """The address without user and password, as it is told, logged and stored."""
        own = {
            name: value
            for name, value in self.options.items()
            if value != _OPTIONS[self.kind][name]
        }
        settings = "&".join(f"{name}={quote(value, safe='')}" for name, value in own.items())
        return f"{self.scheme}://{','.join(self.hosts)}/{self.stream}" + (
            f"?{settings}" if settings else ""
        )

    def url(self, path: str = "", host: str | None = None, scheme: str | None = None) -> str:
        """Write the address as the broker's own client wants it, with user and password."""
        who = ""
        if self.user or self.password:
            word = f":{quote(self.password, safe='')}" if self.password else ""
            who = f"{quote(self.user, safe='')}{word}@"
        return f"{scheme or self.scheme}://{who}{host or self.hosts[0]}{path}"

    def hide(self, told: str) -> str:
        """Take the password out of what a client tells."""
        for secret in {self.password, quote(self.password, safe="")} - {""}:
            told = told.replace(secret, "***")
        return told


def shown_source(source: str) -> str:
    """Return a source as it may be shown: an address without what stands before its host.

    This holds for one that is no address of a broker, too: what was mistyped may hold a password.
    """
    scheme, mark, rest = source.partition("://")
    if not mark:
        return source
    return f"{scheme}://{rest.rpartition('@')[2]}"


def read_address(source: str) -> BrokerAddress:
    """Read an address.

    Raises:
        ConfigError: it is none, or has a setting that its broker has not.
    """
    shown = shown_source(source)
    scheme, _, rest = source.partition("://")
    if scheme.lower() not in _SCHEMES:
        raise ConfigError(
            f"{shown} is no source. Expected a file, - for standard input, or the address of a "
            f"broker, which begins with one of {', '.join(_SCHEMES)}: such as {_EXAMPLES['redis']}."
        )
    scheme = scheme.lower()
    kind, is_encrypted = _SCHEMES[scheme]
    who, _, rest = rest.rpartition("@")
    if "@" in who or "/" in who:
        raise ConfigError(
            f"{shown}: a password or a name with @ or / in it has to be written with %40 or %2F."
        )
    place, _, query = rest.partition("?")
    hosts, _, stream = place.partition("/")
    user, _, password = who.partition(":")
    name = unquote(stream)
    if not hosts or not name or len(name) > _MOST_NAME:
        missing = "no host" if not hosts else "nothing behind its host"
        wrong = f"has {missing}" if not hosts or not name else f"names over {_MOST_NAME} characters"
        raise ConfigError(
            f"{shown} {wrong}. Expected an address such as {_EXAMPLES[kind]}: host, and the name "
            "of the stream, subject, queue or topic."
        )
    return BrokerAddress(
        scheme=scheme,
        kind=kind,
        is_encrypted=is_encrypted,
        hosts=tuple(_with_port(host, scheme, kind, shown) for host in hosts.split(",")),
        stream=name,
        options=_options(query, kind, shown),
        user=unquote(user),
        password=unquote(password),
    )


def _with_port(host: str, scheme: str, kind: str, shown: str) -> str:
    name, mark, port = host.rpartition(":")
    if not mark or host.endswith("]"):  # an address of IPv6 holds colons itself
        return f"{host}:{_PORTS.get(scheme, _PORTS[kind])}"
    if not name or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise ConfigError(f"{shown}: {port!r} is no port. Expected a number from 1 to 65535.")
    return host


def _options(query: str, kind: str, shown: str) -> dict[str, str]:
    known = _OPTIONS[kind]
    given = dict(parse_qsl(query, keep_blank_values=True))
    wrong = sorted(set(given) - set(known))
    if wrong:
        raise ConfigError(
            f"{shown}: unknown setting {wrong[0]!r}. Expected one of {', '.join(known)}."
        )
    for name, example in _NUMBERS.items():
        number = given.get(name, example)
        if not number.isascii() or not number.isdigit() or len(number) > _MOST_DIGITS:
            raise ConfigError(
                f"{shown}: {name} is {number!r}. Expected a number, such as {name}={example}."
            )
    return {**known, **given}
