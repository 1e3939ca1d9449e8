"""``{"inputs", "parameters"}`` as the Inference API of Hugging Face has it for text classification.

The address of a model is ``/models/NAME``; ``huggingface_hub.InferenceClient`` takes it as
``model``. The answer is always a list for each text, and of one text the client takes the first.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field, RootModel
from starlette.requests import Request
from starlette.responses import Response

from sentilora.model.probabilities import softmax
from sentilora.serving.http.messages.bodies import Count, read, texts_of
from sentilora.serving.http.messages.openapi import TEXTS, LabelScore, add_classifier
from sentilora.serving.http.messages.responses import reply_json
from sentilora.serving.http.routes.tei import ranked
from sentilora.serving.http.service import Service


class Parameters(BaseModel):
    """How scores are made and how many are returned."""

    model_config = ConfigDict(strict=True)

    top_k: Annotated[Count | None, Field(description="So many labels; all when null.")] = None
    function_to_apply: Annotated[
        Literal["softmax", "sigmoid", "none"] | None,
        Field(
            description="null for calibrated probabilities. The others are applied to the logits "
            "as they are, as transformers does it, without calibration."
        ),
    ] = None


class PipelineRequest(BaseModel):
    """Texts to classify, in the shape of Hugging Face's Inference API."""

    model_config = ConfigDict(strict=True)

    inputs: Annotated[Any, TEXTS]
    parameters: Parameters | None = None


class PipelineResponse(RootModel[list[list[LabelScore]]]):
    """For each text its labels, the likeliest first."""


ASKED = {"inputs": "Great film", "parameters": {"top_k": 2}}
ANSWERED = [[{"label": "positive", "score": 0.97}, {"label": "neutral", "score": 0.02}]]


def add_to(app: FastAPI, service: Service) -> None:
    """Add the routes: for a model by name, and for the default one."""

    async def answer(request: Request, name: str | None) -> Response:
        asked = await read(request, PipelineRequest, service.limits)
        texts = texts_of(asked.inputs, "inputs")
        answered = await service.answer(name, texts, request.scope, request.receive)
        parameters = asked.parameters
        rows, top_k = answered.rows, None
        if parameters is not None:
            top_k = parameters.top_k
            if parameters.function_to_apply is not None:
                rows = applied(parameters.function_to_apply, answered.answer.logits)
        names = answered.served.labels.names
        return reply_json([ranked(names, row)[:top_k] for row in rows], headers=answered.headers)

    async def pipeline(request: Request) -> Response:
        """Classify with the default model, as Hugging Face's Inference API does."""
        return await answer(request, None)

    async def pipeline_of(request: Request, name: str) -> Response:
        """Classify with a model; this is what `InferenceClient(model=…/models/NAME)` calls."""
        return await answer(request, name)

    for path, endpoint in (("/models/{name}", pipeline_of), ("/", pipeline)):
        add_classifier(app, path, endpoint, (PipelineRequest, ASKED), (PipelineResponse, ANSWERED))


def applied(function: str, logits: np.ndarray) -> list[list[float]]:
    """Return ``(N, C)`` scores of uncalibrated logits, as transformers' pipeline makes them."""
    values = np.asarray(logits, dtype=np.float64)
    if function == "softmax":
        values = softmax(values)
    elif function == "sigmoid":
        values = 0.5 * (1.0 + np.tanh(0.5 * values))
    rows: list[list[float]] = values.tolist()
    return rows
