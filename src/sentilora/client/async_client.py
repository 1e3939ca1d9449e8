"""``AsyncClient``: asks a server from a program that uses asyncio."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from typing import Any, Self, overload

import httpx2

from sentilora.client.replies import Reply, joined, limits_of, models_of, reply_of, value_of
from sentilora.client.request_batches import ServerLimits, cut
from sentilora.client.retries import AGAIN, wait_s
from sentilora.data.text_entries import checked_texts, open_entries
from sentilora.errors import ConfigError, DataError, ServerError, several
from sentilora.inference.prediction import Prediction, Predictions, check_threshold
from sentilora.message import setting

Progress = Callable[[int], object]
TIMEOUT_S = 60.0
RETRY_S = 60.0
PARALLEL = 4
CLOSED = "This client was closed. Make another one, and ask inside of its with block."


class AsyncClient:
    """Asks a server that ``sentilora serve`` runs; from one event loop.

    Long lists are sent in several requests, as large as the server takes. A server that is busy,
    still loads, or is started again is asked once more after the time that it names.

    Attributes:
        url: address of the server.
        model: name or alias of the model to ask; None for the default of the server.
        timeout_s: time to wait for one answer, in seconds.
        retry_s: time in which a request is sent again, in seconds; 0 for never.
        parallel: number of requests on their way at the same time.

    Example:
        >>> import asyncio, sentilora
        >>> async def ask(url):
        ...     async with sentilora.AsyncClient(url) as client:
        ...         return await client.predict(["Great movie!", "It broke."])
        >>> asyncio.run(ask(server_url))[1].label
        'negative'
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
        self.url = _checked(url, key, timeout_s, retry_s, parallel)
        self.model = model
        self.timeout_s = timeout_s
        self.retry_s = retry_s
        self.parallel = parallel
        self._limits: ServerLimits | None = None
        self._has_answered = False
        self._http = httpx2.AsyncClient(
            headers={} if key is None else {"authorization": f"Bearer {key.strip()}"},
            timeout=httpx2.Timeout(timeout_s, connect=min(timeout_s, 10.0)),
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        """Return the client."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close all connections."""
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    @overload
    async def predict(
        self, texts: str, *, model: str | None = None, threshold: float | None = None
    ) -> Prediction: ...

    @overload
    async def predict(
        self,
        texts: Any,
        *,
        text: str | None = None,
        model: str | None = None,
        threshold: float | None = None,
        progress: Progress | None = None,
    ) -> Predictions: ...

    async def predict(
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
            progress: function that is called with the number of texts each time some are answered.

        Raises:
            DataError: something in ``texts`` is no text, or longer than the server takes.
            ConfigError: the threshold is out of range, the key is wrong, or the client was closed.
            ModelError: the server has no such model.
            ServerError: it cannot be reached, took too long, or has failed.
        """
        check_threshold(threshold)
        entries = open_entries(texts, text)
        rows = checked_texts(entries)
        if not rows:
            raise DataError("There is no text to ask the server about. Give it one at least.")
        if self._limits is None:
            self._limits = limits_of(await self._send("GET", "/info"))
        batches = list(cut(rows, self._limits))
        named = self.model if model is None else model
        replies = await self._ask(batches, named, threshold, progress)
        latest = replies[-1].model
        older = [place for place, reply in enumerate(replies) if reply.model != latest]
        if older:  # an alias has moved meanwhile
            again = await self._ask([batches[place] for place in older], latest, threshold, None)
            for place, reply in zip(older, again, strict=True):
                replies[place] = reply
        predictions = joined(replies, threshold, entries.index)
        return predictions[0] if isinstance(texts, str) else predictions

    async def models(self) -> list[dict[str, Any]]:
        """Return what there is to know about each model that is served."""
        return models_of(await self._send("GET", "/v1/models"))

    async def _ask(
        self,
        batches: Sequence[list[str]],
        model: str | None,
        threshold: float | None,
        progress: Progress | None,
    ) -> list[Reply]:
        """Send some requests at a time, and return the replies in order."""
        gate = asyncio.Semaphore(self.parallel)

        async def one(batch: list[str]) -> Reply:
            asked = {"model": model, "input": batch, "threshold": threshold}
            async with gate:
                reply = reply_of(await self._send("POST", "/v1/classify", asked), len(batch))
            if progress is not None:
                progress(len(batch))
            return reply

        tasks = [asyncio.ensure_future(one(batch)) for batch in batches]
        try:
            return list(await asyncio.gather(*tasks))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _send(self, method: str, path: str, value: Any = None) -> Any:
        """Send a request until it is answered, or the time for that is over."""
        if self._http.is_closed:
            raise ConfigError(CLOSED)
        end = time.monotonic() + self.retry_s
        attempt = 0
        while True:
            attempt += 1
            retry_after = None
            try:
                response = await self._http.request(method, self.url + path, json=value)
            except httpx2.TimeoutException as error:
                raise ServerError(
                    f"{self.url} did not answer within {self.timeout_s:g} s. Ask it later, or wait "
                    f"longer: {setting('timeout_s', self.timeout_s * 2)}"
                ) from error
            except httpx2.TransportError as error:
                # A server that has never answered is more likely not there than started again.
                wait = wait_s(attempt, None)
                if not self._has_answered or time.monotonic() + wait > end:
                    raise ServerError(
                        f"The server at {self.url} cannot be reached: {error or 'no answer'}. "
                        "Expected the address that 'sentilora serve' prints."
                    ) from error
            else:
                self._has_answered = True
                retry_after = response.headers.get("retry-after")
                wait = wait_s(attempt, retry_after)
                if response.status_code not in AGAIN or time.monotonic() + wait > end:
                    return value_of(response)
            await asyncio.sleep(wait)


def _checked(url: str, key: str | None, timeout_s: float, retry_s: float, parallel: int) -> str:
    """Return the address without a slash at its end."""
    problems = []
    try:
        parts = httpx2.URL(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.host)
    except (httpx2.InvalidURL, TypeError):
        is_address = False
    if not is_address:
        problems.append(f"url = {url!r}: must be an address such as http://127.0.0.1:8000")
    if key is not None and not re.fullmatch(r"[!-~]+", key.strip()):
        problems.append("key: must be one word of letters, digits and signs of ASCII")
    if not 0 < timeout_s < float("inf"):
        problems.append(f"timeout_s = {timeout_s!r}: must be seconds above 0")
    if not 0 <= retry_s < float("inf"):
        problems.append(f"retry_s = {retry_s!r}: must be seconds, at least 0")
    if not 1 <= parallel <= 1000:
        problems.append(f"parallel = {parallel!r}: must be from 1 to 1000")
    if problems:
        raise ConfigError(several("the client", problems))
    return url.rstrip("/")
