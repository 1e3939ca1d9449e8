"""``POST /v1/classify``: the server's own shape, with the field names of vLLM and SGLang."""

from __future__ import annotations

import itertools
import time
from typing import Annotated, Any, Literal

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from sentilora.inference.prediction import STAGES
from sentilora.serving.describing import TEXTS, answers, body
from sentilora.serving.reading import Count, read, texts_of
from sentilora.serving.replying import reply_json
from sentilora.serving.service import Answered, Service


class ClassifyRequest(BaseModel):
    """Texts to classify."""

    model_config = ConfigDict(extra="forbid", strict=True)

    model: Annotated[
        str | None, Field(description="Name of a model; not needed when only one is served.")
    ] = None
    input: Annotated[Any, TEXTS]
    top_k: Annotated[
        Count | None, Field(description="Return only so many labels, the likeliest first.")
    ] = None
    threshold: Annotated[
        float | None, Field(ge=0, le=1, description="Mark answers with a lower score as abstained.")
    ] = None


class Classification(BaseModel):
    """The answer for one text."""

    index: Annotated[int, Field(description="Place of the text in the request.")]
    label: Annotated[str, Field(description="The most probable label.")]
    score: Annotated[float, Field(ge=0, le=1, description="Its calibrated probability.")]
    probs: Annotated[list[float], Field(description="Calibrated probabilities, as in labels.")]
    labels: Annotated[list[str], Field(description="In label order; with top_k likeliest first.")]
    num_classes: Annotated[int, Field(description="How many labels the model has.")]
    signed: Annotated[
        float | None,
        Field(description="Positive minus negative mass; null if labels are no sentiments."),
    ]
    truncated: Annotated[bool, Field(description="The text was longer than the model reads.")]
    abstained: Annotated[bool, Field(description="The score lies below the threshold.")]
    stage: Annotated[
        Literal["network", "n-grams"] | None,
        Field(description="What answered in a cascade; null without one."),
    ]


class Usage(BaseModel):
    """Tokens that were computed."""

    prompt_tokens: int
    total_tokens: int


class ClassifyResponse(BaseModel):
    """The answers for all texts, in their order."""

    id: str
    object: Literal["list"]
    created: Annotated[int, Field(description="Seconds since 1970.")]
    model: str
    calibrated: Annotated[bool, Field(description="Always true: scores are calibrated.")]
    data: list[Classification]
    usage: Usage


ASKED = {"model": "general", "input": ["Great film", "Never again"]}
ANSWERED = {
    "id": "classify-5f2c-1",
    "object": "list",
    "created": 1795305600,
    "model": "general",
    "calibrated": True,
    "data": [
        {
            "index": 0,
            "label": "positive",
            "score": 0.97,
            "probs": [0.01, 0.02, 0.97],
            "labels": ["negative", "neutral", "positive"],
            "num_classes": 3,
            "signed": 0.96,
            "truncated": False,
            "abstained": False,
            "stage": "network",
        }
    ],
    "usage": {"prompt_tokens": 8, "total_tokens": 8},
}

_run = f"classify-{time.time_ns() & 0xFFFFFFFF:08x}-"


def add_to(app: FastAPI, service: Service) -> None:
    """Add the route."""
    numbers = itertools.count(1)

    async def classify(request: Request) -> Response:
        """Classify texts, up to the limit of the server, with everything it can tell about them."""
        asked = await read(request, ClassifyRequest, service.limits)
        texts = texts_of(asked.input, "input")
        answered = await service.answer(asked.model, texts, request.scope, request.receive)
        tokens = answered.answer.tokens
        return reply_json(
            {
                "id": f"{_run}{next(numbers)}",
                "object": "list",
                "created": int(time.time()),
                "model": answered.served.name,
                "calibrated": True,
                "data": classifications(answered, asked.top_k, asked.threshold),
                "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
            },
            headers=answered.headers,
        )

    app.add_api_route(
        "/v1/classify",
        classify,
        methods=["POST"],
        tags=["classify"],
        response_model=None,
        openapi_extra=body(ClassifyRequest, ASKED),
        responses=answers(
            ClassifyResponse, ANSWERED, 400, 401, 404, 408, 413, 415, 422, 429, 500, 503, 504
        ),
    )


def classifications(
    answered: Answered, top_k: int | None, threshold: float | None
) -> list[dict[str, Any]]:
    """Return one entry a text."""
    names = list(answered.served.labels.names)
    signs = answered.served.labels.polarities
    early = answered.answer.early
    stages = itertools.repeat(None) if early is None else [STAGES[one] for one in early.tolist()]
    entries = []
    for index, (row, label_id, was_cut, stage) in enumerate(
        zip(answered.rows, answered.chosen, answered.answer.truncated, stages, strict=False)
    ):
        score = row[label_id]
        labels, probs = names, row
        if top_k is not None:
            best = sorted(range(len(row)), key=row.__getitem__, reverse=True)[:top_k]
            labels, probs = [names[one] for one in best], [row[one] for one in best]
        entries.append(
            {
                "index": index,
                "label": names[label_id],
                "score": score,
                "probs": probs,
                "labels": labels,
                "num_classes": len(names),
                "signed": None
                if signs is None
                else sum(sign * value for sign, value in zip(signs, row, strict=True)),
                "truncated": was_cut,
                "abstained": threshold is not None and score < threshold,
                "stage": stage,
            }
        )
    return entries
