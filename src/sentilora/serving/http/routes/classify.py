"""``POST /v1/classify``: the server's own shape, with the field names of vLLM and SGLang."""

from __future__ import annotations

import itertools
import time
from operator import itemgetter
from typing import Annotated, Any, Literal

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from sentilora.inference.prediction import make_predictions
from sentilora.serving.http.messages.bodies import Count, read, texts_of
from sentilora.serving.http.messages.openapi import TEXTS, add_classifier
from sentilora.serving.http.messages.responses import reply_json
from sentilora.serving.http.service import Answered, Service


class ClassifyRequest(BaseModel):
    """Texts to classify."""

    model_config = ConfigDict(extra="forbid", strict=True)

    model: Annotated[
        str | None, Field(description="Name or alias of a model; else the default one.")
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
    unknown: Annotated[
        float, Field(description="Share of the text's tokens that the base does not know.")
    ]
    abstained: Annotated[
        bool,
        Field(description="The score lies below the threshold, or no token of the text is known."),
    ]
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
            "unknown": 0.0,
            "abstained": False,
            "stage": "network",
        }
    ],
    "usage": {"prompt_tokens": 8, "total_tokens": 8},
}


def add_to(app: FastAPI, service: Service) -> None:
    """Add the route."""
    numbers, server = itertools.count(1), f"{time.time_ns() & 0xFFFFFFFF:08x}"

    async def classify(request: Request) -> Response:
        """Classify texts, up to the limit of the server, with everything it can tell about them."""
        asked = await read(request, ClassifyRequest, service.limits)
        texts = texts_of(asked.input, "input")
        answered = await service.answer(asked.model, texts, request.scope, request.receive)
        tokens = answered.answer.tokens
        return reply_json(
            {
                "id": f"classify-{server}-{next(numbers)}",
                "object": "list",
                "created": int(time.time()),
                "model": answered.served.name,
                "calibrated": True,
                "data": classifications(answered, asked.top_k, asked.threshold),
                "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
            },
            headers=answered.headers,
        )

    add_classifier(
        app, "/v1/classify", classify, (ClassifyRequest, ASKED), (ClassifyResponse, ANSWERED)
    )


def classifications(
    answered: Answered, top_k: int | None, threshold: float | None
) -> list[dict[str, Any]]:
    """Return one entry a text."""
    answer, known = answered.answer, answered.served.labels
    predictions = make_predictions(
        answer.probabilities,
        answer.truncated,
        known,
        threshold,
        early=answer.early,
        unknown=answer.unknown,
    )
    entries = []
    for index, one in enumerate(predictions):
        shares = list(one.probabilities.items())
        if top_k is not None:
            shares = sorted(shares, key=itemgetter(1), reverse=True)[:top_k]
        entries.append(
            {
                "index": index,
                "label": one.label,
                "score": one.score,
                "probs": [share for _, share in shares],
                "labels": [label for label, _ in shares],
                "num_classes": len(known),
                "signed": one.signed,
                "truncated": one.truncated,
                "unknown": one.unknown,
                "abstained": one.abstained,
                "stage": one.stage,
            }
        )
    return entries
