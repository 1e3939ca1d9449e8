"""How much one client, and all of them together, may ask for. Names as TEI has them."""

from __future__ import annotations

from dataclasses import dataclass, fields

from sentilora.errors import ConfigError, several
from sentilora.message import setting

MOST = 1_000_000_000
MOST_SECONDS = 86_400  # a day; timers do not take every number


@dataclass(frozen=True)
class Limits:
    """The limits of a server; each has a default here and nowhere else.

    Attributes:
        max_client_batch_size: largest number of texts in one request.
        max_text_characters: largest number of characters in one text.
        payload_limit: largest number of bytes in the body of one request.
        max_concurrent_requests: largest number of requests whose bodies are read, that wait, or are
            answered.
        max_queue_texts: largest number of texts that wait.
        max_batch_tokens: largest number of padded tokens in one batch of the encoder; None for what
            suits the device.
        timeout_s: time until a request is given up, in seconds.
        body_timeout_s: time in which the body of a request has to arrive, in seconds.
        stop_timeout_s: time to finish what was accepted before the server stops, in seconds.

    Raises:
        ConfigError: a limit is not above 0, or no number that means anything.
    """

    max_client_batch_size: int = 256
    max_text_characters: int = 100_000
    payload_limit: int = 2_000_000
    max_concurrent_requests: int = 512
    max_queue_texts: int = 8_192
    max_batch_tokens: int | None = None
    timeout_s: float = 30.0
    body_timeout_s: float = 10.0
    stop_timeout_s: float = 30.0

    def __post_init__(self) -> None:
        problems = [
            f"{setting(field.name, value)}: must be above 0, and at most {_most(field.name):,}"
            for field in fields(self)
            if (value := getattr(self, field.name)) is not None
            and not 0 < value <= _most(field.name)
        ]
        if problems:
            raise ConfigError(several("the limits", problems))


def _most(name: str) -> int:
    return MOST_SECONDS if name.endswith("_s") else MOST
