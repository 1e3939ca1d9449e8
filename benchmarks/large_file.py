"""A large file through ``sentilora predict``: memory, speed, and what a kill leaves.

    python -m benchmarks.large_file general --rows 1000000 --precision auto

Writes a file of so many different short texts (sentences of the sample reviews, with a number), and
lets the command answer it in a process that is killed with SIGKILL when ``--kill-at`` of the rows
have been kept, then once more with ``--resume``. The output must hold every row once, in order,
with a label. Resident memory is read ten times a second from the first kept answer on; it is flat
if the second half of that time needs no more than the first. Prints Markdown and writes JSON.
"""

from __future__ import annotations

import argparse
import csv
import json
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.common.machine import describe_options
from benchmarks.common.program import RESULTS, make_parser, write_record
from sentilora import samples
from sentilora.inference.rows.resume_file import kept_path

PERIOD_S = 0.1
Record = dict[str, Any]


@dataclass(frozen=True)
class Watched:
    """One process of the command.

    Attributes:
        seconds: it lived.
        returncode: negative when it was killed.
        first_half_bytes: largest resident set in the first half of the time that it answered.
        second_half_bytes: in the second half.
        summary: what it printed with ``--json``; empty when it was killed.
    """

    seconds: float
    returncode: int
    first_half_bytes: int
    second_half_bytes: int
    summary: Record


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser("large_file", __doc__)
    add = parser.add_argument
    add("run", help="run, export or general")
    add("--rows", type=int, default=1_000_000, help="of the file (1000000)")
    add("--kill-at", type=float, default=0.4, help="share of the rows that are kept then (0.4)")
    add("--precision", default="auto", help="of the command (auto)")
    add("--output", type=Path, default=RESULTS / "large_file.json")
    options = parser.parse_args(arguments)
    if options.rows < 10 or not 0 < options.kill_at < 1:
        parser.error("--rows must be at least 10, and --kill-at between 0 and 1")
    return options


def write_source(path: Path, rows: int) -> None:
    """Write ``id`` and ``text``: a sample's sentence and the row's number, all different."""
    with samples.path("test").open(encoding="utf-8", newline="") as file:
        texts = [row["text"].split(".")[0] for row in csv.DictReader(file)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text"])
        writer.writerows([row, f"{texts[row % len(texts)]} {row}"] for row in range(rows))


def watch(command: list[str], kept: Path, kill_at_bytes: float) -> Watched:
    """Run a command, look at its memory, and kill it when so many bytes are kept."""
    started = time.monotonic()
    seen: list[int] = []
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        about = psutil.Process(process.pid)
        while process.poll() is None:
            size = kept.stat().st_size if kept.exists() else 0
            if size:
                try:
                    seen.append(about.memory_info().rss)
                except psutil.NoSuchProcess:
                    break
            if size >= kill_at_bytes:
                process.send_signal(signal.SIGKILL)
                break
            time.sleep(PERIOD_S)
        returncode = process.wait()
        out.seek(0)
        printed = out.read().decode()
    middle = max(1, len(seen) // 2)
    summary = json.loads(printed) if returncode == 0 else {}
    summary.pop("output", None)  # a folder of this machine
    return Watched(
        seconds=round(time.monotonic() - started, 1),
        returncode=returncode,
        first_half_bytes=max(seen[:middle], default=0),
        second_half_bytes=max(seen[middle:], default=0),
        summary=summary,
    )


def check(path: Path, rows: int) -> int:
    """Return how many rows an output holds; each once, in order, with a label.

    Raises:
        SystemExit: it does not.
    """
    count = 0
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            if row["id"] != str(number) or not row["label"]:
                raise SystemExit(f"row {number} of the output is {row}")
            count += 1
    if count != rows:
        raise SystemExit(f"the output has {count:,} rows, expected {rows:,}")
    return count


def render(record: Record) -> str:
    """Write both processes as a table."""
    lines = ["| | seconds | peak, first half | peak, second half | ended |"]
    lines.append("| --- | ---: | ---: | ---: | --- |")
    for name in ("killed", "resumed"):
        side = record[name]
        ended = "finished" if side["returncode"] == 0 else f"signal {-side['returncode']}"
        peaks = (side[f"{half}_half_bytes"] / 1e6 for half in ("first", "second"))
        cells = [f"{side['seconds']:,.0f}", *(f"{peak:,.0f} MB" for peak in peaks), ended]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    resumed = record["resumed"]["summary"]["resumed"]
    return "\n".join(
        [
            *lines,
            "",
            f"{record['checked_rows']:,} rows, each once, in order; {resumed:,} of them were "
            f"answered before the kill. The source has {record['source_bytes'] / 1e6:,.0f} MB.",
        ]
    )


def main(arguments: list[str] | None = None) -> int:
    """Stream, kill, resume, check."""
    options = parse(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, output = folder / "in.csv", folder / "out.csv"
        write_source(source, options.rows)
        command = [sys.executable, "-m", "sentilora", "predict", options.run]
        command += ["--input", str(source), "--output", str(output), "--json"]
        command += ["--precision", options.precision]
        kept = kept_path(output)
        record_bytes = 4 * _label_count(options.run) + 2
        kill_at = options.kill_at * options.rows * record_bytes
        killed = watch(command, kept, kill_at)
        if killed.returncode == 0:
            raise SystemExit("it had finished before it was to be killed: take more rows")
        resumed = watch([*command, "--resume"], kept, float("inf"))
        if resumed.returncode != 0:
            raise SystemExit(f"the resumed command ended with {resumed.returncode}")
        record = {
            "settings": describe_options(options),
            "killed": asdict(killed),
            "resumed": asdict(resumed),
            "checked_rows": check(output, options.rows),
            "source_bytes": source.stat().st_size,
        }
    write_record(record, options.output)
    print(render(record))
    return 0


def _label_count(run: str) -> int:
    from sentilora.model.artifact import open_artifact

    return len(open_artifact(run).settings.labels)


if __name__ == "__main__":
    sys.exit(main())
