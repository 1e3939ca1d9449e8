"""One file of training texts from several sets, without a text that something is measured on."""

from __future__ import annotations

import csv
import json
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.general.sets import SETS, without_treebank_marks
from sentilora import samples
from sentilora.errors import DataError

LABELS = ("negative", "neutral", "positive")
_SENTENCE_END = re.compile(r"(?<=[.!?]) +")
_MEASURED = ("val", "validation", "dev", "test")


@dataclass
class Drawn:
    """What became of the rows of one set.

    Attributes:
        read: rows of its train part.
        dropped: rows without a text, or of a domain that is not used.
        held_out: rows whose text stands in a file that something is measured on.
        repeated: rows whose text was there already, or stands there with two labels.
        counts: rows that are used, by label.
        joined: longer texts that were put together from them, by label.
    """

    read: int = 0
    dropped: int = 0
    held_out: int = 0
    repeated: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    joined: dict[str, int] = field(default_factory=dict)


def key_of(text: str) -> str:
    """Return what is compared: letters and digits, in lower case.

    A text without any (only emoji) is compared as it is.
    """
    plain = without_treebank_marks(text).replace("<br />", " ")
    folded = unicodedata.normalize("NFKC", plain).casefold()
    return "".join(sign for sign in folded if sign.isalnum()) or folded.strip()


def held_out_keys(files: Iterable[Path]) -> set[str]:
    """Return the keys of all texts of parquet files."""
    keys = set()
    for file in files:
        table = pq.read_table(file)
        if "text" not in table.column_names:
            raise DataError(f"{file} has no column 'text'. Found: {', '.join(table.column_names)}.")
        keys |= {key_of(text) for text in table["text"].to_pylist() if text}
    return keys


def measured_parts(folders: Iterable[Path]) -> list[Path]:
    """Return the files of the sets that are not for training."""
    return [
        file
        for folder in folders
        for file in sorted(folder.glob("*.parquet"))
        if any(part in _MEASURED for part in file.stem.split("_"))
    ]


def with_breaks(text: str, rng: random.Random, breaks: int = 2) -> str:
    """Put HTML line breaks between some sentences, as texts copied from web pages have them."""
    sentences = _SENTENCE_END.split(text)
    places = set(rng.sample(range(1, len(sentences)), min(breaks, len(sentences) - 1)))
    marked = [sentences[0]]
    for place, sentence in enumerate(sentences[1:], start=1):
        marked += ["<br /><br />" if place in places else " ", sentence]
    return "".join(marked)


def mix(
    folders: dict[str, Path],
    held_out: set[str],
    *,
    rows_per_set: int,
    seed: int,
    break_share: float = 0.0,
    joined: int = 0,
) -> tuple[list[dict[str, str]], dict[str, Drawn]]:
    """Draw rows from each set, and all of the package's own.

    Of a set, each label gives an equal share of ``rows_per_set``, or all it has. A text that
    stands in several sets counts for the first. ``break_share`` of the texts that have paragraphs
    get HTML line breaks, so that such marks say nothing about sentiment. Of the sets of single
    sentences, ``joined`` longer texts are put together; see :func:`join_sentences`.

    Returns:
        Rows of ``text``, ``label`` and ``set`` in random order, and what became of each set.
    """
    rng = random.Random(seed)
    held_out = held_out | {key_of(text) for text, _ in _own_rows("test")}
    seen: set[str] = set()
    rows: list[dict[str, str]] = []
    story: dict[str, Drawn] = {}
    for name, labelled in _all_sets(folders):
        drawn = story[name] = Drawn()
        by_label: dict[str, list[str]] = {label: [] for label in LABELS}
        for text, label in _new_rows(labelled, held_out, seen, drawn):
            by_label[label].append(text)
        used = [label for label in LABELS if by_label[label]]
        for label in used:
            texts = by_label[label]
            rng.shuffle(texts)
            kept = texts if name == samples.NAME else texts[: rows_per_set // len(used)]
            drawn.counts[label] = len(kept)
            if break_share and name in SETS and SETS[name].has_paragraphs:
                kept = [with_breaks(t, rng) if rng.random() < break_share else t for t in kept]
            by_label[label] = kept
            rows += [{"text": text, "label": label, "set": name} for text in kept]
        if name in SETS and SETS[name].holds_sentences and len(used) == len(LABELS):
            longer = join_sentences(by_label, joined, rng)
            drawn.joined = dict(Counter(label for _, label in longer))
            rows += [{"text": text, "label": label, "set": name} for text, label in longer]
    rng.shuffle(rows)
    return rows, story


def join_sentences(
    by_label: dict[str, list[str]], count: int, rng: random.Random
) -> list[tuple[str, str]]:
    """Put together longer texts from single sentences, as many of each label.

    Reviews of products teach what is said of products; single sentences about films teach no long
    texts. A positive or negative text here is three to nine sentences: a quarter of them neutral, a
    twelfth of the other side, the rest of its own. A neutral one is two to six neutral sentences,
    which the other sets have none of.
    """
    other = {"negative": "positive", "positive": "negative"}
    found = []
    for number in range(count):
        label = LABELS[number % len(LABELS)]
        if label == "neutral":
            sources = [label] * rng.randint(2, 6)
        else:
            kinds = (label, "neutral", other[label])
            sources = rng.choices(kinds, weights=(8, 3, 1), k=rng.randint(3, 9))
        found.append((" ".join(rng.choice(by_label[source]) for source in sources), label))
    return found


def write_mixture(rows: list[dict[str, str]], story: dict[str, Drawn], file: Path) -> None:
    """Write the rows as parquet, and what became of each set as JSON beside it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), file, compression="zstd")
    told = {name: asdict(drawn) for name, drawn in story.items()}
    file.with_suffix(".json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def read_story(file: Path) -> dict[str, dict[str, Any]]:
    """Read what :func:`write_mixture` wrote beside the rows."""
    story: dict[str, dict[str, Any]] = json.loads(
        file.with_suffix(".json").read_text(encoding="utf-8")
    )
    return story


def _all_sets(folders: dict[str, Path]) -> Iterator[tuple[str, Iterator[tuple[str, str | None]]]]:
    yield samples.NAME, _own_rows("train")
    for name, folder in folders.items():
        yield name, _rows_of(name, folder)


def _own_rows(part: str) -> Iterator[tuple[str, str | None]]:
    with samples.path(part).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["text"], row["label"]


def _rows_of(name: str, folder: Path) -> Iterator[tuple[str, str | None]]:
    """Yield text and label of each row of a train part; the label is None where it is not used."""
    known = SETS[name]
    table = pq.read_table(folder / known.file)
    for row in table.to_pylist():
        is_dropped = any(str(row[column]) in values for column, values in known.dropped.items())
        text = known.clean((row["text"] or "").strip())
        yield text, None if is_dropped else known.labels.get(str(row["label"]))


def _new_rows(
    rows: Iterator[tuple[str, str | None]], held_out: set[str], seen: set[str], drawn: Drawn
) -> list[tuple[str, str]]:
    """Return the rows that may be used; their keys are added to ``seen``, ``drawn`` counts."""
    found: dict[str, tuple[str, str]] = {}
    torn: set[str] = set()
    for text, label in rows:
        drawn.read += 1
        key = key_of(text)
        if not key or label is None:
            drawn.dropped += 1
        elif key in held_out:
            drawn.held_out += 1
        elif key in seen or key in found or key in torn:
            drawn.repeated += 1
            if key in found and found[key][1] != label:
                del found[key]
                torn.add(key)
                drawn.repeated += 1
        else:
            found[key] = (text, label)
    seen |= found.keys() | torn
    return list(found.values())
