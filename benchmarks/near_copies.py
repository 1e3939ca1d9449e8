"""How many edited copies of rows a deep check finds, and how many different rows it takes for one.

    python -m benchmarks.near_copies imdb/train.parquet fabsa/all.parquet --rows 1000

Of each file ``--rows`` different texts are drawn; every second one gets a copy, edited in one of
the ways of ``EDITS``. All stand in one file, in a random order. A copy is found when it and its
original are of one group; a row is wrongly told when it is told a copy and the earlier text is
neither its original nor its copy. Rows that people copied themselves count as wrongly told, so the
figure errs to the high side. Done for each threshold of likeness on two halves of the texts: the
first chooses (the least threshold that tells at most one row of a thousand wrongly), the second is
read.

Prints Markdown and writes JSON.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common.machine import describe_options, describe_place
from benchmarks.common.program import RESULTS, make_parser, write_record
from sentilora.data.corpus import read_corpus
from sentilora.errors import DataError, SentiloraError
from sentilora.quality.near_copies import SHORT, SIMILAR, find_copies

THRESHOLDS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
MOST_WRONG = 0.001  # of the different rows
Record = dict[str, Any]
Edit = Callable[[list[str], list[str], np.random.Generator], list[str]]


def swap(share: float) -> Edit:
    """Return an edit that puts words of another text in the place of a share of the words."""

    def edit(words: list[str], other: list[str], rng: np.random.Generator) -> list[str]:
        count = max(1, round(share * len(words)))
        places = set(rng.choice(len(words), min(count, len(words)), replace=False).tolist())
        return [str(rng.choice(other)) if i in places else word for i, word in enumerate(words)]

    return edit


def add(words: list[str], other: list[str], _: np.random.Generator) -> list[str]:
    """Put ten words of another text behind."""
    return words + other[:10]


def cut(words: list[str], _: list[str], __: np.random.Generator) -> list[str]:
    """Leave the last fifth out."""
    return words[: max(1, len(words) - len(words) // 5)]


def mistype(words: list[str], _: list[str], rng: np.random.Generator) -> list[str]:
    """Swap two letters of every tenth word, at least of one."""
    places = set(rng.choice(len(words), max(1, len(words) // 10), replace=False).tolist())
    return [
        word[:1] + word[2:3] + word[1:2] + word[3:] if i in places else word
        for i, word in enumerate(words)
    ]


def punctuate(words: list[str], _: list[str], rng: np.random.Generator) -> list[str]:
    """Write in capitals, with other marks behind every fifth word."""
    return [word.upper() + "!" * int(rng.random() < 0.2) for word in words]


EDITS: dict[str, Edit] = {
    "marks and capitals": punctuate,
    "one word in twenty": swap(0.05),
    "one word in ten": swap(0.1),
    "one word in five": swap(0.2),
    "letters swapped": mistype,
    "ten words added": add,
    "last fifth cut": cut,
}


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser("near_copies", __doc__)
    option = parser.add_argument
    option("files", nargs="+", help="files with texts")
    option("--rows", type=int, default=1000, help="different texts of each half of a file (1000)")
    option("--text", help="column with the text")
    option("--seed", type=int, default=77, help="of the draws and the edits (77)")
    option("--output", type=Path, default=RESULTS / "near_copies.json")
    options = parser.parse_args(arguments)
    if options.rows < 2 * len(EDITS):
        parser.error(f"--rows must be at least {2 * len(EDITS)}")
    return options


def planted(
    texts: Sequence[str], rng: np.random.Generator
) -> tuple[list[str], list[int], list[str]]:
    """Return the texts with copies between them, the source of each, and what was done to it.

    The source is the place of the text that it is, or is a copy of, in ``texts``; what was done is
    empty for the texts themselves.
    """
    whole = [(text, source, "") for source, text in enumerate(texts)]
    names = list(EDITS)
    for number, source in enumerate(range(0, len(texts), 2)):
        name = names[number % len(names)]
        other = texts[(source + 1) % len(texts)].split()
        edited = EDITS[name](texts[source].split(), other, rng)
        whole.append((" ".join(edited), source, name))
    order = rng.permutation(len(whole))
    rows = [whole[place] for place in order.tolist()]
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]


def counted(original: Sequence[int], sources: Sequence[int], edits: Sequence[str]) -> Record:
    """Count copies that were found, by edit, and rows that were wrongly told."""
    group: dict[int, list[int]] = {}
    for place, source in enumerate(sources):
        group.setdefault(source, []).append(original[place])
    done = {source: name for source, name in zip(sources, edits, strict=True) if name}
    found: dict[str, list[bool]] = {name: [] for name in EDITS}
    for source, name in done.items():
        found[name].append(len(set(group[source])) == 1)
    told = [place for place, first in enumerate(original) if first != place]
    wrong = sum(sources[place] != sources[original[place]] for place in told)
    every = [one for ones in found.values() for one in ones]
    return {
        "texts": len(set(sources)),
        "copies": len(every),
        "recall": sum(every) / len(every),
        "recall_by_edit": {name: sum(ones) / len(ones) for name, ones in found.items() if ones},
        "told": len(told),
        "wrong": wrong,
        "wrong_share": wrong / len(set(sources)),
        "precision": 1 - wrong / len(told) if told else 1.0,
    }


def measured(texts: Sequence[str], seed: int) -> dict[str, Record]:
    """Return what is found at each threshold."""
    rows, sources, edits = planted(texts, np.random.default_rng(seed))
    return {
        str(similar): counted(find_copies(rows, similar).original.tolist(), sources, edits)
        for similar in THRESHOLDS
    }


def chosen(halves: Sequence[dict[str, Record]]) -> float | None:
    """Return the least threshold that tells few enough rows wrongly in each of the first halves."""
    good = [
        similar
        for similar in THRESHOLDS
        if all(half[str(similar)]["wrong_share"] <= MOST_WRONG for half in halves)
    ]
    return min(good, default=None)


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant, look, print and write."""
    options = parse(arguments)
    results: dict[str, list[dict[str, Record]]] = {}
    try:
        paths: list[Path] = []
        for file in options.files:
            corpus = read_corpus([file], text=options.text)
            paths += corpus.files
            rng = np.random.default_rng(options.seed)
            texts = (text for batch in corpus.batches() for text in batch)
            long = [text for text in texts if len(text) >= SHORT]
            drawn = [long[i] for i in rng.permutation(len(long))[: 2 * options.rows].tolist()]
            half = len(drawn) // 2
            if half < 2 * len(EDITS):
                raise DataError(
                    f"{file} holds {len(long):,} texts of {SHORT} characters or more; "
                    f"expected {4 * len(EDITS)} at least. Take a larger file."
                )
            name = paths[-1].parent.name
            results[name] = [measured(part, options.seed) for part in (drawn[:half], drawn[half:])]
    except SentiloraError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    best = chosen([halves[0] for halves in results.values()])
    print(f"built in: {SIMILAR}; chosen on the first halves: {best}\n")
    print(
        "| file, second half | likeness | copies found | rows wrongly told | " + " | ".join(EDITS)
    )
    print("| --- | ---: |" + " ---: |" * (2 + len(EDITS)))
    for name, (_, read) in results.items():
        for similar, one in read.items():
            cells = [f"{one['recall_by_edit'].get(edit, float('nan')):.2f}" for edit in EDITS]
            wrong = f"{one['wrong']} of {one['texts']:,}"
            print(f"| {name} | {similar} | {one['recall']:.3f} | {wrong} | {' | '.join(cells)} |")
    record = {
        "machine": describe_place(paths),
        "options": describe_options(options),
        "chosen": best,
        "halves": results,
    }
    write_record(record, options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
