"""The app: all routes on one service, behind the guard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from sentilora.serving.http.callers import Callers
from sentilora.serving.http.limits import Limits
from sentilora.serving.http.messages.openapi import describe_app
from sentilora.serving.http.messages.refusals import Refusal
from sentilora.serving.http.messages.responses import reply_refusal
from sentilora.serving.http.middleware import Guard
from sentilora.serving.http.model_names import Names
from sentilora.serving.http.routes import (
    adapters,
    aliases,
    classify,
    corrections_route,
    feedback_route,
    huggingface,
    info,
    tei,
    web_pages,
)
from sentilora.serving.http.routing import PlainRoute, Shortcut, note
from sentilora.serving.http.service import Service
from sentilora.serving.inbox import Counts, Inbox
from sentilora.serving.pool import Pool

REQUESTS: tuple[type[BaseModel], ...] = (
    classify.ClassifyRequest,
    tei.PredictRequest,
    huggingface.PipelineRequest,
    adapters.AdapterRequest,
    aliases.NamedRequest,
    feedback_route.FeedbackEntry,
    corrections_route.CorrectionsRequest,
)
DESCRIPTION = """Sentiment of texts, by models that SentiLoRA has trained. Scores are calibrated
probabilities. Texts are neither kept nor logged, but for those that are sent to be stored."""
KEEPING = """Texts that are sent here are stored, classified and watched."""


def build_app(
    pool: Pool | None,
    limits: Limits | None = None,
    *,
    key: str | None = None,
    folders: tuple[Path, ...] = (),
    callers: Callers | None = None,
    names: Names | None = None,
    keeps: bool = False,
) -> FastAPI:
    """Build the app around a pool; its :class:`Service` is ``app.state.service``.

    Args:
        pool: pool that answers; None when it is still being loaded, and comes by ``Service.take``.
        limits: limits of requests.
        key: key that requests must show; None for none.
        folders: folders from which adapters may be added.
        callers: names that it is known by and pages that may call; None for the loopback alone.
        names: names beside those of the models; None for no others.
        keeps: whether texts are stored, too; the inbox comes by ``Service.take``.
    """
    service = Service(limits or Limits(), key=key, folders=folders, names=names, keeps=keeps)
    service.take(pool)
    app = _bare_app(service, DESCRIPTION, REQUESTS, callers)
    for shape in (
        classify,
        tei,
        huggingface,
        info,
        adapters,
        aliases,
        feedback_route,
        corrections_route,
    ):
        shape.add_to(app, service)
    web_pages.add_to(app)
    return app


def build_keeping_app(
    inbox: Inbox | None,
    limits: Limits | None = None,
    *,
    key: str | None = None,
    callers: Callers | None = None,
    counts: Counts | None = None,
) -> FastAPI:
    """Build an app that classifies nothing for its clients: it stores texts, and tells metrics.

    Args:
        inbox: what stores texts; None for metrics alone.
        limits: limits of requests.
        key: key that requests must show; None for none.
        callers: names that it is known by and pages that may call; None for the loopback alone.
        counts: what is counted, beside what the inbox does.
    """
    keeps = inbox is not None
    service = Service(limits or Limits(), key=key, classifies=False, keeps=keeps)
    service.take(None, inbox)
    if counts is not None:
        service.metrics.join(counts)
    app = _bare_app(service, KEEPING, (feedback_route.FeedbackEntry,), callers)
    info.add_states_to(app, service)
    if keeps:
        feedback_route.add_to(app, service)
    web_pages.add_to(app, ["/docs"])
    return app


def _bare_app(
    service: Service,
    description: str,
    shapes: tuple[type[BaseModel], ...],
    callers: Callers | None,
) -> FastAPI:
    """Build an app without routes, behind the guard."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        service.is_closing = False
        yield
        service.is_closing = True
        for held in (service.inbox, service.pool):  # what is stored is answered by the pool
            if held is not None:
                await asyncio.to_thread(held.close, service.limits.stop_timeout_s)

    app = FastAPI(
        title="SentiLoRA",
        version=version("sentilora"),
        description=description,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.service = service
    app.router.route_class = PlainRoute
    app.add_exception_handler(HTTPException, _refuse)
    app.add_exception_handler(Refusal, _refuse)
    app.add_exception_handler(Exception, _refuse)
    app.add_middleware(Shortcut, routes=app.routes)
    app.add_middleware(Guard, service=service, callers=callers or Callers())

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            has_key = service.key is not None
            app.openapi_schema = describe_app(app, shapes, service.limits, has_key=has_key)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
    return app


async def _refuse(request: Request, error: Exception) -> Response:
    """Put errors that the framework raises into the one shape."""
    if isinstance(error, HTTPException):
        path = request.url.path
        message = {
            404: f"There is nothing at {path}. The routes are listed at /docs and /openapi.json.",
            405: f"{request.method} is not for {path}. The routes are listed at /docs.",
        }.get(error.status_code, str(error.detail))
        headers = _allowed(request) if error.status_code == 405 else error.headers
        return reply_refusal(Refusal(error.status_code, message, headers))
    return reply_refusal(note(error))


def _allowed(request: Request) -> dict[str, str]:
    """Name the methods of all routes at a path; the framework names those of one alone."""
    methods: set[str] = set()
    for route in request.app.routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            methods |= route.methods or set()
    return {"allow": ", ".join(sorted(methods))}
