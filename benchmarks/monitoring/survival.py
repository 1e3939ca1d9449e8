"""A monitor that reads from a real broker, while something is killed again and again.

Texts are published in portions. At a random moment after that, the monitor, the broker or the
database is killed (SIGKILL), and started again; when all is stored, the next portion follows, a
last one after the last kill. Then what is in the store is set against what was published.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from sentilora.monitoring.alerts.alert_book import read_alerts
from sentilora.monitoring.store.store import Store, open_store
from sentilora.monitoring.store.store_tables import ANSWER, FEEDBACK, HOUR_COUNT, REFUSED

RULES = """\
[[rules]]
name = "worse"
kind = "change"
baseline = 500
by = 0.2
"""
STREAM = "feedback"
_STUCK_S = 180.0
_LOOKED_S = 0.05
_AWAY_S = 0.5
_STARTED = "from sentilora.cli.app import main; main()"


@dataclass
class Survival:
    """What came of texts.

    Attributes:
        texts: number of texts that were published.
        stored: number of texts in the store.
        lost: number of texts that are not in the store.
        doubled: number of texts that are there more than once, beyond the first.
        is_in_order: whether they are stored in the order in which they were published.
        answers: number of answers in the store.
        counted: number of texts that hours count.
        refused: number of messages that were refused, each once.
        alerts: titles of alerts, with whether they are still open.
        kills: number of kills, by what was killed.
        waits: number of times that the monitor said it was waiting.
        left: number of messages that the broker still held for the monitor at the end.
        seconds: duration of it all.
    """

    texts: int
    stored: int = 0
    lost: int = 0
    doubled: int = 0
    is_in_order: bool = False
    answers: int = 0
    counted: int = 0
    refused: int = 0
    alerts: list[tuple[str, bool]] = field(default_factory=list)
    kills: dict[str, int] = field(default_factory=dict)
    waits: int = 0
    left: int = 0
    seconds: float = 0.0

    @property
    def is_whole(self) -> bool:
        """Whether each text is there once, in order, answered and counted."""
        is_all = self.texts == self.stored == self.answers == self.counted
        return is_all and self.is_in_order and not self.lost and not self.doubled

    def as_dict(self) -> dict[str, Any]:
        """Return the figures for JSON."""
        return {**asdict(self), "is_whole": self.is_whole}


def mix_texts(negative: Sequence[str], positive: Sequence[str], number: int) -> list[str]:
    """Return texts, half of them negative, then nearly all, then half; no two are alike."""
    generator = random.Random(8)
    shares = [0.5] * (number // 2) + [0.95] * (number // 4)
    shares += [0.5] * (number - len(shares))
    texts = []
    for place, share in enumerate(shares):
        kind = negative if generator.random() < share else positive
        texts.append(f"{generator.choice(kind)} ({place})")
    return texts


class _Monitor:
    """A process of ``sentilora monitor``."""

    def __init__(self, command: Sequence[str], log: Path, popen: Callable[..., Any]) -> None:
        self._command = command
        self._log = log
        self._popen = popen
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log, self._log.with_suffix(".err").open("ab") as err:
            self._process = self._popen(self._command, stdout=log, stderr=err)

    def kill(self) -> None:
        if not self.has_ended:
            self._process.send_signal(signal.SIGKILL)
        self._process.wait(60)

    def stop(self) -> int:
        self._process.send_signal(signal.SIGINT)
        return int(self._process.wait(60))

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def errors(self) -> str:
        return self._log.with_suffix(".err").read_text(encoding="utf-8")


def survive(
    model: str | Path,
    broker: Any,
    store: str | Path,
    folder: Path,
    texts: Sequence[str],
    *,
    monitor_kills: int,
    broker_kills: int = 0,
    store_kills: int = 0,
    database: Any = None,
    settings: str = "",
    spread_s: float = 0.1,
    seed: int = 9,
    popen: Callable[..., Any] = subprocess.Popen,
    publishing: dict[str, Any] | None = None,
) -> Survival:
    """Publish texts, kill, and say what is in the store at the end.

    Args:
        model: what the monitor answers with.
        broker: server of a broker, which can be killed and started again.
        store: address of the store.
        folder: where files go.
        texts: texts to publish, each one unlike all others.
        monitor_kills: number of kills of the monitor.
        broker_kills: number of kills of the broker.
        store_kills: number of kills of the database.
        database: server of the database, which can be killed and started again.
        settings: what stands behind the address of the stream.
        spread_s: longest time between the publishing of a portion and the kill.
        seed: seed of order and moments of the kills.
        popen: what starts a process.
        publishing: further arguments for publishing.
    """
    began = time.monotonic()
    generator = random.Random(seed)
    kills = ["monitor"] * monitor_kills + ["broker"] * broker_kills + ["store"] * store_kills
    generator.shuffle(kills)
    log = folder / "monitor.jsonl"
    rules = folder / "rules.toml"
    rules.write_text(RULES, encoding="utf-8")
    options = ["--source", broker.address(STREAM, settings), "--store", str(store), "--json"]
    command = [sys.executable, "-c", _STARTED, "monitor", str(model), *options]
    broker.publish(STREAM, [], **(publishing or {}))
    monitor = _Monitor([*command, "--rules", str(rules)], log, popen)
    try:
        with open_store(store) as opened:
            sent = 0
            for place, what in enumerate([None, *kills, None]):
                portion = texts[sent : round(len(texts) * (place + 1) / (len(kills) + 2))]
                broker.publish(STREAM, [{"text": one} for one in portion], **(publishing or {}))
                sent += len(portion)
                time.sleep(generator.random() * spread_s)
                if what == "monitor":
                    monitor.kill()
                    monitor.start()
                elif what is not None:
                    server = broker if what == "broker" else database
                    server.kill()
                    time.sleep(_AWAY_S)
                    server.restart()
                _wait(opened, sent, monitor)
            left = _left(broker)
            code = monitor.stop()
            assert code == 0, monitor.errors()
            if broker.kind == "amqp":  # what was handed out has come back
                left = _left(broker)
            told = (dict(Counter(kills)), _waits(log), left, time.monotonic() - began)
            return _what_is_in(opened, texts, *told)
    finally:
        monitor.kill()


def _count(store: Store) -> int | None:
    """Return how many texts are stored; None while the store is away."""
    try:
        with store.engine.connect() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(FEEDBACK)).scalar()
    except DBAPIError:
        return None


def _wait(store: Store, number: int, monitor: _Monitor) -> None:
    """Wait until so many texts are stored, or nothing happens any more."""
    last, moved = -1, time.monotonic()
    while (count := _count(store)) is None or count < number:
        if count is not None and count != last:
            last, moved = count, time.monotonic()
        if monitor.has_ended:
            raise RuntimeError(f"the monitor ended by itself: {monitor.errors()}")
        if time.monotonic() - moved > _STUCK_S:
            return
        time.sleep(_LOOKED_S)


def _left(broker: Any) -> int:
    """Return what the broker holds, once it has heard what was acknowledged."""
    left = 0
    for _ in range(100):
        left = broker.pending(STREAM)
        if not left:
            break
        time.sleep(0.1)
    return left


def _waits(log: Path) -> int:
    return sum('"kind": "waiting"' in line for line in log.read_text(encoding="utf-8").splitlines())


def _what_is_in(
    store: Store,
    texts: Sequence[str],
    kills: dict[str, int],
    waits: int,
    left: int,
    seconds: float,
) -> Survival:
    with store.engine.connect() as connection:
        asked = sa.select(FEEDBACK.c.text).order_by(FEEDBACK.c.number)
        stored = list(connection.execute(asked).scalars())
        numbers = [
            connection.execute(sa.select(what)).scalar() or 0
            for what in (
                sa.func.count(ANSWER.c.number),
                sa.func.sum(HOUR_COUNT.c.texts),
                sa.func.count(sa.distinct(REFUSED.c.place)),
            )
        ]
        alerts = [(one.title, one.ended_ms is None) for one in read_alerts(connection)]
    place = {text: number for number, text in enumerate(texts)}
    places = [place[text] for text in stored]
    return Survival(
        texts=len(texts),
        stored=len(stored),
        lost=len(set(texts) - set(stored)),
        doubled=len(stored) - len(set(stored)),
        is_in_order=places == sorted(places),
        answers=int(numbers[0]),
        counted=int(numbers[1]),
        refused=int(numbers[2]),
        alerts=alerts,
        kills=kills,
        waits=waits,
        left=left,
        seconds=seconds,
    )
