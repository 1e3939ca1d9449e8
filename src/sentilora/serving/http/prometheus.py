"""What the server counts, for Prometheus, in a registry of its own.

Counting stands in the way of every answer, so it adds to plain numbers, and what Prometheus wants
is made of them when it asks. Requests are counted by the event loop, batches by the thread that
computes them; neither touches what the other writes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.metadata import version

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from sentilora.serving.inbox import Counts
from sentilora.serving.pool import Answer, BatchDone, Served

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
ROWS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
TOKENS = (16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768)
SCORES = tuple(step / 20 for step in range(1, 20))

MEDIA_TYPE = b"text/plain; version=0.0.4; charset=utf-8"


class Spread:
    """How often a value fell into each bucket, as a histogram of Prometheus."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        """Count one value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def buckets(self) -> list[tuple[str, float]]:
        """Return upper bounds, and how many values lie at or below them."""
        below, found = 0, []
        names = [*map(str, self.bounds), "+Inf"]
        for name, count in zip(names, list(self.counts), strict=True):
            below += count
            found.append((name, float(below)))
        return found


class AdapterTally:
    """What was answered under one name."""

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.labels = labels
        self.chosen = [0] * len(labels)
        self.truncated = 0
        self.tokens = 0
        self.scores = Spread(SCORES)


class Metrics(Collector):
    """All that is counted.

    Attributes:
        waiting: function that tells how many requests, texts and tokens wait.
    """

    def __init__(self) -> None:
        self.waiting: Callable[[], tuple[int, int, int]] = lambda: (0, 0, 0)
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._adapters: dict[str, AdapterTally] = {}
        self._phases = {
            name: Spread(SECONDS) for name in ("request", "tokenise", "queue", "inference")
        }
        self._batches = {
            "rows": Spread(ROWS),
            "tokens": Spread(TOKENS),
            "adapters": Spread(ROWS),
            "seconds": Spread(SECONDS),
        }
        self._padded_tokens = 0
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def join(self, counts: Counts) -> None:
        """Have what another part counts on the page, too."""
        self._registry.register(counts)

    def count_request(self, adapter: str, route: str, status: int, seconds: float) -> None:
        """Count a request that got its status."""
        self._requests[adapter, route, status] += 1
        self._phases["request"].add(seconds)

    def count_answer(
        self, served: Served, answer: Answer, rows: list[list[float]], chosen: list[int]
    ) -> None:
        """Count the texts of an answer; ``rows`` are their probabilities."""
        tally = self._adapters.get(served.name)
        if tally is None or tally.labels != served.labels.names:
            tally = self._adapters[served.name] = AdapterTally(served.labels.names)
        for row, label_id in zip(rows, chosen, strict=True):
            tally.chosen[label_id] += 1
            tally.scores.add(row[label_id])
        tally.truncated += sum(answer.truncated)
        tally.tokens += answer.tokens
        phases = self._phases
        phases["tokenise"].add(answer.tokenise_s)
        phases["queue"].add(answer.queue_s)
        phases["inference"].add(answer.inference_s)

    def count_batch(self, done: BatchDone) -> None:
        """Count a batch; the pool calls this."""
        self._batches["rows"].add(done.rows)
        self._batches["tokens"].add(done.tokens)
        self._batches["adapters"].add(done.adapters)
        self._batches["seconds"].add(done.seconds)
        self._padded_tokens += done.padded_tokens

    def page(self) -> bytes:
        """Return all of it in Prometheus's text format."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """Yield every metric; the registry calls this."""
        yield InfoMetricFamily("sentilora", "The server.", {"version": version("sentilora")})
        requests = CounterMetricFamily(
            "sentilora_requests",
            "Requests, by adapter (empty when none was reached), route and HTTP status.",
            labels=["adapter", "route", "status"],
        )
        for (adapter, route, status), count in list(self._requests.items()):
            requests.add_metric([adapter, route, str(status)], count)
        yield requests
        yield from self._waiting()
        for name, spread in self._phases.items():
            yield _histogram(f"sentilora_{name}_seconds", PHASES[name], spread)
        for name, spread in self._batches.items():
            yield _histogram(f"sentilora_batch_{name}", BATCHES[name], spread)
        yield CounterMetricFamily(
            "sentilora_padded_tokens", "Tokens computed, with padding.", value=self._padded_tokens
        )
        yield from self._answers()

    def _waiting(self) -> Iterator[Metric]:
        words = ("requests", "texts", "tokens")
        for word, value in zip(words, self.waiting(), strict=True):
            yield GaugeMetricFamily(f"sentilora_queue_{word}", f"{word} that wait.", value=value)

    def _answers(self) -> Iterator[Metric]:
        labels = CounterMetricFamily(
            "sentilora_labels", "Texts, by the label they got.", labels=["adapter", "label"]
        )
        truncated = CounterMetricFamily(
            "sentilora_truncated_texts", "Texts longer than the model reads.", labels=["adapter"]
        )
        tokens = CounterMetricFamily(
            "sentilora_tokens", "Tokens computed, without padding.", labels=["adapter"]
        )
        scores = HistogramMetricFamily(
            "sentilora_score", "Calibrated probability of the label.", labels=["adapter"]
        )
        for name, tally in list(self._adapters.items()):
            for label, count in zip(tally.labels, tally.chosen, strict=True):
                labels.add_metric([name, label], count)
            truncated.add_metric([name], tally.truncated)
            tokens.add_metric([name], tally.tokens)
            scores.add_metric([name], tally.scores.buckets(), tally.scores.total)
        yield from (labels, truncated, tokens, scores)


PHASES = {
    "request": "From the first byte of a request to its answer.",
    "tokenise": "Tokenising the texts of a request.",
    "queue": "Waiting for a batch.",
    "inference": "Computing the batches of a request.",
}
BATCHES = {
    "rows": "Rows of a batch.",
    "tokens": "Tokens of a batch, without padding.",
    "adapters": "Different adapters in a batch.",
    "seconds": "Time a batch took.",
}


def _histogram(name: str, words: str, spread: Spread) -> HistogramMetricFamily:
    return HistogramMetricFamily(name, words, buckets=spread.buckets(), sum_value=spread.total)
