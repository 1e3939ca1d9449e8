"""Who may call: by which names the server is known, and which web pages may read its answers.

A page in a browser can reach a server that listens on its own machine, and so under a name that its
owner has resolve there (DNS rebinding). It cannot choose the headers ``Host`` and ``Origin``, so
both are looked at. A server that asks for a key and can be reached from other machines takes any
name, as a page has no key to show.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

from sentilora.errors import ConfigError
from sentilora.message import command, setting
from sentilora.serving.http.messages.refusals import Refusal

ANY = "*"
METHODS = b"GET, POST, PUT, DELETE"
PREFLIGHT_S = b"600"  # for which a browser remembers what it may send

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Callers:
    """Names and pages that may call.

    Attributes:
        hosts: names of the server beside those of the loopback, in lower case; ``*`` for any.
        origins: origins of web pages that may call and read, such as ``https://example.org``; ``*``
            for any.
        is_address_enough: whether any IP address may stand for a name, which no page can have
            resolve elsewhere.
        started_by: command that started the server, which refusals name.
    """

    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    is_address_enough: bool = False
    started_by: str = "serve"

    def check(self, hosts: Iterable[bytes], origin: bytes | None) -> Headers:
        """Let a request in by its headers ``Host`` and ``Origin``.

        Returns:
            Headers for the answer, by which a browser lets the page read it.

        Raises:
            Refusal: the server is not known by that name, or the page may not call.
        """
        named = [value.decode("latin-1") for value in hosts]
        for host in named:
            if not self._knows(host_of(host)):
                raise Refusal(
                    403,
                    f"This server is not known as {host[:100]!r}. If it should be, start it with: "
                    f"{self._known_as(host_of(host)[:100] or 'NAME')}",
                )
        if origin is None:
            return []
        page = origin.decode("latin-1")
        if ANY in self.origins or page.lower() in self.origins:
            return [(b"access-control-allow-origin", origin), (b"vary", b"origin")]
        if any(_parts(page).netloc.lower() == host.lower() for host in named):
            return []
        told = f"The web page {page[:100]!r} may not call this server."
        if self.started_by == "serve":
            told += (
                " If it should, start it with: "
                f"{command('serve', 'RUN', allowed_origin=page[:100])}"
            )
        raise Refusal(403, told)

    def _known_as(self, name: str) -> str:
        """Return the command that starts the server under a name."""
        if self.started_by == "monitor":
            return command("monitor", "RUN", allowed_host=name)
        return command("serve", "RUN", allowed_host=name)

    def _knows(self, name: str) -> bool:
        if name == "localhost" or name in self.hosts or ANY in self.hosts:
            return True
        address = address_of(name)
        return address is not None and (self.is_address_enough or is_loopback(address))


def preflight(allowed: Headers, asked: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Answer a browser that asks what a page may send; empty if it is no such question.

    Args:
        allowed: headers from :meth:`Callers.check`.
        asked: headers of the request.
    """
    names = {name for name, _ in asked}
    if not allowed or b"access-control-request-method" not in names:
        return []
    more = [
        (b"access-control-allow-methods", METHODS),
        (b"access-control-allow-headers", b"authorization, content-type, idempotency-key"),
        (b"access-control-max-age", PREFLIGHT_S),
    ]
    if b"access-control-request-private-network" in names:
        more.append((b"access-control-allow-private-network", b"true"))
    return [*allowed, *more]


def make_callers(
    hosts: Iterable[str],
    origins: Iterable[str],
    *,
    own: str,
    is_open: bool,
    has_key: bool,
    started_by: str = "serve",
) -> Callers:
    """Decide who may call a server.

    Args:
        hosts: names that the server is to be known by, beside those of the loopback.
        origins: origins of pages that may call.
        own: name that it was told to listen at.
        is_open: whether other machines may reach it.
        has_key: whether it asks for a key.
        started_by: command that starts it.

    Raises:
        ConfigError: an origin is none.
    """
    named = frozenset(host_of(host) for host in hosts)
    pages = frozenset(map(_origin, origins))
    if is_open and has_key and not named:
        return Callers(frozenset((ANY,)), pages, started_by=started_by)
    if is_open:
        named |= {own.lower(), socket.gethostname().lower()}
    return Callers(named, pages, is_address_enough=is_open, started_by=started_by)


@lru_cache(maxsize=64)  # clients choose what it is, and most choose the same
def host_of(value: str) -> str:
    """Return the name or address of a ``Host`` header, in lower case and without its port."""
    value = value.strip().lower()
    found = re.fullmatch(r"(?:\[([^\[\]]+)\]|([^:]*?)\.?)(?::\d*)?", value)
    return value if found is None else found[1] or found[2]


@lru_cache(maxsize=64)
def address_of(name: str) -> IPv4Address | IPv6Address | None:
    """Return the IP address that a text is; None if it is a name."""
    try:
        return ip_address(name)
    except ValueError:
        return None


def is_loopback(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether only this machine can reach an address."""
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def _parts(page: str) -> SplitResult:
    """Take an origin apart; one that is none has no parts."""
    try:
        return urlsplit(page)
    except ValueError:  # a bracket that is not closed
        return urlsplit("")


def _origin(value: str) -> str:
    value = value.strip().lower()
    parts = _parts(value)
    if value not in (ANY, "null") and not (
        parts.scheme and parts.netloc and not (parts.path or parts.query)
    ):
        raise ConfigError(
            f"{setting('allowed_origin', value)}: expected scheme, name and port of a web page "
            "without a path, such as https://shop.example or http://localhost:3000; * for any "
            "page, null for pages that were opened as files."
        )
    return value
