"""Routes that hand their handler the request as it came, and turn every error into one shape."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable, Callable

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from sentilora.serving.http.messages.refusals import Refusal, refusal_of
from sentilora.serving.http.messages.responses import Reply, reply_refusal
from sentilora.serving.http.waiting_requests import ClientGone

CLIENT_GONE = 499  # nginx's number; nobody receives it, but the metrics count it

logger = logging.getLogger(__name__)


class PlainRoute(APIRoute):
    """A route of FastAPI that is described like any other, but checks nothing on the way.

    Handlers take a ``Request`` and the parts of the path, read the body with
    :func:`sentilora.serving.http.messages.bodies.read`, and return a response.
    """

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """Return the handler, with the errors it may raise turned into answers."""
        endpoint = self.endpoint

        async def handle(request: Request) -> Response:
            try:
                response: Response = await endpoint(request, **request.path_params)
            except ClientGone:
                return Reply(b"", status=CLIENT_GONE)
            except Exception as error:  # noqa: BLE001 - the edge of HTTP
                return reply_refusal(note(error))
            return response

        return handle


class Shortcut:
    """Leads requests with texts to their routes past FastAPI's own way to them.

    That way leads through its router, two stacks for dependencies and three middlewares; the answer
    is the same.
    """

    def __init__(self, app: ASGIApp, routes: list[BaseRoute]) -> None:
        self.app = app
        self._handlers = {
            route.path: (route, route.get_route_handler())
            for route in routes
            if isinstance(route, PlainRoute) and route.methods == {"POST"} and "{" not in route.path
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the short way, if there is one."""
        found = self._handlers.get(scope["path"]) if scope["type"] == "http" else None
        if found is None or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        scope["route"], handle = found
        response = await handle(Request(scope, receive, send))
        await response(scope, receive, send)


def note(error: Exception) -> Refusal:
    """Return the refusal that an error means, and log where it comes from if nobody foresaw it.

    The message of such an error stays out of the log, since it might quote a text.
    """
    refusal = refusal_of(error)
    if refusal.status == 500:
        frames = "".join(traceback.format_tb(error.__traceback__))
        logger.error("a request failed with %s\n%s", type(error).__name__, frames)
    return refusal
