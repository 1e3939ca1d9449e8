"""How long the store takes to answer what the page *Live* asks, at ten million texts.

    python -m benchmarks.monitoring.store_questions FOLDER

FOLDER takes the stores (about 12 GB; one that is there is taken, one that is half full is filled
up): an SQLite file, and the data of a PostgreSQL server that is started for it, where its programs
are installed. Each question is asked once *cold*, with the database newly started and its files put
out of the system's memory, and then 20 times. What else runs on the machine makes all of it slower:
the record holds the load, and the least of the 20 is nearest to a quiet machine. Texts are made up
and seeded: 90 days, six sources, two segments of 10 and 20 values, one model. Prints Markdown and
writes JSON.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from benchmarks.common.machine import describe_options, describe_place
from benchmarks.common.program import RESULTS, make_parser, write_record
from benchmarks.monitoring.made_store import END_MS, MODEL, RARE_WORD, fill, settle
from sentilora.monitoring.figures.hour_moods import Scope, compare_parts, hour_of, read_hours
from sentilora.monitoring.figures.offers import read_offers
from sentilora.monitoring.figures.source_states import last_arrival, last_refusals, list_sources
from sentilora.monitoring.figures.text_stream import StreamFilter, read_stream
from sentilora.monitoring.figures.told_alerts import find_alert, open_alerts, past_alerts
from sentilora.monitoring.store.store import Store, open_store
from tests.helpers.postgres_server import PostgresServer, find_programs

Question = Callable[[Connection], Any]
NOW = hour_of(END_MS)
ALL, DE = Scope(MODEL), Scope(MODEL, segment=("country", "DE"))
SQLITE, POSTGRES = "sqlite", "postgresql"


def questions() -> dict[str, Question]:
    """Return what the page asks, by name."""
    week, month = NOW - 168 + 1, NOW - 672 + 1
    found: dict[str, Question] = {
        "what there is to choose": read_offers,
        "mood now and the day before": lambda c: read_hours(c, ALL, NOW - 25, NOW),
        "mood of a source now": lambda c: read_hours(c, Scope(MODEL, "app"), NOW - 25, NOW),
        "course of 24 hours": lambda c: read_hours(c, ALL, NOW - 26, NOW),
        "course of 7 days": lambda c: read_hours(c, ALL, week - 12, NOW),
        "course of 4 weeks": lambda c: read_hours(c, ALL, month - 24, NOW),
        "course of 4 weeks, a country": lambda c: read_hours(c, DE, month - 24, NOW),
        "by source, 7 days": lambda c: compare_parts(c, ALL, None, week, NOW),
        "by source, 4 weeks": lambda c: compare_parts(c, ALL, None, month, NOW),
        "by country, 7 days": lambda c: compare_parts(c, ALL, "country", week, NOW),
        "by version, 7 days": lambda c: compare_parts(c, ALL, "version", week, NOW),
        "last text": last_arrival,
        "sources with their last text": list_sources,
        "last refusals": last_refusals,
        "open alerts": open_alerts,
        "past alerts": past_alerts,
        "past alerts, far back": lambda c: past_alerts(c, 500),
        "one alert": lambda c: find_alert(c, 77),
        "newest texts": lambda c: read_stream(c, StreamFilter(MODEL)),
    }
    day_ms = 24 * 3_600_000
    filters = {
        "texts of a source": StreamFilter(MODEL, source="mail"),
        "texts of the rarest source": StreamFilter(MODEL, source="forum"),
        "negative texts": StreamFilter(MODEL, labels=("negative",)),
        "texts of a country": StreamFilter(MODEL, segment=("country", "DE")),
        "texts of a version of long ago": StreamFilter(MODEL, segment=("version", "5.2")),
        "texts up to a day": StreamFilter(MODEL, until_ms=END_MS - 60 * day_ms),
        "texts with a common word": StreamFilter(MODEL, words="login"),
        "texts with two words": StreamFilter(MODEL, words="zeppelin login"),
        "texts with a rare word": StreamFilter(MODEL, words=RARE_WORD),
        "texts with a rare word, all filters": StreamFilter(
            MODEL, "app", ("country", "DE"), ("negative",), RARE_WORD, END_MS - 10 * day_ms
        ),
    }
    for name, wanted in filters.items():
        found[name] = lambda c, wanted=wanted: read_stream(c, wanted)  # type: ignore[misc]
    return found


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser("monitoring.store_questions", __doc__)
    add = parser.add_argument
    add("folder", type=Path, help="folder for the stores")
    add("--texts", type=int, default=10_000_000, help="number of texts (10 million)")
    add("--databases", default=f"{SQLITE},{POSTGRES}", help="by commas (both)")
    add("--repeats", type=int, default=20, help="times that each is asked when warm (20)")
    add("--only-fill", action="store_true", help="fill the stores, and ask nothing")
    add("--output", type=Path, default=RESULTS / "store-questions.json")
    options = parser.parse_args(arguments)
    options.databases = options.databases.split(",")
    return options


def main(arguments: list[str] | None = None) -> None:
    """Fill the stores, and ask."""
    options = parse(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    record: dict[str, Any] = {
        "options": describe_options(options),
        "machine": describe_place([], ["sqlalchemy", "psycopg"]),
        "load_before": {},
        "questions": [],
    }
    for database in options.databases:
        place = Place(database, options.folder)
        with place.served() as address:
            _fill(address, options.texts)
        if options.only_fill:
            continue
        record["load_before"][database] = os.getloadavg()[0]
        record["questions"] += _measure(place, options.repeats)
        write_record(record, options.output)
    print(table_of(record))


def _fill(address: str, texts: int) -> None:
    with open_store(address) as store:
        begun, before = time.monotonic(), 0
        for done in fill(store, texts):
            rate = (done - before) / max(1e-9, time.monotonic() - begun)
            print(f"{done:,} texts, {rate:,.0f} a second", file=sys.stderr, flush=True)
            begun, before = time.monotonic(), done
        settle(store)


def _measure(place: Place, repeats: int) -> list[dict[str, Any]]:
    """Ask each question cold, then all of them again and again."""
    asked = questions()
    cold = {}
    for name, question in asked.items():
        place.forget_files()
        with place.served() as address, open_store(address) as store:
            cold[name] = _ask(store, question)
    warm: dict[str, list[float]] = {name: [] for name in asked}
    with place.served() as address, open_store(address) as store:
        for _ in range(repeats):
            for name, question in asked.items():
                warm[name].append(_ask(store, question))
    return [
        {
            "database": place.database,
            "question": name,
            "cold_ms": cold[name],
            "least_ms": min(warm[name]),
            "median_ms": statistics.median(warm[name]),
            "worst_ms": max(warm[name]),
        }
        for name in asked
    ]


def _ask(store: Store, question: Question) -> float:
    """Ask a question, as the page does with a connection that is open; return milliseconds."""
    with store.engine.connect() as connection:
        begun = time.perf_counter()
        question(connection)
        return 1000 * (time.perf_counter() - begun)


class Place:
    """Where a store lies.

    Args:
        database: which one.
        folder: folder for the stores.
    """

    def __init__(self, database: str, folder: Path) -> None:
        self.database = database
        self.folder = (folder / database).resolve()
        self.folder.mkdir(exist_ok=True)

    @contextmanager
    def served(self) -> Iterator[str]:
        """Give the address of the store for as long as its server runs."""
        if self.database == SQLITE:
            yield str(self.folder / "feedback.db")
            return
        programs = find_programs()
        if programs is None:
            raise SystemExit("PostgreSQL is not installed. Type: sudo apt-get install postgresql")
        made = self.folder / "data"
        is_new = not made.exists()
        server = PostgresServer(programs, self.folder, is_new=is_new)
        server.start()
        try:
            yield server.make_database() if is_new else server.address("feedback_1")
        finally:
            server.stop("fast")

    def forget_files(self) -> None:
        """Have the system put the files of the store out of its memory."""
        for path in self.folder.rglob("*"):
            if path.is_file():
                handle = os.open(path, os.O_RDONLY)
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(handle)


def table_of(record: dict[str, Any]) -> str:
    """Write the figures as Markdown."""
    found = record["questions"]
    databases = list(dict.fromkeys(one["database"] for one in found))
    heads = ["question", *(f"{one}: cold / least / median / worst, ms" for one in databases)]
    lines = [" | ".join(heads), " | ".join(["---"] * len(heads))]
    for name in dict.fromkeys(one["question"] for one in found):
        cells = [name]
        for database in databases:
            (one,) = [
                one for one in found if one["question"] == name and one["database"] == database
            ]
            figures = (one["cold_ms"], one["least_ms"], one["median_ms"], one["worst_ms"])
            cells.append(" / ".join(f"{figure:.1f}" for figure in figures))
        lines.append(" | ".join(cells))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
