"""What is in the store after the monitor, the broker and the database were killed again and again.

    python -m benchmarks.monitoring.broker_kills general

Texts (sentences of the package's samples of which the model is sure: half of them negative, then
nearly all, then half again) are published to a real broker in portions. At a random moment after
that the monitor, the broker or the database is killed (SIGKILL), and started again; when all is
stored, the next portion follows. In the end each text has to be stored once, in the order in which
it was published, answered and counted, and the rule's alert has to have opened and ended once.
``--on`` names brokers with their stores; several one after the other. The servers are those that
``make services`` installs; they run on loopback, in folders of their own.

Prints Markdown and writes JSON.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.common.machine import describe_options, describe_place
from benchmarks.common.program import RESULTS, make_parser, write_record
from benchmarks.monitoring.streams import clear_sentences
from benchmarks.monitoring.survival import Survival, mix_texts, survive
from sentilora import load
from sentilora.errors import SentiloraError
from tests.helpers.broker_servers import broker_server
from tests.helpers.postgres_server import find_programs, postgres_server

BROKERS = {"redis": "Redis Streams", "nats": "NATS JetStream", "amqp": "RabbitMQ"}
STORES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
COLUMNS = (
    "broker, store",
    "texts",
    "kills: monitor, broker, database",
    "lost",
    "doubled",
    "in order",
    "alerts",
    "waited",
    "minutes",
)


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser("monitoring.broker_kills", __doc__)
    add = parser.add_argument
    add("model", help="run, export or 'general'")
    add("--on", default="redis+sqlite,redis+postgresql", help="(redis+sqlite,redis+postgresql)")
    add("--texts", type=int, default=50_000, help="texts to publish (50000)")
    add("--kills", type=int, default=20, help="kills of the monitor (20)")
    add("--broker-kills", type=int, default=3, help="kills of the broker (3)")
    add("--store-kills", type=int, default=3, help="kills of PostgreSQL (3)")
    add(
        "--spread",
        type=float,
        default=5.0,
        help="seconds in which a kill falls (5)",
    )
    add("--seed", type=int, default=9, help="seed of order and moments of the kills (9)")
    add("--output", type=Path, default=RESULTS / "monitoring-broker-kills.json")
    options = parser.parse_args(arguments)
    options.on = [tuple(one.split("+")) for one in options.on.split(",")]
    if any(len(one) != 2 or one[0] not in BROKERS or one[1] not in STORES for one in options.on):
        parser.error(f"--on takes {', '.join(BROKERS)} with {', '.join(STORES)}: redis+sqlite")
    return options


def sample_texts(model: str, number: int) -> list[str]:
    """Return texts drawn from sentences of the package's samples whose mood is clear."""
    told = clear_sentences(load(model, precision="auto"))
    return mix_texts(told[True], told[False], number)


@contextmanager
def servers(broker: str, store: str) -> Iterator[tuple[Any, Any]]:
    """Give a broker, and PostgreSQL where it is the store."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix=f"sentilora-{broker}-"))
        database = None
        if store == "postgresql":
            programs = find_programs()
            if programs is None:
                raise SentiloraError("PostgreSQL is not installed. Type: make services")
            database = stack.enter_context(postgres_server(programs))
        yield stack.enter_context(broker_server(broker, folder)), database


def measure(options: argparse.Namespace, broker: str, store: str) -> Survival:
    """Run one broker with one store."""
    with tempfile.TemporaryDirectory() as folder, servers(broker, store) as (server, database):
        address = Path(folder) / "feedback.db" if database is None else database.make_database()
        return survive(
            options.model,
            server,
            address,
            Path(folder),
            sample_texts(options.model, options.texts),
            monitor_kills=options.kills,
            broker_kills=options.broker_kills,
            store_kills=options.store_kills if database is not None else 0,
            database=database,
            spread_s=options.spread,
            seed=options.seed,
        )


def row(broker: str, store: str, survival: Survival) -> str:
    """Write a line of the table."""
    kills = (str(survival.kills.get(what, 0)) for what in ("monitor", "broker", "store"))
    ended = sum(not is_open for _, is_open in survival.alerts)
    cells = (
        f"{BROKERS[broker]}, {STORES[store]}",
        f"{survival.texts:,}",
        ", ".join(kills),
        f"{survival.lost:,}",
        f"{survival.doubled:,}",
        "yes" if survival.is_in_order else "no",
        f"{len(survival.alerts)} opened, {ended} ended",
        f"{survival.waits:,} times",
        f"{survival.seconds / 60:.1f}",
    )
    return f"| {' | '.join(cells)} |"


def main(arguments: list[str] | None = None) -> None:
    """Measure, print and write."""
    options = parse(arguments)
    record: dict[str, Any] = {
        "options": describe_options(options),
        "place": describe_place([], ("faststream", "redis", "nats-py", "aio-pika", "sqlalchemy")),
        "runs": [],
    }
    print(f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}")
    for broker, store in options.on:
        survival = measure(options, broker, store)
        print(row(broker, store, survival), flush=True)
        record["runs"].append({"broker": broker, "store": store, **survival.as_dict()})
        write_record(record, options.output)
    if not all(one["is_whole"] and one["left"] == 0 for one in record["runs"]):
        sys.exit("Texts were lost, doubled, or out of order.")


if __name__ == "__main__":
    main()
