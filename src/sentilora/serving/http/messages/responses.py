"""What goes back over the wire: JSON in UTF-8 with headers, as cheap as it can be made."""

from __future__ import annotations

import json
from typing import Any

from pydantic_core import PydanticSerializationError
from pydantic_core import to_json as write_json
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sentilora.serving.http.messages.refusals import HTTP, Refusal

JSON = b"application/json"

RawHeaders = list[tuple[bytes, bytes]]


def to_json(value: Any) -> bytes:
    r"""Write a value as JSON; halves of surrogate pairs, which UTF-8 has not, as ``\udc80``.

    Pydantic's writer is much quicker than Python's own.
    """
    try:
        return write_json(value)
    except PydanticSerializationError:
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace")


class Reply(Response):
    """A finished answer, with less work than Starlette's own: its headers are bytes already."""

    def __init__(
        self,
        body: bytes,
        *,
        status: int = 200,
        media_type: bytes = JSON,
        headers: RawHeaders | None = None,
    ) -> None:
        self.body = body
        self.status_code = status
        self.background = None
        self.raw_headers = [
            (b"content-type", media_type),
            (b"content-length", b"%d" % len(body)),
            *(headers or ()),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )
        await send({"type": "http.response.body", "body": self.body})


def reply_json(value: Any, *, status: int = 200, headers: RawHeaders | None = None) -> Reply:
    """Answer with a value as JSON."""
    return Reply(to_json(value), status=status, headers=headers)


def reply_refusal(refusal: Refusal) -> Reply:
    """Answer with the one shape that every error has."""
    headers = [(name.encode(), value.encode()) for name, value in refusal.headers.items()]
    value = {"error": refusal.message.spelled(HTTP), "error_type": refusal.kind}
    return reply_json(value, status=refusal.status, headers=headers)
