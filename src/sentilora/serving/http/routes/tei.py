"""``POST /predict`` as text-embeddings-inference (TEI) has it.

A flat list is a batch here, as TEI means to change it (huggingface/text-embeddings-inference#801);
at the time of writing TEI itself reads ``["a", "b"]`` as one pair. What is cut from a text that is
too long is decided by the model, as it was trained: ``truncation_direction`` can only be the
default.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field, RootModel
from starlette.requests import Request
from starlette.responses import Response

from sentilora.serving.http.messages.bodies import read, texts_of
from sentilora.serving.http.messages.openapi import BATCHES, LabelScore, add_classifier
from sentilora.serving.http.messages.refusals import Refusal
from sentilora.serving.http.messages.responses import reply_json
from sentilora.serving.http.service import Service


class PredictRequest(BaseModel):
    """Texts to classify, in the shape of text-embeddings-inference."""

    model_config = ConfigDict(strict=True)

    inputs: Annotated[Any, BATCHES]
    truncate: Annotated[
        bool | None,
        Field(description="false refuses texts that are longer than the model reads."),
    ] = None
    truncation_direction: Annotated[
        Literal["Right", "right"] | None,
        Field(description="Only the default: what is cut is decided by the model."),
    ] = None
    raw_scores: Annotated[
        bool, Field(description="Return logits instead of calibrated probabilities.")
    ] = False


class PredictResponse(RootModel[list[LabelScore] | list[list[LabelScore]]]):
    """For one text its labels, the likeliest first; for a batch a list of such lists."""


ASKED = {"inputs": ["Great film", "Never again"]}
ANSWERED = [
    [{"label": "positive", "score": 0.98}, {"label": "negative", "score": 0.02}],
    [{"label": "negative", "score": 0.97}, {"label": "positive", "score": 0.03}],
]


def add_to(app: FastAPI, service: Service) -> None:
    """Add the routes: for the default model, and for a model by name."""

    async def answer(request: Request, name: str | None) -> Response:
        asked = await read(request, PredictRequest, service.limits)
        texts = texts_of(asked.inputs, "inputs", may_nest=True)
        answered = await service.answer(name, texts, request.scope, request.receive)
        if asked.truncate is False and any(answered.answer.truncated):
            raise too_long(answered.answer.truncated, answered.served.max_tokens)
        rows = answered.answer.logits.tolist() if asked.raw_scores else answered.rows
        names = answered.served.labels.names
        lists = [ranked(names, row) for row in rows]
        value = lists[0] if isinstance(asked.inputs, str) else lists
        return reply_json(value, headers=answered.headers)

    async def predict(request: Request) -> Response:
        """Classify with the default model, as text-embeddings-inference does."""
        return await answer(request, None)

    async def predict_with(request: Request, name: str) -> Response:
        """Classify with one of several models, as text-embeddings-inference does with one."""
        return await answer(request, name)

    for path, endpoint in (("/predict", predict), ("/models/{name}/predict", predict_with)):
        add_classifier(app, path, endpoint, (PredictRequest, ASKED), (PredictResponse, ANSWERED))


def ranked(names: tuple[str, ...], row: list[float]) -> list[dict[str, Any]]:
    """Return labels and scores, the highest first."""
    pairs = sorted(zip(row, names, strict=True), key=_score, reverse=True)
    return [{"label": name, "score": score} for score, name in pairs]


def too_long(truncated: list[bool], max_tokens: int) -> Refusal:
    """Refuse texts that were to be read whole."""
    places = [str(place) for place, was_cut in enumerate(truncated) if was_cut]
    shown = ", ".join([*places[:10], "…"] if len(places) > 10 else places)
    return Refusal(
        422,
        f"Longer than the {max_tokens} tokens that the model reads: text {shown}. Send shorter "
        'texts, or leave out "truncate": false.',
    )


def _score(pair: tuple[float, str]) -> float:
    return pair[0]
