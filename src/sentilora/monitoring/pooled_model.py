"""The model of a server, as a monitor asks it: through the queue that clients wait in, too."""

from __future__ import annotations

import threading

from sentilora.inference.prediction import Prediction, make_predictions
from sentilora.labels import Labels
from sentilora.serving.http.model_names import Names
from sentilora.serving.pool import Answer, Closing, Pool, QueueFull, Served, UnknownAdapter

_LONGEST_WAIT_S = 1.0


class PooledModel:
    """The default model of a server; where an alias is that, the model which it means now.

    Args:
        pool: pool that answers.
        names: names that the server knows its models by.
        stop: event after which nothing is waited for.
    """

    def __init__(self, pool: Pool, names: Names, stop: threading.Event) -> None:
        self._pool = pool
        self._names = names
        self._stop = stop
        self._last = self._served()

    @property
    def name(self) -> str:
        """What its answers are stored under: the alias, or the name of the model."""
        return self._names.default or self._last.name

    @property
    def labels(self) -> Labels:
        """Its labels."""
        return self._last.labels

    def predict(self, texts: list[str]) -> list[Prediction]:
        """Answer texts, however long clients keep the server busy.

        Raises:
            Closing: the server stops.
        """
        answer = self._ask(texts)
        return make_predictions(
            answer.probabilities,
            answer.truncated,
            self._last.labels,
            None,
            early=answer.early,
            unknown=answer.unknown,
        )

    def _ask(self, texts: list[str]) -> Answer:
        while True:
            try:
                self._last = self._served()
                return self._pool.submit(self._last.name, texts, None).result()
            except QueueFull as error:
                wait_s = min(_LONGEST_WAIT_S, error.retry_after_s)
            except UnknownAdapter:  # it was taken away; another one may come
                wait_s = _LONGEST_WAIT_S
            if self._stop.wait(wait_s):
                raise Closing

    def _served(self) -> Served:
        if self._names.default is not None:
            return self._pool.find(self._names.model_of(self._names.default))
        served = self._pool.served()
        if not served:
            raise UnknownAdapter("", [])
        return served[0]
