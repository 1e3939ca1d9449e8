"""``Client``: asks a server from any program, a notebook too."""

from __future__ import annotations

import asyncio
import os
import threading
import weakref
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Self, TypeVar, overload

import httpx2

from sentilora.client.async_client import (
    CLOSED,
    PARALLEL,
    RETRY_S,
    TIMEOUT_S,
    AsyncClient,
    Progress,
)
from sentilora.errors import ConfigError
from sentilora.inference.prediction import Prediction, Predictions

T = TypeVar("T")


class Client:
    """Asks a server that ``sentilora serve`` runs; from any thread, or from several.

    It does what :class:`AsyncClient` does, in a thread of its own.

    Example:
        >>> import sentilora
        >>> with sentilora.Client(server_url) as client:
        ...     client.predict("Great movie!").label
        'positive'
    """

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        model: str | None = None,
        timeout_s: float = TIMEOUT_S,
        retry_s: float = RETRY_S,
        parallel: int = PARALLEL,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            url: address of the server, such as ``http://127.0.0.1:8000``.
            key: key that the server asks for; None for none.
            model: name or alias of the model to ask; None for the default of the server.
            timeout_s: time to wait for one answer, in seconds, above 0.
            retry_s: time in which a request is sent again, in seconds, at least 0.
            parallel: number of requests on their way at the same time, at least 1.
            transport: transport of httpx2 to send by; None for the network.

        Raises:
            ConfigError: an argument is not as it has to be.
        """
        self._make = partial(
            AsyncClient,
            url,
            key=key,
            model=model,
            timeout_s=timeout_s,
            retry_s=retry_s,
            parallel=parallel,
            transport=transport,
        )
        self._line = _Line(self._make())
        self._end = weakref.finalize(self, self._line.end)

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close all connections."""
        self.close()

    def close(self) -> None:
        """Close all connections; this happens by itself when the client is no longer used."""
        self._end()

    @overload
    def predict(
        self, texts: str, *, model: str | None = None, threshold: float | None = None
    ) -> Prediction: ...

    @overload
    def predict(
        self,
        texts: Any,
        *,
        text: str | None = None,
        model: str | None = None,
        threshold: float | None = None,
        progress: Progress | None = None,
    ) -> Predictions: ...

    def predict(
        self,
        texts: Any,
        *,
        text: str | None = None,
        model: str | None = None,
        threshold: float | None = None,
        progress: Progress | None = None,
    ) -> Prediction | Predictions:
        """Have one text predicted, or many, all of them by one model.

        Args:
            texts: as for ``SentimentModel.predict``: one text, texts in order, or a table.
            text: column of the table that holds the texts; None for anything but a table.
            model: name or alias of the model; None for that of the client.
            threshold: smallest score that counts as an answer, in ``[0, 1]``.
            progress: function that is called, in another thread, with the number of texts each
                time some are answered.

        Raises:
            DataError: something in ``texts`` is no text, or longer than the server takes.
            ConfigError: the threshold is out of range, the key is wrong, or the client was closed.
            ModelError: the server has no such model.
            ServerError: it cannot be reached, took too long, or has failed.
        """
        answer: Prediction | Predictions = self._run(
            lambda client: client.predict(
                texts, text=text, model=model, threshold=threshold, progress=progress
            )
        )
        return answer

    def models(self) -> list[dict[str, Any]]:
        """Return what there is to know about each model that is served."""
        return self._run(AsyncClient.models)

    def _run(self, ask: Callable[[AsyncClient], Coroutine[Any, Any, T]]) -> T:
        if self._line.process != os.getpid():  # a fork has no threads
            self._end.detach()
            self._line = _Line(self._make())
            self._end = weakref.finalize(self, self._line.end)
        return self._line.run(ask)


class _Line:
    """An AsyncClient and the thread that it runs in.

    Attributes:
        process: number of the process that has the thread.
    """

    def __init__(self, client: AsyncClient) -> None:
        self.process = os.getpid()
        self._client = client
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=_run_to_its_end, args=(self._loop,), name="sentilora-client", daemon=True
        )
        self._thread.start()

    def run(self, ask: Callable[[AsyncClient], Coroutine[Any, Any, T]]) -> T:
        """Ask, and wait for the answer."""
        if self._loop.is_closed():
            raise ConfigError(CLOSED)
        future = asyncio.run_coroutine_threadsafe(ask(self._client), self._loop)
        try:
            return future.result()
        except BaseException:  # Ctrl-C as well
            future.cancel()
            raise

    def end(self) -> None:
        """Close the connections, and end the thread."""
        if self._loop.is_closed() or self.process != os.getpid():
            return
        if threading.current_thread() is self._thread:  # collected there: it cannot wait for itself
            closing = self._loop.create_task(self._client.close())
            closing.add_done_callback(lambda _: self._loop.stop())
            return
        asyncio.run_coroutine_threadsafe(self._client.close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


def _run_to_its_end(loop: asyncio.AbstractEventLoop) -> None:
    """Run a loop until it is stopped, and close it."""
    loop.run_forever()
    loop.close()
