"""Whether themes are right and come back, beside BERTopic, k-means and NMF.

    python -m benchmarks.insights.themes FOLDER --peer ENVIRONMENT/bin/python

FOLDER holds ``banking77/`` and ``fabsa/`` as parquet files. ``--peer`` is the Python of an
environment with bertopic 0.17.4; without it, its sides are left out. Sides:

- ``sentilora``: ``find_themes`` as it is, told nothing;
- ``sentilora, stable alone``: the same without the themes that a report marks as unstable;
- ``bertopic``: its defaults, with the same encoder read by sentence-transformers;
- ``bertopic, same vectors``: its defaults, with SentiLoRA's vectors;
- ``k-means, told``: on the same vectors, told the true number of topics;
- ``nmf, told``: NMF on TF-IDF, told the true number;
- ``logistic regression, told all``: on the same vectors, taught the true topics of the other four
  fifths: about the most that these vectors bear.

BERTopic differs from run to run, so that it is run ``--runs`` times, and means are shown; sides
with a seed have as many seeds. Halves: each side groups a random half of the texts and puts the
others to its groups, then the other half; the figure is the mean best overlap (Jaccard) of the
groups of both. Stable themes are looked for among all themes of the other half, and, in the record
(``halves_strict``), among its stable ones. Prints Markdown and writes JSON. How long it takes is
measured by ``insights.speed``.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from benchmarks.common.machine import describe_options, describe_place
from benchmarks.common.program import RESULTS, make_parser, write_record
from benchmarks.insights.sides.side_processes import OWN_SIDE, PEER_SIDE, ask, encoder_folder
from benchmarks.insights.sides.told_sides import kmeans, nmf, regression
from benchmarks.insights.theme_figures import come_back, fit_of, overlap_of
from benchmarks.insights.theme_sets import PARTS, SETS, TopicSet, files_of, read_set
from sentilora.insights.themes.stability import STABLE

OWN, PEER, SAME = "sentilora", "bertopic", "bertopic, same vectors"
STABLE_OWN = "sentilora, stable alone"
KMEANS, NMF_SIDE = "k-means, told", "nmf, told"
TAUGHT = "logistic regression, told all"
Record = dict[str, Any]


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
    add("--output", type=Path, default=RESULTS / "insights-themes.json")
    options = parser.parse_args(arguments)
    options.sets = options.sets.split(",")
    return options


def main(arguments: list[str] | None = None) -> None:
    """Measure all sides on all sets."""
    options = parse(arguments)
    record: Record = {
        "options": describe_options(options),
        "machine": describe_place(files_of(options.sets, options.data, options.part)),
        "sets": {},
    }
    with tempfile.TemporaryDirectory() as scratch:
        for name in options.sets:
            topic_set = read_set(name, options.data, options.part)
            record["sets"][name] = _measure(topic_set, options, Path(scratch))
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
    job = {"texts": str(texts), "vectors": None, "encoder": encoder_folder(), "fits": fits}
    answers = {OWN: ask(OWN_SIDE, {**job, "keep": str(vectors)}, scratch)}
    answers[STABLE_OWN] = {"fits": [_stable(fit) for fit in answers[OWN]["fits"]]}
    if options.peer:
        peer = [str(options.peer), str(PEER_SIDE)]
        answers[PEER] = ask(peer, {**job, "fits": [None] * options.runs}, scratch)
        answers[SAME] = ask(peer, {**job, "vectors": str(vectors)}, scratch)
    numbers = len(topic_set.names)
    answers[KMEANS] = kmeans(np.load(vectors), numbers, fits)
    answers[NMF_SIDE] = nmf(topic_set.texts, numbers, fits)
    answers[TAUGHT] = regression(np.load(vectors), topic_set.topics)
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
    _tell_of_stable(figures[STABLE_OWN], answers, options.runs)
    figures[OWN]["names"] = answers[OWN]["fits"][0]["names"] if options.part == "tuning" else None
    return figures


def _stable(fit: Record) -> Record:
    """Return a fit without its unstable themes; the others are numbered anew."""
    is_stable = np.array([*(one is None or one >= STABLE for one in fit["stability"]), False])
    new = np.where(is_stable, np.cumsum(is_stable) - 1, -1)
    return {"topics": new[np.asarray(fit["topics"])].tolist()}


def _tell_of_stable(figures: Record, answers: dict[str, Record], runs: int) -> None:
    """Say how far stable themes of one half are among all themes of the other, and stable ones."""
    stable = [np.asarray(fit["topics"]) for fit in answers[STABLE_OWN]["fits"][runs:]]
    every = [np.asarray(fit["topics"]) for fit in answers[OWN]["fits"][runs:]]
    figures["halves_strict"] = figures["halves"]
    found = []
    for at in range(0, len(stable), 2):
        found += [come_back(stable[at], every[at + 1]), come_back(stable[at + 1], every[at])]
    figures["halves"] = fmean(found) if found else None


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
    return "\n".join(lines)


def _brief(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


if __name__ == "__main__":
    main()
