"""A monitor that is killed again and again: what is lost, what is doubled, which alerts come.

    python -m benchmarks.monitoring.kills general

A file grows to so many texts while ``sentilora monitor`` follows it into a store; the command is
killed with SIGKILL at random moments and started again. Afterwards the store must hold every text
once, in order, with its answer, and the same alerts as a store that nobody disturbed, each opened
and ended once. ``--on`` names the stores; PostgreSQL (which ``make services`` installs) runs on
loopback, in a folder of its own. Prints Markdown and writes JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa

from benchmarks.common.machine import describe_options, describe_place
from benchmarks.common.program import RESULTS, make_parser, write_record
from benchmarks.monitoring.streams import clear_sentences, records
from sentilora import load
from sentilora.monitoring.alerts.alert_book import read_alerts
from sentilora.monitoring.store.store import open_store
from sentilora.monitoring.store.store_tables import ANSWER, DELIVERY, FEEDBACK, HOUR_COUNT
from tests.helpers.postgres_server import find_programs, postgres_server

RULES = """\
[targets]
nobody = "json://127.0.0.1:9/"

[[rules]]
name = "worse"
kind = "change"
baseline = {baseline}
by = 0.2

[[rules]]
name = "many complaints"
kind = "share"
over = 0.6
within = "12 hours"
least = 200
each = "country"
"""
DAY_S = 86_400
_LONGEST_S = 4.0  # from the first texts stored to the kill
STORES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
Record = dict[str, Any]


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser("monitoring.kills", __doc__)
    add = parser.add_argument
    add("model", help="run, export or general")
    add("--rows", type=int, default=50_000, help="texts (50000)")
    add("--kills", type=int, default=20, help="(20)")
    add("--texts-per-s", type=float, default=2000, help="at which the file grows (2000)")
    add("--on", default="sqlite,postgresql", help="stores (sqlite,postgresql)")
    add("--seed", type=int, default=0)
    add("--output", type=Path, default=RESULTS / "monitoring-kills.json")
    options = parser.parse_args(arguments)
    options.on = options.on.split(",")
    if not {*options.on} <= {*STORES}:
        parser.error(f"--on takes {', '.join(STORES)}")
    return options


def rows_of(options: argparse.Namespace) -> Iterator[Record]:
    """Yield the texts: few are negative, then most, then few again; over a day until now."""
    shares = np.full(options.rows, 0.2)
    shares[options.rows // 2 :] = 0.05
    shares[options.rows // 2 : options.rows * 5 // 8] = 0.95
    told = clear_sentences(load(options.model, precision="auto"))
    return records(told, shares, time.time() - DAY_S, DAY_S / options.rows, options.seed)


def grow(path: Path, rows: Iterator[Record], rate: float, ended: threading.Event) -> None:
    """Write texts to a file at a rate, not always in whole lines."""
    started, number = time.monotonic(), 0
    with path.open("a", encoding="utf-8") as file:
        for row in rows:
            line = json.dumps(row, ensure_ascii=False) + "\n"
            file.write(line[:20])
            if number % 500 == 0:
                file.flush()
                time.sleep(max(0.0, started + number / rate - time.monotonic()))
            file.write(line[20:])
            number += 1
    ended.set()


class Command:
    """The command, in a process."""

    def __init__(self, options: argparse.Namespace, source: Path, store: str, *how: str) -> None:
        rules = str(source.with_name("rules.toml"))
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "sentilora", "monitor", f"model={options.model}"),
                *("--source", str(source), "--store", store, "--rules", rules, "--json"),
                *how,
            ],
            stdout=subprocess.PIPE,
            stderr=self.errors,
        )

    def wait_for_texts(self) -> None:
        """Wait until something was stored."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if json.loads(line).get("texts"):
                return
        raise SystemExit(f"the command ended early: {self.said()}")

    def kill(self) -> None:
        """Kill it, and wait for its end."""
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()

    def finish(self) -> None:
        """Wait until it ends by itself."""
        self.process.communicate()
        if self.process.returncode:
            raise SystemExit(f"the command failed: {self.said()}")

    def said(self) -> str:
        """Return what it wrote to stderr."""
        self.errors.seek(0)
        return self.errors.read().decode()


def what_is_in(store: str) -> Record:
    """Return what a store holds: texts in their order, answers, counts, alerts."""
    with open_store(store) as opened, opened.engine.connect() as connection:
        asked = sa.select(FEEDBACK.c.id, FEEDBACK.c.source, FEEDBACK.c.text)
        rows = connection.execute(asked.order_by(FEEDBACK.c.number)).all()
        counted = HOUR_COUNT.c.segment == ""
        return {
            "ids": [row.id for row in rows],
            "rows": [tuple(row) for row in rows],
            "answers": connection.execute(sa.select(sa.func.count()).select_from(ANSWER)).scalar(),
            "counted": connection.execute(
                sa.select(sa.func.sum(HOUR_COUNT.c.texts)).where(counted)
            ).scalar(),
            "alerts": sorted(
                [one.title, one.ended_ms is not None] for one in read_alerts(connection)
            ),
            "deliveries": connection.execute(
                sa.select(sa.func.count()).select_from(DELIVERY)
            ).scalar(),
        }


@contextmanager
def opened_store(kind: str, folder: Path) -> Iterator[str]:
    """Give the address of a store that is not there yet."""
    programs = find_programs()
    if kind == "sqlite":
        yield str(folder / "feedback.db")
    elif programs is None:
        raise SystemExit("PostgreSQL's server is not installed. Type: make services")
    else:
        with postgres_server(programs) as server:
            yield server.make_database()


def run(options: argparse.Namespace, folder: Path, store: str) -> Record:
    """Let the file grow and the command be killed; then compare with one that was left alone."""
    source, calm = folder / "in.jsonl", str(folder / "calm.db")
    source.touch()
    (folder / "rules.toml").write_text(
        RULES.format(baseline=max(200, options.rows // 10)), encoding="utf-8"
    )
    generator, ended = random.Random(options.seed), threading.Event()
    rows = rows_of(options)
    writer = threading.Thread(target=grow, args=(source, rows, options.texts_per_s, ended))
    writer.start()
    started, stored_at = time.monotonic(), []
    for _ in range(options.kills):
        command = Command(options, source, store)
        command.wait_for_texts()
        time.sleep(generator.random() * _LONGEST_S)
        command.kill()
        with open_store(store) as opened, opened.engine.connect() as connection:
            stored_at.append(
                connection.execute(sa.select(sa.func.count()).select_from(FEEDBACK)).scalar()
            )
        if stored_at[-1] == options.rows:
            raise SystemExit("all was stored before the last kill: take more rows, or fewer kills")
    writer.join()
    Command(options, source, store, "--no-follow").finish()
    seconds = time.monotonic() - started
    Command(options, source, calm, "--no-follow").finish()
    told, alone = what_is_in(store), what_is_in(calm)
    wanted = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    expected = [(row["id"], row["source"], row["text"]) for row in wanted]
    return {
        "texts": len(expected),
        "stored": len(told["ids"]),
        "twice": len(told["ids"]) - len(set(told["ids"])),
        "is_in_order": told["rows"] == expected,
        "answers": told["answers"],
        "counted": int(told["counted"]),
        "alerts": told["alerts"],
        "alerts_alone": alone["alerts"],
        "is_as_alone": told == alone,
        "stored_at_kills": stored_at,
        "seconds": seconds,
    }


def is_well(found: Record) -> bool:
    """Whether nothing was lost or doubled, and each alert opened and ended once."""
    numbers = {found[name] for name in ("texts", "stored", "answers", "counted")}
    alerts = found["alerts"]
    return bool(
        len(numbers) == 1
        and not found["twice"]
        and found["is_in_order"]
        and alerts
        and all(is_over for _, is_over in alerts)
        and len({title for title, _ in alerts}) == len(alerts)
        and found["alerts"] == found["alerts_alone"]
    )


def render(record: Record, kills: int) -> str:
    """Write a line for each store."""
    lines = ["| store | texts | kills | stored | twice | in order | alerts | minutes | |"]
    lines.append("| --- | ---: | ---: | ---: | ---: | --- | --- | ---: | --- |")
    for kind, found in record.items():
        over = sum(is_over for _, is_over in found["alerts"])
        cells = [
            STORES[kind],
            f"{found['texts']:,}",
            f"{kills}",
            f"{found['stored']:,}",
            f"{found['twice']}",
            "yes" if found["is_in_order"] else "NO",
            f"{len(found['alerts'])} opened, {over} ended",
            f"{found['seconds'] / 60:.1f}",
            "as undisturbed" if is_well(found) else "NOT WELL",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Kill, compare, print, write."""
    options = parse(arguments)
    record: Record = {}
    for kind in options.on:
        with tempfile.TemporaryDirectory() as name, opened_store(kind, Path(name)) as store:
            record[kind] = run(options, Path(name), store)
    place = describe_place([], ("sqlalchemy", "psycopg"))
    told = {"settings": describe_options(options), "place": place, "stores": record}
    write_record(told, options.output)
    print(render(record, options.kills))
    return 0 if all(is_well(found) for found in record.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
