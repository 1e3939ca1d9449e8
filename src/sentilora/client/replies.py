"""What a server answers, as predictions or as errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx2

from sentilora.client.request_batches import ServerLimits
from sentilora.errors import ConfigError, DataError, ModelError, SentiloraError, ServerError
from sentilora.inference.prediction import Prediction, Predictions
from sentilora.labels import Labels

# What a user has to change; any other status is the server's own affair.
KINDS: dict[int, type[SentiloraError]] = {
    **dict.fromkeys((400, 413, 415, 422), DataError),
    **dict.fromkeys((401, 403), ConfigError),
    404: ModelError,
}
SHOWN_CHARACTERS = 500


@dataclass(frozen=True)
class Reply:
    """The answers to one request.

    Attributes:
        model: name of the model that answered.
        labels: label names in their order.
        predictions: answers in the order of the texts.
    """

    model: str
    labels: tuple[str, ...]
    predictions: list[Prediction]


def value_of(response: httpx2.Response) -> Any:
    """Return what an answer holds.

    Raises:
        SentiloraError: it is an error, or no JSON; its class says what has to change.
    """
    where = f"{response.request.url.copy_with(query=None)}"
    try:
        value = response.json()
    except ValueError:
        value = None
    if response.is_success and value is not None:
        return value
    if isinstance(value, dict) and isinstance(value.get("error"), str):
        kind = KINDS.get(response.status_code, ServerError)
        found = value["error"][:SHOWN_CHARACTERS]
        raise kind(f"The server answers {response.status_code} at {where}: {found}")
    raise ServerError(
        f"{where} answers {response.status_code} {response.reason_phrase}, and not as SentiLoRA "
        "does. Expected the address that 'sentilora serve' prints, such as http://127.0.0.1:8000"
    )


def limits_of(info: Any) -> ServerLimits:
    """Read the limits of a server from its ``/info``."""
    try:
        limits = info["limits"]
        return ServerLimits(
            int(limits["max_client_batch_size"]),
            int(limits["max_text_characters"]),
            int(limits["payload_limit"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _foreign("/info") from error


def models_of(value: Any) -> list[dict[str, Any]]:
    """Read what there is to know about each model from what ``/v1/models`` returned."""
    try:
        return list(value["data"])
    except (KeyError, TypeError) as error:
        raise _foreign("/v1/models") from error


def reply_of(value: Any, texts: int) -> Reply:
    """Read the answers to so many texts from what ``/v1/classify`` returned."""
    try:
        predictions = [
            Prediction(
                label=one["label"],
                score=one["score"],
                probabilities=dict(zip(one["labels"], one["probs"], strict=True)),
                signed=one["signed"],
                truncated=one["truncated"],
                abstained=one["abstained"],
                stage=one["stage"],
                unknown=one["unknown"],
            )
            for one in value["data"]
        ]
        if len(predictions) != texts:
            raise _foreign("/v1/classify")
        return Reply(value["model"], tuple(value["data"][0]["labels"]), predictions)
    except (KeyError, TypeError, ValueError) as error:
        raise _foreign("/v1/classify") from error


def joined(replies: Sequence[Reply], threshold: float | None, row_index: Any) -> Predictions:
    """Put the answers of several requests together; all are of one model."""
    predictions = [one for reply in replies for one in reply.predictions]
    return Predictions(
        predictions,
        Labels(replies[0].labels),
        threshold=threshold,
        has_stages=any(one.stage is not None for one in predictions),
        row_index=row_index,
    )


def _foreign(path: str) -> ServerError:
    return ServerError(
        f"What the server answers at {path} is not what this version of SentiLoRA reads. Install "
        "the version that the server has; GET /info tells it."
    )
