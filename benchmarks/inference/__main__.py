"""From texts to labels: SentiLoRA beside the usual ways, in one run, taking turns.

    python -m benchmarks.inference runs/imdb imdb/test.parquet --rows 1000

RUN is a finished run with its data in place; FILE is labelled, and nothing is chosen on it. Sides,
all of the run's own weights except sentence-transformers (embeddings of the base, logistic
regression):

    pipeline                     Hugging Face, one text at a time (its default), and in the batch
                                 size, of 1 to 64, that is quickest on texts that are not measured
    sentence-transformers + LR   as SetFit predicts, its quickest batch size
    ONNX Runtime int8            quantize_dynamic with its defaults, its quickest batch size
    OpenVINO int8 (NNCF)         300 texts of train, its defaults, its quickest batch size
    SentiLoRA                    torch and openvino in fp32, in the number format that auto takes,
                                 int8 under a budget, and with the cascade

Each side is a process of its own. ``--rounds`` parts of the rows are labelled at once, and as many
parts of ``--singles`` texts one by one; before a part ends for all, none gets the next. Everything
counts from strings to labels. What is written for the sides is kept in ``--work``. Also measured:
this machine's rate of matrix products in the encoder's shapes, fp32, bf16 and int8, and how much of
the fp32 rate each side uses: operations that the texts need over seconds, of real tokens alone.
Prints Markdown and writes JSON.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common.flops import forward_flops
from benchmarks.common.gemm import encoder_shapes, forward_rate, time_products
from benchmarks.common.machine import describe_options, describe_place
from benchmarks.common.program import RESULTS, make_parser, write_record
from benchmarks.inference.contest import Score, run_contest
from benchmarks.inference.side_files import REFERENCE, prepare
from benchmarks.inference.table import render
from sentilora.data.labelled.examples import Examples
from sentilora.data.labelled.reader import read_examples
from sentilora.data.labelled.stratification import thin
from sentilora.errors import SentiloraError
from sentilora.model.artifact import load_classifier, open_artifact
from sentilora.model.tokens import TextEncoder

Record = dict[str, Any]
PRECISIONS = ("fp32", "bf16", "int8")


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser("inference", __doc__)
    add = parser.add_argument
    add("run", help="finished run, with its data in place")
    add("data", help="labelled file to score")
    add("--text", help="column with the text")
    add("--label", help="column with the label")
    add("--rows", type=int, default=1000, help="of it, drawn label by label (1000)")
    add("--singles", type=int, default=20, help="texts of a round that come one by one (20)")
    add("--rounds", type=int, default=5, help="parts that the rows are cut into (5)")
    add("--tune", type=int, default=64, help="further rows to choose batch sizes on (64)")
    add("--sides", help="only these, by a part of their name, comma-separated")
    add("--max-drop", type=float, default=0.3, help="budget of int8, points of macro F1 (0.3)")
    add("--max-disagreement", type=float, default=0.005, help="of the cascade (0.005)")
    add("--seed", type=int, default=13, help="of the rows (13)")
    add("--work", type=Path, default=Path("scoring-work"), help="folder for exports")
    add("--output", type=Path, default=RESULTS / "inference.json")
    options = parser.parse_args(arguments)
    if options.rounds < 1 or options.rows < options.rounds or options.tune < 1:
        parser.error("--rounds and --tune must be at least 1, and --rows at least --rounds")
    return options


def draw(options: argparse.Namespace) -> tuple[Examples, Examples]:
    """Return the rows that are measured, shuffled, and those to tune on."""
    examples = read_examples(options.data, text=options.text, label=options.label)
    wanted = min(options.rows + options.tune, len(examples))
    chosen = np.random.default_rng(options.seed).permutation(
        thin(examples.label_ids, wanted, options.seed)
    )
    cut = max(1, len(chosen) - options.tune)
    return examples.select(chosen[:cut]), examples.select(chosen[cut:])


def work_of(run: str, texts: list[str]) -> tuple[Record, float, int]:
    """Return matrix rates of this machine, operations a text, and tokens of all texts."""
    import torch

    artifact = open_artifact(run)
    network, tokenizer = load_classifier(artifact)
    encoded = TextEncoder(tokenizer, artifact.settings.rule).encode(texts)
    lengths = np.asarray([sum(map(len, windows)) for windows in encoded.windows])
    shapes = encoder_shapes(network)
    timings = time_products(shapes, PRECISIONS, torch.device("cpu"))
    rates = {precision: forward_rate(timings, shapes, precision) for precision in PRECISIONS}
    return rates, forward_flops(network, lengths), int(lengths.sum())


def to_record(
    options: argparse.Namespace,
    scores: dict[str, Score],
    measured: Examples,
    rates: Record,
    flops: float,
    tokens: int,
    stored: dict[str, int],
) -> Record:
    """Return everything that was measured, ready for JSON."""
    names = measured.labels.names
    truth = [names[label_id] for label_id in measured.label_ids]
    reference = scores[REFERENCE].labels if REFERENCE in scores else []
    sides = {}
    for name, score in scores.items():
        about = asdict(score)
        labels = about.pop("labels")
        if score.failed is None:
            about["accuracy"] = float(np.mean([a == b for a, b in zip(labels, truth, strict=True)]))
            if reference:
                about["changed"] = int(sum(a != b for a, b in zip(labels, reference, strict=True)))
            about["texts_per_second"] = len(truth) / sum(score.rounds)
            about["tokens_per_second"] = tokens / sum(score.rounds)
            about["share_of_fp32_rate"] = flops / sum(score.rounds) / rates["fp32"]
            p50, p95, p99 = (
                np.percentile(score.single, [50, 95, 99]) if score.single else [None] * 3
            )
            about["latency_s"] = {"p50": p50, "p95": p95, "p99": p99}
        sides[name] = {**about, "stored_bytes": stored[name]}
    return {
        "created": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "settings": describe_options(options),
        "machine": describe_place(measured.files),
        "rows": len(measured),
        "tokens": tokens,
        "flops": flops,
        "matrix_rates": rates,
        "sides": sides,
    }


def main(arguments: list[str] | None = None) -> int:
    """Run the contest and print the tables."""
    options = parse(arguments)
    try:
        measured, tune = draw(options)
        jobs = prepare(
            options.run,
            options.work,
            sides=options.sides.split(",") if options.sides else [],
            max_drop=options.max_drop,
            max_disagreement=options.max_disagreement,
        )
    except SentiloraError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    texts = list(measured.texts)
    rates, flops, tokens = work_of(options.run, texts)
    scores = run_contest(
        jobs,
        tune=list(tune.texts),
        rounds=[texts[number :: options.rounds] for number in range(options.rounds)],
        singles=[
            texts[number :: options.rounds][: options.singles] for number in range(options.rounds)
        ],
        tell=lambda side, news: print(
            f"{time.strftime('%H:%M:%S')} {side}: {news}", file=sys.stderr, flush=True
        ),
    )
    order = [
        row for number in range(options.rounds) for row in range(number, len(texts), options.rounds)
    ]
    stored = {job.side: stored_bytes(job.folder) for job in jobs}
    record = to_record(options, scores, measured.select(order), rates, flops, tokens, stored)
    write_record(record, options.output)
    print(render(record))
    print(f"wrote {options.output}", file=sys.stderr)
    return 0


def stored_bytes(folder: Path) -> int:
    """Return what a side's folder takes on the disk, without checkpoints of a run."""
    model = folder / "model" if (folder / "model").is_dir() else folder
    return sum(file.stat().st_size for file in model.rglob("*") if file.is_file())


if __name__ == "__main__":
    sys.exit(main())
