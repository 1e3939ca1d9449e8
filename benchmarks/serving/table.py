"""The load test as a table."""

from __future__ import annotations

from typing import Any


def render(record: dict[str, Any]) -> str:
    """Return a table in Markdown; ``times`` compares with the first side at as many clients."""
    first = {load["clients"]: load["requests_per_s"] for load in record["sides"][0]["loads"]}
    lines = [
        "| side | clients | requests/s | times | p50 | p95 | p99 | refused | memory | start-up |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for side in record["sides"]:
        for load in side["loads"]:
            times = load["requests_per_s"] / first[load["clients"]] if first[load["clients"]] else 0
            lines.append(
                f"| {side['side']} | {load['clients']} | {load['requests_per_s']:,.1f} | "
                f"{times:.1f} | {load['p50_ms']:.1f} ms | {load['p95_ms']:.1f} ms | "
                f"{load['p99_ms']:.1f} ms | {sum(load['refused'].values())} | "
                f"{side['memory_bytes'] / 1e6:,.0f} MB | {side['startup_s']:.1f} s |"
            )
    return "\n".join(lines)
