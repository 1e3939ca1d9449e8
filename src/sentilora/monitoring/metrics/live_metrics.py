"""The figures of a monitor in Prometheus's shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)

from sentilora.monitoring.metrics.live_tally import Durations, LiveTally

TIMES = {
    "lag": (
        "sentilora_feedback_lag_seconds",
        "From the arrival of a text to its being stored; of a batch that of the oldest.",
    ),
    "answering": ("sentilora_monitor_answer_seconds", "Time that the models took for a batch."),
    "storing": ("sentilora_monitor_store_seconds", "Time that the store took for a batch."),
}


class LiveMetrics:
    """All that a monitor counts.

    Args:
        tally: what was counted.
        models: names of the models.
        waiting: how many texts wait to be stored; None where that is not known.
    """

    def __init__(
        self,
        tally: LiveTally,
        models: Iterable[str],
        waiting: Callable[[], int] | None = None,
    ) -> None:
        self._tally = tally
        self._models = tuple(models)
        self._waiting = waiting

    def collect(self) -> Iterator[Metric]:
        """Yield every metric; the registry calls this."""
        with self._tally.lock:
            yield from [*self._texts(), *self._hours(), *self._alerts(), *self._itself()]

    def _texts(self) -> Iterator[Metric]:
        tally = self._tally
        yield _counter(
            "sentilora_feedback_records",
            "Records, by source and by what became of them: stored, known or refused.",
            ["source", "outcome"],
            tally.texts.items(),
        )
        yield _counter(
            "sentilora_feedback_labels",
            "Texts that were stored, by source, model and label.",
            ["source", "model", "label"],
            tally.labels.items(),
        )
        last = {(source,): moment_ms / 1000 for source, moment_ms in tally.last_ms.items()}
        yield _gauge(
            "sentilora_feedback_last_stored_timestamp_seconds",
            "When a text was stored last, in seconds since 1970.",
            ["source"],
            last.items(),
        )

    def _hours(self) -> Iterator[Metric]:
        hours = self._tally.hours()
        texts = {(source,): float(sums.texts) for source, sums in hours.items()}
        moods = {
            (source,): sums.signed / sums.sided for source, sums in hours.items() if sums.sided
        }
        unknown = {
            (source,): sums.unknown / sums.texts for source, sums in hours.items() if sums.texts
        }
        hour = "of the texts written within the last hour"
        yield _gauge("sentilora_feedback_hour_texts", f"Number {hour}.", ["source"], texts.items())
        yield _gauge(
            "sentilora_feedback_hour_mood",
            f"Mean of positive minus negative probability {hour}, -1 to 1.",
            ["source"],
            moods.items(),
        )
        yield _gauge(
            "sentilora_feedback_hour_unknown",
            f"Mean share of tokens that the base does not know, {hour}, 0 to 1.",
            ["source"],
            unknown.items(),
        )

    def _alerts(self) -> Iterator[Metric]:
        tally = self._tally
        yield _counter(
            "sentilora_alerts",
            "Alerts that opened or ended, by rule.",
            ["rule", "event"],
            tally.alerts.items(),
        )
        for name, words, label, values in (
            ("alerts_open", "Alerts that are open, by rule.", "rule", tally.state.alerts_open),
            (
                "deliveries_waiting",
                "Messages that are still to be sent, by target.",
                "target",
                tally.state.waiting,
            ),
            (
                "deliveries_failing",
                "Those of them that were tried and did not arrive, by target.",
                "target",
                tally.state.failed,
            ),
        ):
            found = {(key,): float(value) for key, value in values.items()}
            yield _gauge(f"sentilora_{name}", words, [label], found.items())

    def _itself(self) -> Iterator[Metric]:
        tally = self._tally
        for name, (metric, words) in TIMES.items():
            spread: Durations = getattr(tally, name)
            yield HistogramMetricFamily(
                metric, words, buckets=spread.buckets(), sum_value=spread.total_s
            )
        yield GaugeMetricFamily(
            "sentilora_monitor_store_away",
            "1 while the store does not take texts, else 0.",
            value=float(tally.is_waiting),
        )
        if self._waiting is not None:
            yield GaugeMetricFamily(
                "sentilora_feedback_waiting_texts",
                "Texts that were sent and are not stored yet.",
                value=float(self._waiting()),
            )
        yield InfoMetricFamily(
            "sentilora_monitor",
            "The monitor.",
            {"models": ", ".join(self._models), "version": version("sentilora")},
        )


def _counter(
    name: str, words: str, labels: list[str], values: Iterable[tuple[tuple[str, ...], float]]
) -> Metric:
    family = CounterMetricFamily(name, words, labels=labels)
    for key, value in values:
        family.add_metric(list(key), value)
    return family


def _gauge(
    name: str, words: str, labels: list[str], values: Iterable[tuple[tuple[str, ...], float]]
) -> Metric:
    family = GaugeMetricFamily(name, words, labels=labels)
    for key, value in values:
        family.add_metric(list(key), value)
    return family
