"""The record of a scoring contest as Markdown."""

from __future__ import annotations

from typing import Any

from benchmarks.inference.side_files import DEFAULT, OURS

Record = dict[str, Any]
TITLES = (
    *("side", "texts/s", "times pipeline", "tokens/s", "of fp32 matrix rate", "one text: p50"),
    *("p95", "p99", "times pipeline", "accuracy", "changed", "peak memory", "start-up", "stored"),
)


def render(record: Record) -> str:
    """Write the table of a contest; ``record`` is what the JSON file holds."""
    sides = {name: side for name, side in record["sides"].items() if side["failed"] is None}
    rates = ", ".join(
        f"{precision} {rate / 1e9:,.0f}"
        for precision, rate in record["matrix_rates"].items()
        if rate
    )
    lines = [
        f"{record['rows']:,} texts, {record['tokens']:,} tokens. Matrix products of the encoder's "
        f"shapes, in billions of operations a second: {rates}.",
        "",
        "| " + " | ".join(TITLES) + " |",
        "| --- |" + " ---: |" * (len(TITLES) - 1),
        *(_row(name, side, sides.get(DEFAULT)) for name, side in sides.items()),
    ]
    lines += [
        f"\n{name} did not finish: {side['failed']}"
        for name, side in record["sides"].items()
        if side["failed"] is not None
    ]
    return "\n".join([*lines, *_lead(sides)])


def _row(name: str, side: Record, default: Record | None) -> str:
    latency = side["latency_s"]
    batch = "" if name.startswith(OURS) or name == DEFAULT else f" ({side['batch_rows']})"
    cells = [
        name + batch,
        f"{side['texts_per_second']:,.1f}",
        _times(side, default, "texts_per_second"),
        f"{side['tokens_per_second']:,.0f}",
        f"{side['share_of_fp32_rate']:.0%}",
        *(_milliseconds(latency[name]) for name in ("p50", "p95", "p99")),
        "–"
        if default is None or not latency["p50"]
        else f"{default['latency_s']['p50'] / latency['p50']:.1f}",
        f"{side['accuracy']:.2%}",
        f"{side.get('changed', '–')}",
        f"{side['peak_bytes'] / 1e6:,.0f} MB",
        f"{side['startup_s']:.1f} s",
        f"{side['stored_bytes'] / 1e6:,.1f} MB",
    ]
    return "| " + " | ".join(cells) + " |"


def _lead(sides: dict[str, Record]) -> list[str]:
    """Say how far the quickest of ours is from the quickest peer."""
    ours = {n: s["texts_per_second"] for n, s in sides.items() if n.startswith(OURS)}
    peers = {n: s["texts_per_second"] for n, s in sides.items() if not n.startswith(OURS)}
    if not ours or not peers:
        return []
    best, peer = max(ours, key=ours.__getitem__), max(peers, key=peers.__getitem__)
    return ["", f"{best}: {ours[best] / peers[peer]:.2f} times the texts a second of {peer}."]


def _times(side: Record, default: Record | None, what: str) -> str:
    return "–" if default is None else f"{side[what] / default[what]:.1f}"


def _milliseconds(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds * 1e3:.1f} ms"
