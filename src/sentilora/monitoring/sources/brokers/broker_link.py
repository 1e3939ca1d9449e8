"""What every broker offers, each by its own means."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

IDLE_S = 1.0


class NotThereError(Exception):
    """What is to be read is not there yet; it is waited for."""


@dataclass(frozen=True)
class Delivery:
    """A message as a broker delivers it.

    Attributes:
        key: what tells it from all others of the broker, and stays when it is delivered again.
        place: where it stands, in the broker's own words.
        content: its bytes, or fields of it.
        token: what it is acknowledged by.
        at: when the broker took it, in UTC; None where it does not say.
        problem: why there is nothing in it; None where there is.
        is_stored: whether it is known to be in the store, and has only to be acknowledged.
    """

    key: str
    place: str
    content: bytes | Mapping[str, Any]
    token: Any
    at: dt.datetime | None = None
    problem: str | None = None
    is_stored: bool = False


class BrokerLink(Protocol):
    """A connection to a broker, used from its opening until something goes wrong."""

    @property
    def problems(self) -> tuple[type[Exception], ...]:
        """What its calls raise when the broker is away, or refuses something."""

    @property
    def holds(self) -> bool:
        """Whether it waits for messages that were handed to somebody before."""

    async def open(self) -> None:
        """Connect, and make ready to take: what was delivered and not acknowledged comes first."""

    async def take(self) -> Sequence[Delivery]:
        """Take what is there, a batch at most; nothing after :data:`IDLE_S` seconds without any."""

    def position(self, taken: Sequence[Delivery]) -> Any:
        """Return how far the stream was read after a batch, as a JSON value."""

    async def acknowledge(self, taken: Sequence[Delivery]) -> None:
        """Tell the broker that a batch is stored."""

    async def close(self) -> None:
        """Disconnect; what was not acknowledged will be delivered again."""
