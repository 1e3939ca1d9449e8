"""What happens inside the process of one side."""

from __future__ import annotations

import os
import time
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.training.job import Job
from benchmarks.training.levels import Point

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from benchmarks.training.account import Account
    from benchmarks.training.pacer import Pacer
    from benchmarks.training.side import Contestant

GEMM = "gemm"


class PipeTurns:
    """Turns that come through a pipe; while it waits, the process does nothing."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def wait(self) -> float:
        """Wait for the next turn; return how many own seconds it lasts."""
        return float(self._connection.recv())

    def hand_over(self, points: list[Point], step: int) -> None:
        """End the turn and say how far the training got."""
        self._connection.send(("paused", {"points": [asdict(p) for p in points], "steps": step}))


def work(connection: Connection, job: Job) -> None:
    """Be one side: get ready, train in turns, send a record; the target of the process."""
    os.dup2(2, 1)  # libraries may print; stdout is for the table
    try:
        import datasets
        import torch

        datasets.disable_progress_bars()
        torch.set_num_threads(job.threads)
        if job.side == GEMM:
            _multiply(connection, job)
        else:
            _train(connection, job)
    except EOFError:  # whoever led the contest has gone
        return
    except Exception as error:  # noqa: BLE001 - the other sides go on; the record says why
        traceback.print_exc()
        connection.send(("failed", {"failed": f"{type(error).__name__}: {error}"}))


def _train(connection: Connection, job: Job) -> None:
    from benchmarks.training import ordinary, presets
    from benchmarks.training.account import Account
    from benchmarks.training.pacer import Pacer, measuring_steps
    from sentilora.data.labelled.reader import read_examples
    from sentilora.runs.cost import Meter
    from sentilora.training.batches.encoded_examples import encode_examples

    started = time.perf_counter()
    side = (ordinary if job.side in ordinary.RECIPES else presets).prepare(job)
    heldout = encode_examples(
        read_examples(job.part("heldout"), labels=side.labels),
        side.encoder,
        job.folder / f"{job.side}-heldout.tokens",
    )
    with Meter(None):  # its first start takes seconds
        pass
    account = Account(side.device.type)
    pacer = Pacer(
        account,
        PipeTurns(connection),
        measure=lambda network: side.accuracy(network, heldout),
        tokens_at=side.tokens_at,
        measuring=measuring_steps(
            side.planned_tokens, side.epoch_ends, first=job.first_tokens, growth=job.growth
        ),
        limit_s=job.limit_s,
    )
    ready = {
        "recipe": side.recipe,
        "precision": side.precision,
        "is_full": side.is_full,
        "planned_steps": len(side.planned_tokens),
        "planned_tokens": int(side.planned_tokens[-1]),
        "startup_s": round(time.perf_counter() - started, 1),
    }
    connection.send(("ready", ready))
    pacer.begin()
    network = side.train(pacer)
    final = pacer.end(network)
    connection.send(("done", _record(job, side, account, pacer, final, network)))


def _record(
    job: Job, side: Contestant, account: Account, pacer: Pacer, final: Point, network: Any
) -> dict[str, Any]:
    return {
        "points": [asdict(point) for point in pacer.points],
        "steps": final.step,
        "tokens": final.tokens,
        "seconds": final.seconds,
        "tokens_per_second": final.tokens / final.seconds,
        "is_cut_short": pacer.is_cut_short,
        "heldout_accuracy": final.accuracy,
        "test_accuracy": None if pacer.is_cut_short else _test_accuracy(job, side, network),
        "padded_share": side.counter.padded_share,
        "flops_per_token": side.flops_per_token,
        "peak_bytes": account.peak_bytes,
        "resident_bytes": account.resident_bytes,
        "peak_is_exact": account.is_exact,
        "stored_bytes": _stored_bytes(network, job.folder / f"{job.side}-weights"),
        "energy_kwh": account.energy_kwh,
        "energy_method": account.energy_method,
        "aside_s": pacer.aside_s,
    }


def _test_accuracy(job: Job, side: Contestant, network: Any) -> float | None:
    """Score the test file, which is read here and nowhere else."""
    if job.test is None:
        return None
    from sentilora.data.labelled.reader import read_examples
    from sentilora.training.batches.encoded_examples import encode_examples

    text, label = job.columns
    examples = read_examples(job.test, text=text, label=label, labels=side.labels, part="test")
    encoded = encode_examples(examples, side.encoder, job.folder / f"{job.side}-test.tokens")
    return side.accuracy(network, encoded)


def _stored_bytes(network: Any, folder: Path) -> int:
    """Save the weights as the libraries do, and weigh them."""
    from sentilora.model.artifact import save_weights

    save_weights(network, folder)
    return sum(file.stat().st_size for file in folder.glob("*.safetensors"))


def _multiply(connection: Connection, job: Job) -> None:
    from benchmarks.common.gemm import encoder_shapes, time_products
    from sentilora.inference.engines.device import pick_device
    from sentilora.labels import Labels
    from sentilora.model.bases.resolved_base import resolve_base
    from sentilora.model.classifier import load_base_classifier

    started = time.perf_counter()
    network, _ = load_base_classifier(resolve_base(job.base), Labels(("negative", "positive")))
    shapes = encoder_shapes(network)
    device = pick_device(job.device)
    precisions = ("fp32", "bf16", *(("fp16",) if device.type == "cuda" else ()))
    startup_s = round(time.perf_counter() - started, 1)
    connection.send(("ready", {"shapes": shapes, "startup_s": startup_s}))
    while True:
        connection.recv()
        connection.send(("paused", {"timings": time_products(shapes, precisions, device)}))
