"""Why a request is refused: ``{"error", "error_type"}`` for every error, as TEI has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import CancelledError
from http import HTTPStatus
from typing import Any

from sentilora.errors import ConfigError, DataError, SentiloraError
from sentilora.message import shell_command
from sentilora.serving.inbox import StoreAway
from sentilora.serving.pool import Closing, NameTaken, QueueFull, UnknownAdapter

# What each status means here: the kind of the error, and a description for the docs.
STATUSES = {
    400: ("BadRequest", "The body is not JSON, not UTF-8, or cannot be unpacked."),
    401: ("Unauthorized", "The key is missing or wrong."),
    403: ("Forbidden", "This server does not allow it."),
    404: ("NotFound", "There is no such model; the message names those there are."),
    405: ("MethodNotAllowed", "The path knows other methods."),
    408: ("Timeout", "The body did not arrive in time."),
    409: ("Conflict", "The name is taken."),
    413: ("TooLarge", "The body is too large, or holds too many texts."),
    415: ("UnsupportedMediaType", "The body is of no type that is read, or compressed otherwise."),
    422: ("Validation", "The body has the wrong shape, or a text is empty or too long."),
    429: ("Overloaded", "Too much waits already; Retry-After says when to come again."),
    500: ("Backend", "Something broke in the server."),
    503: ("Unhealthy", "The models are not loaded, the store is away, or the server stops."),
    504: ("Timeout", "The answer took too long."),
}


# What is shown without a key: states, and pages, which ask for it themselves.
OPEN_PATHS = ("/health", "/ready", "/", "/docs")


class Http:
    """The words of a client of HTTP: fields, and what whoever runs the server may type."""

    def setting(self, name: str, value: Any) -> str:
        """Write ``name = value``, as other refusals write fields of a body."""
        return name if value is None else f"{name} = {value!r}"

    def command(self, name: str, arguments: Sequence[Any], options: Mapping[str, Any]) -> str:
        """Write a command as it is typed beside the server."""
        return shell_command(name, arguments, options)


HTTP = Http()


class Refusal(SentiloraError):  # noqa: N818 - an answer, though not the wanted one
    """A request that gets no answer.

    Attributes:
        status: status of HTTP.
        headers: headers that go with it.
    """

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})

    @property
    def kind(self) -> str:
        """The ``error_type``."""
        return kind_of(self.status)


def kind_of(status: int) -> str:
    """Return the ``error_type`` of a status."""
    if status in STATUSES:
        return STATUSES[status][0]
    return HTTPStatus(status).phrase.replace(" ", "")


def refusal_of(error: BaseException) -> Refusal:
    """Say over HTTP what the pool, or the library below it, says by an error.

    An error that nobody foresaw becomes a 500 without details: they might hold a text.
    """
    match error:
        case Refusal():
            return error
        case UnknownAdapter():
            return Refusal(404, error.template)
        case NameTaken():
            return Refusal(409, error.template)
        case QueueFull():
            return overloaded(error.template, error.retry_after_s)
        case StoreAway():
            return Refusal(503, error.template, {"retry-after": _seconds(error.retry_after_s)})
        case Closing():
            return Refusal(503, error.template, {"retry-after": "1", "connection": "close"})
        case ConfigError() | DataError():
            return Refusal(422, error.template)
        case SentiloraError():
            return Refusal(500, error.template)
        case TimeoutError() | CancelledError():
            return Refusal(504, "The answer took too long. Send fewer texts, or send them later.")
        case _:
            return Refusal(
                500,
                f"The server failed with {type(error).__name__}. Its log says where; the request "
                "was not answered.",
            )


def overloaded(message: str, retry_after_s: float) -> Refusal:
    """Refuse for now, and say in whole seconds when to come again."""
    return Refusal(429, message, {"retry-after": _seconds(retry_after_s)})


def _seconds(retry_after_s: float) -> str:
    return str(max(1, round(retry_after_s)))
