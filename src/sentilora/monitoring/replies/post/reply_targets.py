"""Where replies go: an address that each is posted to, or a file of JSON lines."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Protocol

import httpx2

from sentilora.errors import ConfigError
from sentilora.files import path_of
from sentilora.message import setting
from sentilora.monitoring.replies.reply_draft import Draft

TIMEOUT_S = 10.0
_LATER = (408, 409, 423, 425, 429)  # answers that may be others the next time
_SCHEMES = ("http://", "https://")


class ReplyRefused(OSError):  # noqa: N818 - it is told and set aside, never raised to a user
    """A target does not want a reply, however often it is sent."""


class ReplyTarget(Protocol):
    """Takes replies."""

    def send(self, draft: Draft, *, is_again: bool) -> None:
        """Hand over a reply.

        Args:
            draft: the reply.
            is_again: whether it may have arrived before.

        Raises:
            ReplyRefused: it is not wanted.
            OSError: it did not arrive; the reason stands in its text.
        """


def outgoing(draft: Draft) -> dict[str, Any]:
    """Return what is sent."""
    return {
        "key": draft.key,
        "id": draft.id,
        "source": draft.source,
        "conversation_id": draft.conversation_id,
        "language": draft.language,
        "reason": draft.reason,
        "reply": draft.reply,
    }


class Webhook:
    """Posts each reply as JSON, with its key as ``Idempotency-Key``.

    Any answer of 200 to 299 says that it arrived. Redirections are not followed.

    Args:
        url: address.
        key: key that is sent as a bearer token; None for none.
        transport: transport of httpx2 to send by; None for the network.
    """

    def __init__(
        self, url: str, key: str | None = None, transport: httpx2.BaseTransport | None = None
    ) -> None:
        self.url = url
        self._headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        self._transport = transport

    def send(self, draft: Draft, *, is_again: bool) -> None:
        """Post a reply."""
        headers = {**self._headers, "Idempotency-Key": draft.key}
        try:
            with (
                httpx2.Client(
                    timeout=TIMEOUT_S, follow_redirects=False, transport=self._transport
                ) as client,
                client.stream("POST", self.url, json=outgoing(draft), headers=headers) as answer,
            ):
                status = answer.status_code
        except httpx2.HTTPError as error:
            raise OSError(f"{type(error).__name__}: {error}"[:300]) from error
        if 300 <= status < 500 and status not in _LATER:
            raise ReplyRefused(f"the address answered {status}")
        if not 200 <= status < 300:
            raise OSError(f"the address answered {status}")


class ReplyFile:
    """Appends each reply as a line of JSON, and waits for the disk.

    Args:
        path: file; it is made if it is not there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, draft: Draft, *, is_again: bool) -> None:
        """Append a reply, unless it stands in the file."""
        if is_again and self._holds(draft.key):
            return
        line = json.dumps(outgoing(draft), ensure_ascii=False).encode() + b"\n"
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
        handle = os.open(self.path, flags, 0o600)
        try:
            size = os.fstat(handle).st_size
            if size and os.pread(handle, 1, size - 1) != b"\n":  # a line that was cut off
                line = b"\n" + line
            written = os.write(handle, line)
            if written != len(line):  # the disk is full
                os.ftruncate(handle, size)
                raise OSError(f"{self.path}: no room for a line")
            os.fsync(handle)
        finally:
            os.close(handle)

    def _holds(self, key: str) -> bool:
        if not self.path.is_file():
            return False
        needle = f'"key": "{key}"'.encode()
        with self.path.open("rb") as file:
            return any(needle in line and line.endswith(b"\n") for line in file)


def open_target(to: str, key_from: str | None = None, base: Path | None = None) -> ReplyTarget:
    """Return the target of a setting.

    Args:
        to: address, or path of a file.
        key_from: environment variable with the key of an address; None for none.
        base: folder that a path begins at.

    Raises:
        ConfigError: the variable is empty, or the file cannot be written.
    """
    if to.lower().startswith(_SCHEMES):
        key = os.environ.get(key_from) if key_from else None
        if key_from and not key:
            raise ConfigError(
                f"key_from = {key_from!r}: the environment has no such variable. Set it to the key "
                "that the address asks for."
            )
        return Webhook(to, key)
    path = (base or Path()) / path_of(to)
    if "://" in to or path.is_dir() or not path.parent.is_dir():
        raise ConfigError(
            f"{setting('to', to)}: expected an address that begins with https:// or http://, or "
            "the name of a file in a folder that is there."
        )
    return ReplyFile(path)
