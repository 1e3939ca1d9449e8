"""Where a monitor listens, and whom it lets in: from an address and settings to a door."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sentilora.errors import ConfigError, MissingExtraError
from sentilora.files import path_of
from sentilora.message import setting

if TYPE_CHECKING:
    from sentilora.serving.http.server import Door

HTTP_SCHEMES = ("http://", "https://")
EXAMPLE = "http://127.0.0.1:8100"


@dataclass(frozen=True)
class Visitors:
    """Whom a monitor that listens lets in.

    Attributes:
        key_file: file with the key that requests must show; SENTILORA_KEY when None.
        allow_without_key: whether other machines may call it without a key.
        allowed_host: names by which it may be called, beside localhost.
    """

    key_file: str | Path | None = None
    allow_without_key: bool = False
    allowed_host: Sequence[str] = ()


def open_door(name: str, address: str, visitors: Visitors) -> Door:
    """Return where to listen.

    Args:
        name: setting that the address was given by.
        address: ``http://HOST:PORT``, or without ``http://``.
        visitors: whom to let in.

    Raises:
        ConfigError: it is no address, or other machines could reach it without a key.
        MissingExtraError: packages of the extra ``server`` are not installed.
    """
    host, port = _parts(name, address)
    try:
        from sentilora.serving.http.server import Door
    except ModuleNotFoundError as error:
        raise MissingExtraError("Listening for HTTP", "server") from error
    from sentilora.serving.http.api_key import read_key

    file = None if visitors.key_file is None else path_of(visitors.key_file)
    door = Door(
        host,
        port,
        read_key(file, os.environ),
        hosts=tuple(visitors.allowed_host),
        allow_without_key=visitors.allow_without_key,
        started_by="monitor",
    )
    door.callers()
    return door


def _parts(name: str, address: str) -> tuple[str, int]:
    if address.startswith("https://"):
        raise ConfigError(
            f"{setting(name, address)}: the monitor speaks plain HTTP. Put a proxy that speaks TLS "
            f"in front of it, and say {setting(name, address.replace('https://', 'http://', 1))}."
        )
    try:
        parts = urlsplit(address if "://" in address else f"//{address}")
        host, port = parts.hostname, parts.port
        more = parts.path.strip("/") or parts.query or parts.fragment or parts.username
    except ValueError:
        host = port = more = None
    if not host or port is None or more:
        raise ConfigError(
            f"{setting(name, address)}: expected an address to listen at and a port, such as "
            f"{setting(name, EXAMPLE)}."
        )
    return host, port
