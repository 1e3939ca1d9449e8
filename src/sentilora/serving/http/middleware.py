"""The door: key, size of the body, and the count of what went through. Plain ASGI.

A body is counted while it comes in, so that none is ever held that is larger than allowed, however
it declares itself. Of a body that is a little too large the rest is read and dropped, since most
clients look for an answer only when they have sent everything; beyond that the line is cut.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from dataclasses import dataclass, field

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sentilora.serving.http.callers import Callers, Headers, preflight
from sentilora.serving.http.messages.refusals import OPEN_PATHS, Refusal, overloaded
from sentilora.serving.http.messages.responses import reply_refusal
from sentilora.serving.http.service import Service
from sentilora.serving.http.visit import VISIT, Visit

WITH_BODY = frozenset(("POST", "PUT"))
DROPPED_BYTES = 8_000_000
DROPPING_S = 5.0
CLOSE = {"connection": "close"}


class Guard:
    """Lets requests through to the app, or refuses them."""

    def __init__(self, app: ASGIApp, service: Service, callers: Callers) -> None:
        self.app = app
        self.service = service
        self.callers = callers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, and count it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        visit = scope[VISIT] = Visit()
        status = 499  # the client has gone before it got one
        shared: Headers = []  # by which a browser lets a page read the answer

        async def counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if shared:
                    message["headers"] = [*message.get("headers", ()), *shared]
            await send(message)

        service = self.service
        takes_part = scope["method"] in WITH_BODY  # the others are answered at once
        service.active += takes_part
        try:
            head = _read_headers(scope["headers"], visit)
            shared = self.callers.check(head.hosts, head.origin)
            if scope["method"] == "OPTIONS" and (more := preflight(shared, scope["headers"])):
                shared = more
                await Response(status_code=204)(scope, receive, counted)
                return
            bounded = await self._admit(scope, receive, head)
            await self.app(scope, bounded, counted)
        except Refusal as refusal:
            await reply_refusal(refusal)(scope, receive, counted)
        finally:
            service.active -= takes_part
            route = scope.get("route")
            service.metrics.count_request(
                visit.adapter,
                "" if route is None else route.path,
                status,
                time.perf_counter() - visit.started,
            )

    async def _admit(self, scope: Scope, receive: Receive, head: _Head) -> Receive:
        """Look at a request before its body, and return how that is to be read."""
        # Texts may be sent to "/", too, where a page is.
        is_open = scope["path"] in OPEN_PATHS and (scope["path"], scope["method"]) != ("/", "POST")
        if self.service.key is not None and not is_open:
            check_key(head.shown, self.service.key)
        limits = self.service.limits
        if self.service.active > limits.max_concurrent_requests and scope["method"] in WITH_BODY:
            raise overloaded(
                f"{limits.max_concurrent_requests} requests are being answered, and no more are "
                "taken on. Send it again later.",
                1.0,
            )
        limit = limits.payload_limit
        size = int(head.length) if head.length.isdigit() else 0
        if size > limit:
            if not head.waits and size <= limit + DROPPED_BYTES:
                await drop(receive)
            raise too_large(limit)
        return limited(receive, limit)


@dataclass(slots=True)
class _Head:
    """What the headers of a request say.

    Attributes:
        hosts, origin: by which names the server is called, and by which page.
        shown: the key.
        length: size of the body, as it is declared.
        waits: whether the client waits to send the body.
    """

    hosts: list[bytes] = field(default_factory=list)
    origin: bytes | None = None
    shown: bytes = b""
    length: bytes = b"0"
    waits: bool = False


def _read_headers(headers: Headers, visit: Visit) -> _Head:
    """Go through the headers once; what the routes need of them is noted in the visit."""
    head = _Head()
    for name, value in headers:
        if name == b"host":
            head.hosts.append(value)
        elif name == b"origin":
            head.origin = value
        elif name == b"authorization":
            head.shown = value
        elif name == b"content-length":
            head.length = value
        elif name == b"content-type":
            visit.media_type = value.partition(b";")[0].strip().lower()
        elif name == b"content-encoding":
            visit.encoding += b", " + value if visit.encoding else value
        elif name == b"expect":
            head.waits = True
    return head


def check_key(shown: bytes, key: bytes) -> None:
    """Compare in constant time, as bytes, so that no header can break it.

    Raises:
        Refusal: the key is missing or wrong.
    """
    scheme, _, value = shown.partition(b" ")
    is_bearer = scheme.lower() == b"bearer"
    if hmac.compare_digest(value.strip(), key) and is_bearer:
        return
    what = "The key is wrong" if is_bearer else "This server wants a key"
    raise Refusal(
        401,
        f"{what}. Send the header 'Authorization: Bearer KEY' with the key that the server was "
        "started with.",
        {"www-authenticate": "Bearer"},
    )


def limited(receive: Receive, limit: int) -> Receive:
    """Return a way to read that ends when more than ``limit`` bytes have come."""
    size = 0

    async def read() -> Message:
        nonlocal size
        message = await receive()
        if message["type"] == "http.request":
            size += len(message.get("body", b""))
            if size > limit:
                if message.get("more_body"):
                    await drop(receive)
                raise too_large(limit)
        return message

    return read


def too_large(limit: int) -> Refusal:
    """Refuse a body, and the rest of it."""
    return Refusal(
        413,
        f"The body is larger than {limit:,} bytes, the limit of this server. Send fewer texts in "
        "one request.",
        CLOSE,
    )


async def drop(receive: Receive) -> None:
    """Read the rest of a body and forget it, within bounds."""
    dropped = 0
    try:
        async with asyncio.timeout(DROPPING_S):
            while dropped < DROPPED_BYTES:
                message = await receive()
                if message["type"] != "http.request" or not message.get("more_body"):
                    return
                dropped += len(message.get("body", b""))
    except TimeoutError:
        return
