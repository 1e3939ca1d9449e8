"""What OpenAPI says about the routes, with the limits of this server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field, WithJsonSchema
from pydantic.json_schema import models_json_schema
from starlette.responses import Response

from sentilora.serving.http.limits import Limits
from sentilora.serving.http.messages.refusals import OPEN_PATHS, STATUSES

REFERENCE = "x-reference"  # pydantic follows no reference to what it does not know
SCHEMAS = "#/components/schemas/"

TEXTS = WithJsonSchema({REFERENCE: "Texts"})
BATCHES = WithJsonSchema({REFERENCE: "TextsOrLists"})


class Failure(BaseModel):
    """Every error has this shape."""

    error: Annotated[str, Field(description="What happened, what was expected, what to do next.")]
    error_type: Annotated[str, Field(description="The kind of the error; one for each status.")]


class LabelScore(BaseModel):
    """A label and its score."""

    label: str
    score: float


def body(shape: type[BaseModel], example: Any) -> dict[str, Any]:
    """Return the part of an operation that describes its body."""
    schema = {"$ref": SCHEMAS + shape.__name__}
    content = {"application/json": {"schema": schema, "example": example}}
    return {"requestBody": {"required": True, "content": content}}


def answers(
    success: type[Any] | None,
    example: Any,
    *statuses: int,
    status: int = 200,
    words: str = "The answer.",
) -> dict[int | str, dict[str, Any]]:
    """Return what the docs say about the answers of a route.

    Args:
        success: shape of the good answer.
        example: example of the good answer.
        statuses: statuses of the errors that may come instead.
        status: status of the good answer.
        words: words that describe the good answer.
    """
    good: dict[str, Any] = {"description": words}
    if success is not None:
        good |= {"model": success, "content": {"application/json": {"example": example}}}
    return {status: good, **{one: failure(one) for one in statuses}}


def add_classifier(
    app: FastAPI,
    path: str,
    endpoint: Callable[..., Awaitable[Response]],
    asked: tuple[type[BaseModel], Any],
    answered: tuple[type[BaseModel], Any],
) -> None:
    """Add a route that classifies texts; ``asked`` and ``answered`` are shapes with examples."""
    app.add_api_route(
        path,
        endpoint,
        methods=["POST"],
        tags=["classify"],
        response_model=None,
        openapi_extra=body(*asked),
        responses=answers(*answered, 400, 401, 403, 404, 408, 413, 415, 422, 429, 500, 503, 504),
    )


def failure(status: int) -> dict[str, Any]:
    """Return the description of an error."""
    kind, words = STATUSES[status]
    found: dict[str, Any] = {
        "model": Failure,
        "description": words,
        "content": {"application/json": {"example": {"error": words, "error_type": kind}}},
    }
    header = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}.get(status)
    if header is not None:
        kind = "string" if status == 401 else "integer"
        found["headers"] = {header: {"schema": {"type": kind}}}
    return found


def describe_app(
    app: FastAPI, shapes: Sequence[type[BaseModel]], limits: Limits, *, has_key: bool
) -> dict[str, Any]:
    """Return the OpenAPI description of an app; ``shapes`` are those of its requests."""
    page = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
    )
    parts = page["components"]
    _, found = models_json_schema(
        [(shape, "validation") for shape in shapes], ref_template=SCHEMAS + "{model}"
    )
    parts["schemas"] |= found["$defs"] | _texts(limits)
    parts["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    if has_key:
        page["security"] = [{"key": []}]
        for path in page["paths"].keys() & set(OPEN_PATHS):
            page["paths"][path]["get"]["security"] = []
    resolved: dict[str, Any] = _resolved(page)
    return resolved


def _texts(limits: Limits) -> dict[str, Any]:
    """Return the shapes of texts and lists of them."""
    text = {
        "title": "Text",
        "type": "string",
        "minLength": 1,
        "maxLength": limits.max_text_characters,
        "pattern": r"\S",
    }
    reference = {"$ref": SCHEMAS + "Text"}
    several = {"type": "array", "minItems": 1, "maxItems": limits.max_client_batch_size}
    record = {"$ref": f"{SCHEMAS}FeedbackEntry"}
    alone = {"type": "array", "minItems": 1, "maxItems": 1, "items": reference}
    return {
        "Text": text,
        "Texts": {
            "title": "Texts",
            "description": "One text, or a list of them.",
            "anyOf": [reference, several | {"items": reference}],
        },
        "Records": {
            "title": "Records",
            "description": "One record, or a list of them.",
            "anyOf": [record, several | {"items": record}],
        },
        "TextsOrLists": {
            "title": "TextsOrLists",
            "description": "One text, or a batch: a list of texts, each bare or in a list.",
            "anyOf": [reference, several | {"items": {"anyOf": [reference, alone]}}],
        },
    }


def _resolved(value: Any) -> Any:
    if isinstance(value, dict):
        if REFERENCE in value:
            return {"$ref": SCHEMAS + value[REFERENCE]}
        return {name: _resolved(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_resolved(part) for part in value]
    return value
