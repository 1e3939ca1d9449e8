"""How many requests a second a server answers, and how soon: SentiLoRA and the plain way.

    python -m benchmarks.serving RUN FILE [--rows 1000] [--clients 1,8,64] [--adapters 100]

Sides are ``FastAPI + pipeline`` (a merged export, one text a request, batch 1), and
``sentilora serve`` in float32, in bfloat16 where the CPU has units for it, and with many adapters
on the same encoder, of which each request names the next one. All run on loopback, on the same
cores as the clients; each client sends its next request when it has its answer. Sides take turns:
one round is every number of clients on every side. Every side starts before the first round, and
labels of 50 texts are compared with what the run predicts.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

import sentilora as package
from benchmarks.common.program import RESULTS, make_parser, write_record
from benchmarks.serving import servers
from benchmarks.serving.adapters import make_adapters
from benchmarks.serving.clients import Load, ask_once, put_load, to_request
from benchmarks.serving.table import render
from sentilora.data.labelled.reader import read_examples
from sentilora.errors import SentiloraError

Record = dict[str, Any]
CHECKED = 50


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser("serving", __doc__)
    add = parser.add_argument
    add("run", help="run folder with an adapter, or general")
    add("data", help="labelled file with texts")
    add("--text", help="column with the text")
    add("--label", help="column with the label")
    add("--rows", type=int, default=1000, help="texts that are sent in turn (1000)")
    add("--clients", default="1,8,64", help="at once, comma-separated (1,8,64)")
    add("--adapters", type=int, default=100, help="on one encoder (100)")
    add("--seconds", type=float, default=5.0, help="of each turn (5)")
    add("--rounds", type=int, default=3, help="(3)")
    add("--precisions", default="fp32,auto", help="of SentiLoRA's sides (fp32,auto)")
    add("--openvino", action="store_true", help="also serve an export, which is alone")
    add("--work", type=Path, default=Path("serving-work"), help="folder for exports and adapters")
    add("--output", type=Path, default=RESULTS / "serving.json")
    options = parser.parse_args(arguments)
    options.clients = [int(one) for one in options.clients.split(",")]
    if min(options.clients) < 1 or options.rounds < 1 or options.adapters < 1:
        parser.error("--clients, --rounds and --adapters must be at least 1")
    return options


def prepare(options: argparse.Namespace) -> list[servers.Side]:
    """Make what the sides serve, and return them."""
    work: Path = options.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    merged = work / "merged"
    if not (merged / "manifest.json").is_file():
        package.export(options.run, to="merged", output=merged)
    adapters = make_adapters(options.run, work / "adapters", options.adapters)
    first = dict(list(adapters.items())[:1])
    sides = [servers.plain(merged)]
    for precision in options.precisions.split(","):
        sides.append(servers.sentilora(f"SentiLoRA, {precision}", first, precision))
        if len(adapters) > 1:
            name = f"SentiLoRA, {precision}, {len(adapters)} adapters"
            sides.append(servers.sentilora(name, dict(adapters), precision))
    if options.openvino:
        exported = work / "openvino"
        if not (exported / "manifest.json").is_file():
            package.export(options.run, to="openvino", output=exported)
        models = {"export": exported}
        sides.append(servers.sentilora("SentiLoRA, OpenVINO export, auto", models, "auto"))
    return sides


def check(server: servers.Server, texts: list[str], expected: list[str]) -> float:
    """Return the share of labels that are those of the run."""
    same = 0
    for number, text in enumerate(texts):
        answer: Any = ask_once(
            server.port, to_request(server.side.path, server.side.body(text, number))
        )
        found = answer["data"][0]["label"] if server.side.models else answer[0]["label"]
        same += found == expected[number]
    return same / len(texts)


def main(arguments: list[str] | None = None) -> int:
    """Run the load test, print the table, and write the record."""
    options = parse(arguments)
    running: list[servers.Server] = []
    try:
        sides = prepare(options)
        texts = list(read_examples(options.data, text=options.text, label=options.label).texts)
        texts = texts[: options.rows]
        model = package.load(options.run, device="cpu")
        expected = [answer.label for answer in model.predict(texts[:CHECKED])]
        loads: dict[tuple[str, int], list[Load]] = {}
        record: Record = {"run": Path(options.run).name, "texts": len(texts), "sides": []}
        agreed: dict[str, float] = {}
        for side in sides:
            running.append(servers.Server(side, options.work))
            agreed[side.name] = check(running[-1], texts[:CHECKED], expected)
            tell(f"{side.name}: up after {running[-1].startup_s:.1f} s")
        requests = {
            side.name: [
                to_request(side.path, side.body(text, number)) for number, text in enumerate(texts)
            ]
            for side in sides
        }
        for server in running:  # warm up
            put_load(server.port, requests[server.side.name], clients=8, seconds=2)
        for number in range(options.rounds):
            for clients in options.clients:
                for server in running:
                    load = put_load(
                        server.port,
                        requests[server.side.name],
                        clients=clients,
                        seconds=options.seconds,
                    )
                    loads.setdefault((server.side.name, clients), []).append(load)
            tell(f"round {number + 1} of {options.rounds}")
        record["sides"] = [
            {
                "side": server.side.name,
                "startup_s": round(server.startup_s, 1),
                "memory_bytes": server.memory_bytes(),
                "same_labels": agreed[server.side.name],
                "loads": [
                    summarise(clients, loads[server.side.name, clients])
                    for clients in options.clients
                ],
            }
            for server in running
        ]
    except SentiloraError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    finally:
        for server in running:
            server.stop()
    write_record(record, options.output)
    print(render(record))
    print(f"wrote {options.output}", file=sys.stderr)
    return 0


def summarise(clients: int, loads: list[Load]) -> Record:
    """Return rates and latencies of all rounds."""
    latencies = np.concatenate([load.latencies for load in loads])
    statuses: dict[str, int] = {}
    for load in loads:
        for status, count in load.statuses.items():
            statuses[str(status)] = statuses.get(str(status), 0) + count
    p50, p95, p99 = (np.percentile(latencies, [50, 95, 99]) * 1000) if len(latencies) else [0] * 3
    return {
        "clients": clients,
        "requests_per_s": round(len(latencies) / sum(load.seconds for load in loads), 1),
        "by_round": [round(len(load.latencies) / load.seconds, 1) for load in loads],
        "p50_ms": round(float(p50), 2),
        "p95_ms": round(float(p95), 2),
        "p99_ms": round(float(p99), 2),
        "refused": statuses,
    }


def tell(news: str) -> None:
    """Say what has happened, on stderr."""
    print(f"{time.strftime('%H:%M:%S')} {news}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
