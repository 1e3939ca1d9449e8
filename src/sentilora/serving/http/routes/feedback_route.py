"""``POST /v1/feedback``: texts to be stored and watched; the answer says that they are stored."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response

from sentilora.serving.http.messages.openapi import REFERENCE, SCHEMAS, answers
from sentilora.serving.http.messages.record_bodies import read_entries, refuse_all
from sentilora.serving.http.messages.responses import reply_json
from sentilora.serving.http.service import Service

Word = Annotated[str | int | float | None, Field(description="At most 200 characters.")]


class FeedbackEntry(BaseModel):
    """A text that somebody wrote."""

    model_config = ConfigDict(extra="allow")

    text: Annotated[
        str,
        WithJsonSchema({REFERENCE: "Text"}),
        Field(description="Or under the name message, body, content, comment or review."),
    ]
    id: Annotated[
        Word, Field(description="What tells it from others of its source; given if it has none.")
    ] = None
    at: Annotated[
        str | float | None,
        Field(
            description="When it was written: ISO 8601, or seconds or milliseconds since 1970; now "
            "if it is not said."
        ),
    ] = None
    source: Annotated[Word, Field(description="Channel that it came by.")] = None
    segments: Annotated[
        dict[str, Any] | None, Field(description="Product, country, version …; at most 32.")
    ] = None
    conversation_id: Annotated[Word, Field(description="Conversation that it is a part of.")] = None


class KeptRecord(BaseModel):
    """What became of a record."""

    index: Annotated[int, Field(description="Place of the record in the request.")]
    id: Annotated[str | None, Field(description="Its id, or the one given; null if refused.")]
    source: Annotated[str, Field(description="Channel that it is counted in.")]
    outcome: Annotated[
        Literal["stored", "known", "refused"],
        Field(description="known: it had been stored before, and stays as it is."),
    ]
    reason: Annotated[str | None, Field(description="Why it was refused.")] = None


class FeedbackResponse(BaseModel):
    """What became of all records, in their order."""

    object: Literal["list"]
    stored: int
    known: int
    refused: int
    data: list[KeptRecord]


ASKED = [
    {"id": "T-1", "text": "It broke after a day.", "source": "mail", "segments": {"product": "A"}},
    {"text": "Great film", "at": "2026-11-29T09:30:00Z"},
]
KEPT = {"index": 0, "id": "T-1", "source": "mail", "outcome": "known", "reason": None}
ANSWERED = {
    "object": "list",
    "stored": 1,
    "known": 1,
    "refused": 0,
    "data": [
        KEPT,
        {
            "index": 1,
            "id": "9f3c51d20a7be846-1",
            "source": "http",
            "outcome": "stored",
            "reason": None,
        },
    ],
}


def add_to(app: FastAPI, service: Service) -> None:
    """Add the route."""

    async def feedback(request: Request) -> Response:
        """Store texts to be watched: one, a list, or one a line; answered when they are stored.

        Records that are none are refused, each with its reason, and the others stored; if none is
        one, the request is refused. Of the same source and id only the first is stored, so that a
        request may be sent again. With the header Idempotency-Key that holds for records without
        an id, too.
        """
        service.check_keeps()
        entries, token = await read_entries(request, service.limits)
        kept = await service.keep(entries, token, request.scope, request.receive)
        counts = Counter(one.outcome for one in kept)
        if counts["refused"] == len(kept):
            raise refuse_all(kept)
        return reply_json(
            {
                "object": "list",
                **{name: counts[name] for name in ("stored", "known", "refused")},
                "data": [asdict(one) for one in kept],
            }
        )

    records = {"$ref": SCHEMAS + "Records"}
    record = {"$ref": SCHEMAS + FeedbackEntry.__name__}
    app.add_api_route(
        "/v1/feedback",
        feedback,
        methods=["POST"],
        tags=["feedback"],
        response_model=None,
        openapi_extra={
            "parameters": [
                {
                    "name": "Idempotency-Key",
                    "in": "header",
                    "required": False,
                    "schema": {"type": "string", "maxLength": 255},
                    "description": "Gives the same ids to the same request when it is sent again.",
                }
            ],
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {"schema": records, "example": ASKED},
                    "application/x-ndjson": {"schema": record},
                },
            },
        },
        responses=answers(
            FeedbackResponse,
            ANSWERED,
            *(400, 401, 403, 408, 413, 415, 422, 429, 500, 503, 504),
            words="All that could be stored is stored.",
        ),
    )
