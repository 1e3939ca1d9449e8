"""``POST /v1/corrections``: what stored texts really are, by people; stored as a whole or not."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from sentilora.serving.http.messages.bodies import read
from sentilora.serving.http.messages.openapi import answers, body
from sentilora.serving.http.messages.refusals import Refusal
from sentilora.serving.http.messages.responses import reply_json
from sentilora.serving.http.service import Service
from sentilora.serving.inbox import Corrector, GivenLabel


class CorrectionEntry(BaseModel):
    """What a stored text really is."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: Annotated[str, Field(min_length=1, max_length=400, description="Id of the text.")]
    label: Annotated[
        str, Field(min_length=1, max_length=200, description="What it is; the same one confirms.")
    ]
    source: Annotated[
        str | None, Field(description="Channel, where several of them have the id.")
    ] = None
    text: Annotated[
        str | None,
        Field(description="Its words, to be kept with the correction where the store keeps none."),
    ] = None


class CorrectionsRequest(BaseModel):
    """Corrections; all of them are stored, or none."""

    model_config = ConfigDict(extra="forbid", strict=True)

    corrections: list[CorrectionEntry]
    by: Annotated[str, Field(max_length=200, description="Who says so.")] = "api"


class CorrectedText(BaseModel):
    """A text that was corrected."""

    id: str
    source: str
    model: Annotated[str, Field(description="Name of the model whose answer it corrects.")]
    before: Annotated[str, Field(description="Label that the model gave.")]
    after: Annotated[str, Field(description="Label that it has now.")]


class CorrectionsResponse(BaseModel):
    """All that were corrected, in their order."""

    object: Literal["list"]
    data: list[CorrectedText]


ASKED = {"corrections": [{"id": "T-1", "label": "negative", "source": "mail"}], "by": "Ada"}
ANSWERED = {
    "object": "list",
    "data": [
        {
            "id": "T-1",
            "source": "mail",
            "model": "general",
            "before": "positive",
            "after": "negative",
        }
    ],
}


def add_to(app: FastAPI, service: Service) -> None:
    """Add the route."""

    async def correct(request: Request) -> Response:
        """Say what stored texts really are; a training can go on with it."""
        inbox = service.check_keeps()
        if not isinstance(inbox, Corrector):
            raise Refusal(403, "This server stores texts, and takes no corrections of them.")
        asked = await read(request, CorrectionsRequest, service.limits)
        most = service.limits.max_client_batch_size
        if not 1 <= len(asked.corrections) <= most:
            raise Refusal(
                422, f"{len(asked.corrections)} corrections in one request; expected 1 to {most}."
            )
        given = [
            GivenLabel(one.id, one.label, one.source, one.text, f"corrections[{place}]")
            for place, one in enumerate(asked.corrections)
        ]
        done = await asyncio.to_thread(inbox.correct, given, asked.by)
        return reply_json({"object": "list", "data": done})

    app.add_api_route(
        "/v1/corrections",
        correct,
        methods=["POST"],
        tags=["feedback"],
        response_model=None,
        openapi_extra=body(CorrectionsRequest, ASKED),
        responses=answers(
            CorrectionsResponse, ANSWERED, 400, 401, 403, 408, 413, 415, 422, 500, 503
        ),
    )
