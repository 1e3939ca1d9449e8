"""What the server says about itself: alive, ready, models, limits, metrics."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import asdict
from importlib.metadata import version
from typing import Annotated, Any, Literal

from fastapi import FastAPI
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from sentilora.serving.http.messages.openapi import answers
from sentilora.serving.http.messages.responses import Reply, reply_json
from sentilora.serving.http.prometheus import MEDIA_TYPE
from sentilora.serving.http.service import Service
from sentilora.serving.pool import Served

PACKAGES = ("sentilora", "torch", "transformers", "tokenizers", "fastapi", "uvicorn")


class State(BaseModel):
    """Whether the server is there."""

    status: str


class Model(BaseModel):
    """A model that is served, in OpenAI's shape with what else there is to know."""

    id: str
    object: Literal["model"]
    created: Annotated[int, Field(description="When the server was started.")]
    owned_by: str
    labels: list[str]
    base: str
    revision: str | None
    max_tokens: Annotated[int, Field(description="Longer texts are cut.")]
    engine: str
    precision: str
    device: str
    kind: str
    is_mixed: Annotated[bool, Field(description="Shares batches with other models.")]
    aliases: Annotated[list[str], Field(description="Other names of it.")]
    is_default: Annotated[bool, Field(description="Answers requests that name no model.")]


class Models(BaseModel):
    """All that are served."""

    object: Literal["list"]
    data: list[Model]


class Info(BaseModel):
    """The server, with TEI's field names where it has them, which tell of the default model."""

    model_id: str | None
    model_sha: str | None
    model_dtype: str | None
    model_type: dict[str, Any] | None
    max_input_length: int | None
    max_concurrent_requests: int
    max_batch_tokens: int | None
    max_client_batch_size: int
    auto_truncate: bool
    version: str
    limits: dict[str, float | None]
    versions: dict[str, str]
    models: list[Model]


MODEL = {
    "id": "general",
    "object": "model",
    "created": 1795305600,
    "owned_by": "sentilora",
    "labels": ["negative", "neutral", "positive"],
    "base": "sentence-transformers/all-MiniLM-L6-v2",
    "revision": "c9745ed1d9f207416be6d2e6f8de32d1f16199bf",
    "max_tokens": 256,
    "engine": "torch",
    "precision": "fp32",
    "device": "cpu",
    "kind": "adapter",
    "is_mixed": True,
    "aliases": ["support"],
    "is_default": True,
}
INFO = {
    "model_id": "general",
    "model_sha": "c9745ed1d9f207416be6d2e6f8de32d1f16199bf",
    "model_dtype": "fp32",
    "model_type": {"classifier": {"id2label": {"0": "negative"}, "label2id": {"negative": 0}}},
    "max_input_length": 256,
    "max_concurrent_requests": 512,
    "max_batch_tokens": 16384,
    "max_client_batch_size": 256,
    "auto_truncate": True,
    "version": "0.1.0",
    "limits": {"payload_limit": 2000000},
    "versions": {"sentilora": "0.1.0"},
    "models": [MODEL],
}


Routes = list[tuple[str, Any, dict[int | str, dict[str, Any]]]]


def add_to(app: FastAPI, service: Service) -> None:
    """Add the routes."""
    created = int(time.time())
    versions = {name: version(name) for name in PACKAGES}

    async def models(request: Request) -> Response:
        """List the models that are served, as OpenAI does."""
        data = describe_models(service.ready().served(), created, service)
        return reply_json({"object": "list", "data": data})

    async def info(request: Request) -> Response:
        """Tell what is served, by which versions, and under which limits."""
        served = service.ready().served()
        return reply_json(
            {
                **_default(service, served),
                **_limits(service),
                "auto_truncate": True,
                "version": versions["sentilora"],
                "limits": asdict(service.limits),
                "versions": versions,
                "models": describe_models(served, created, service),
            }
        )

    routes: Routes = [
        ("/info", info, answers(Info, INFO, 401, 403, 503)),
        ("/v1/models", models, answers(Models, {"object": "list", "data": [MODEL]}, 401, 403, 503)),
    ]
    add_states_to(app, service)
    _add(app, routes)


def add_states_to(app: FastAPI, service: Service) -> None:
    """Add the routes that every server has, whatever it is for."""

    async def health(request: Request) -> Response:
        """Answer that the process is alive; needs no key."""
        return reply_json({"status": "alive"})

    async def ready(request: Request) -> Response:
        """Answer whether texts are taken: 503 while models load, and once the server stops."""
        service.check_ready()
        return reply_json({"status": "ready"})

    async def metrics(request: Request) -> Response:
        """Return what was counted, in Prometheus's text format."""
        return Reply(service.metrics.page(), media_type=MEDIA_TYPE)

    text: dict[int | str, dict[str, Any]] = {
        200: {"description": "Metrics.", "content": {"text/plain": {"schema": TEXT}}}
    }
    routes: Routes = [
        ("/health", health, answers(State, {"status": "alive"})),
        ("/ready", ready, answers(State, {"status": "ready"}, 503)),
        ("/metrics", metrics, {**answers(None, None, 401, 403), **text}),
    ]
    _add(app, routes)


def _add(app: FastAPI, routes: Routes) -> None:
    for path, endpoint, described in routes:
        app.add_api_route(
            path,
            endpoint,
            methods=["GET"],
            tags=["server"],
            response_model=None,
            response_class=Response,
            responses=described,
        )


TEXT = {"type": "string"}


def describe_models(
    served: Iterable[Served], created: int, service: Service
) -> list[dict[str, Any]]:
    """Return what there is to know about some of the models that are served."""
    models = list(served)
    default = service.find(None).name if models else None
    return [
        describe_model(one, created, service.names.aliases_of(one.name), one.name == default)
        for one in models
    ]


def describe_model(
    served: Served, created: int, aliases: list[str], is_default: bool
) -> dict[str, Any]:
    """Return what there is to know about a model."""
    return {
        "id": served.name,
        "object": "model",
        "created": created,
        "owned_by": "sentilora",
        "labels": list(served.labels.names),
        "base": served.base,
        "revision": served.revision,
        "max_tokens": served.max_tokens,
        "engine": served.engine,
        "precision": served.precision,
        "device": served.device,
        "kind": served.kind,
        "is_mixed": served.is_mixed,
        "aliases": aliases,
        "is_default": is_default,
    }


def _default(service: Service, served: list[Served]) -> dict[str, Any]:
    """Return what TEI tells about its only model, of the one that answers by default."""
    if not served:
        names = ("model_id", "model_sha", "model_dtype", "model_type", "max_input_length")
        return dict.fromkeys(names)
    one = service.find(None)
    return {
        "model_id": one.name,
        "model_sha": one.revision,
        "model_dtype": one.precision,
        "model_type": {
            "classifier": {"id2label": one.labels.id2label, "label2id": one.labels.label2id}
        },
        "max_input_length": one.max_tokens,
    }


def _limits(service: Service) -> dict[str, int | None]:
    limits = service.limits
    return {
        "max_concurrent_requests": limits.max_concurrent_requests,
        "max_batch_tokens": limits.max_batch_tokens,
        "max_client_batch_size": limits.max_client_batch_size,
    }
