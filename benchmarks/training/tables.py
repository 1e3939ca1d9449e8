"""The record of a race as Markdown tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.common.gemm import KINDS, Timing, mixed_rate
from benchmarks.training.levels import LEVELS, Point, first_reached, kept_from

Record = dict[str, Any]
Find = Callable[[Sequence[Point], float], Point | None]
NOT_MEASURED = "not measured"


def render(race: Record) -> str:
    """Write all tables of a race; ``race`` is what the JSON file holds."""
    sides = {name: side for name, side in race["sides"].items() if side.get("kind") == "done"}
    tables = {
        "Own seconds, and tokens trained, to an accuracy on the held-out rows (first time)": (
            sides and levels_table(sides, race, first_reached)
        ),
        "The same, from where on no later measurement fell below it": (
            sides and levels_table(sides, race, kept_from)
        ),
        "What it cost": sides and cost_table(sides, race),
        "How many times quicker than the ordinary recipe": speedup_table(sides),
        "LoRA against full fine-tuning: how much less": savings_table(sides),
        "Matrix products of 8,192 tokens, GFLOP/s": race["gemm"] and gemm_table(race["gemm"]),
    }
    failures = [
        f"{name} did not finish: {side.get('failed', 'broken off')}"
        for name, side in race["sides"].items()
        if name not in sides
    ]
    parts = [f"{title}\n\n{table}" for title, table in tables.items() if table]
    return "\n\n".join([_facts(race), *parts, *failures])


def levels_table(sides: dict[str, Record], race: Record, find: Find) -> str:
    """Write when each side reached each level; where it did not, where it ended."""
    rows = [
        [name, *(_reached(side, find(points_of(side), level), level) for level in LEVELS)]
        for name, side in sides.items()
    ]
    if not race["machine"]["has_cuda"]:
        rows.append(["any side on a GPU", *[NOT_MEASURED] * len(LEVELS)])
    return _table(["side", *map(_percent, LEVELS)], rows)


def cost_table(sides: dict[str, Record], race: Record) -> str:
    """Write speed, size, memory, energy and accuracy of each side."""
    titles = [
        *("side", "updates", "own seconds", "own validation, s", "tokens/s", "padding"),
        *("MFLOP/token", "of matrix speed", "peak memory", "grown by", "stored", "energy"),
        *("held-out", "test"),
    ]
    rows = []
    for name, side in sides.items():
        share = matrix_share(side, race)
        rows.append(
            [
                name,
                f"{side['steps']:,} of {side['planned_steps']:,}",
                f"{side['seconds']:,.0f}",
                f"{side['aside_s']:,.0f}",
                f"{side['tokens_per_second']:,.0f}",
                _percent(side["padded_share"]),
                f"{side['flops_per_token'] / 1e6:,.0f}",
                _percent(share),
                f"{side['peak_bytes'] / 1e6:,.0f} MB",
                f"{(side['peak_bytes'] - side['resident_bytes']) / 1e6:,.0f} MB",
                f"{side['stored_bytes'] / 1e6:,.2f} MB",
                NOT_MEASURED
                if side["energy_kwh"] is None
                else f"{side['energy_kwh'] * 1000:,.2f} Wh",
                _percent(side["heldout_accuracy"]),
                _percent(side["test_accuracy"]),
            ]
        )
    if not race["machine"]["has_cuda"]:
        rows.append(["any side on a GPU", *[NOT_MEASURED] * (len(titles) - 1)])
    return _table(titles, rows)


def speedup_table(sides: dict[str, Record]) -> str:
    """Write the ratios to the ordinary recipe; ``>`` where that one never got there."""
    if "ordinary" not in sides or len(sides) < 2:
        return ""
    ordinary = sides["ordinary"]
    rows = []
    for name, side in sides.items():
        if name == "ordinary":
            continue
        ratios = [_times(ordinary, side, level) for level in LEVELS]
        speed = side["tokens_per_second"] / ordinary["tokens_per_second"]
        rows.append([name, *ratios, f"{speed:.1f} ×"])
    return _table(["side", *(f"to {_percent(x)}" for x in LEVELS), "tokens/s"], rows)


def savings_table(sides: dict[str, Record]) -> str:
    """Write how much less each preset takes than each side that trains all weights.

    Of those of SentiLoRA's loop it is ``full-PRESET``, else ``full``.
    """
    rows = []
    for name, side in sides.items():
        if side["is_full"] or name == "ordinary":
            continue
        same_loop = f"full-{name}" if f"full-{name}" in sides else "full"
        for rival_name in (same_loop, "ordinary-full"):
            rival = sides.get(rival_name)
            if rival is not None:
                times = [_less_time(rival, side, level) for level in LEVELS]
                sizes = [_less(rival[key], side[key]) for key in ("stored_bytes", "peak_bytes")]
                rows.append([f"{name} than {rival_name}", *times, *sizes])
    titles = [*(f"time to {_percent(x)}" for x in LEVELS), "stored bytes", "peak memory"]
    return _table(["side", *titles], rows) if rows else ""


def gemm_table(timings: Sequence[Record]) -> str:
    """Write the rate of each product."""
    precisions = list(dict.fromkeys(timing["precision"] for timing in timings))
    rates = {
        (t["inputs"], t["outputs"], t["kind"], t["precision"]): t["flops_per_second"]
        for t in timings
    }
    shapes = list(dict.fromkeys((t["inputs"], t["outputs"]) for t in timings))
    rows = [
        [
            f"{inputs} → {outputs}, {kind.replace('_', ' ')}",
            *(f"{rates[inputs, outputs, kind, p] / 1e9:,.0f}" for p in precisions),
        ]
        for inputs, outputs in shapes
        for kind in KINDS
    ]
    return _table(["product", *precisions], rows)


def matrix_share(side: Record, race: Record) -> float | None:
    """Return the share of the machine's matrix speed that an update used, padding not counted."""
    timings = [Timing(**{key: t[key] for key in Timing.__dataclass_fields__}) for t in race["gemm"]]
    if not timings:
        return None
    shapes = {(inputs, outputs): count for inputs, outputs, count in race["shapes"]}
    rate = mixed_rate(timings, shapes, side["precision"], is_full=side["is_full"])
    return float(side["flops_per_token"] * side["tokens_per_second"] / rate)


def points_of(side: Record) -> list[Point]:
    """Return the measurements of a side."""
    return [Point(**point) for point in side["points"]]


def _facts(race: Record) -> str:
    rows, settings, machine = race["rows"], race["settings"], race["machine"]
    return (
        f"{rows['train']:,} rows to train on, {rows['validation']:,} for validation, "
        f"{rows['heldout']:,} held out; base {settings['base']}, seed {settings['seed']}; "
        f"{machine['processor'] or 'unknown processor'}, {settings['threads']} threads, device "
        f"{settings['device']}; torch {machine['packages']['torch']}"
    )


def _reached(side: Record, point: Point | None, level: float) -> str:
    if point is not None:
        return f"{point.seconds:,.0f} s, {point.tokens / 1e6:.2f} M"
    end = _percent(side["heldout_accuracy"])
    if first_reached(points_of(side), level) is not None:
        return f"not kept ({end})"
    if side["is_cut_short"]:
        return f"not in {side['seconds'] / 60:.1f} min ({end})"
    return f"never ({end})"


def _times(ordinary: Record, side: Record, level: float) -> str:
    mine = first_reached(points_of(side), level)
    theirs = first_reached(points_of(ordinary), level)
    if mine is None:
        return "–"
    if theirs is None:
        return f"> {ordinary['seconds'] / mine.seconds:.1f} ×"
    return f"{theirs.seconds / mine.seconds:.1f} ×"


def _less_time(full: Record, side: Record, level: float) -> str:
    mine = first_reached(points_of(side), level)
    theirs = first_reached(points_of(full), level)
    if mine is None:
        return "–"
    if theirs is None and not full["is_cut_short"]:
        return "full never"
    if theirs is None:
        return f"> {_less(full['seconds'], min(mine.seconds, full['seconds']))}"
    return _less(theirs.seconds, mine.seconds)


def _less(theirs: float, mine: float) -> str:
    return f"{1 - mine / theirs:.1%}"


def _percent(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value * 100:.2f}".rstrip("0").rstrip(".") + " %"


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [titles, ["---", *["---:"] * (len(titles) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
