"""Whether emoji spelled as words are read better than as they are.

    python -m benchmarks.emoji general fabsa/all.parquet --labels negative,neutral,positive

Of the rows with emoji each is answered three times: as it is, with each emoji as its name in
Unicode (``😡`` as ``pouting face``), and without emoji. Prints the accuracies, and how many rows
only one of the first two ways gets right, with the p-value of McNemar's exact test. Prints Markdown
and writes nothing.
"""

from __future__ import annotations

import argparse
import re
import unicodedata

import numpy as np
from scipy.stats import binomtest

import sentilora
from sentilora.data.labelled.reader import read_examples
from sentilora.labels import parse_labels

EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf]")
JOINERS = re.compile("[\ufe0f\u200d\U0001f3fb-\U0001f3ff]")  # variants, joiners, tones of skin


def as_words(text: str) -> str:
    """Return a text with the name of each emoji in its place."""
    plain = JOINERS.sub("", text)
    return EMOJI.sub(lambda found: f" {name_of(found[0])} ", plain)


def name_of(emoji: str) -> str:
    """Return the name of an emoji in Unicode, in small letters."""
    return unicodedata.name(emoji, "").lower().replace("-", " ")


def main(arguments: list[str] | None = None) -> None:
    """Read the rows, answer them three times, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.emoji", description=__doc__)
    parser.add_argument("model", help="run, its model/, an export, or general")
    parser.add_argument("data", help="labelled file with emoji in some texts")
    parser.add_argument("--labels", help="label names in id order")
    options = parser.parse_args(arguments)
    model = sentilora.load(options.model)
    examples = read_examples(options.data, labels=parse_labels(options.labels))
    every = examples.texts
    rows = [row for row, text in enumerate(every) if EMOJI.search(text)]
    texts = [every[row] for row in rows]
    wanted = [examples.labels.names[label] for label in examples.label_ids[rows]]
    ways = {
        "as it is": texts,
        "emoji as words": [as_words(text) for text in texts],
        "without emoji": [EMOJI.sub(" ", JOINERS.sub("", text)) for text in texts],
    }
    right = {}
    print(
        f"{len(texts)} of {len(examples)} texts have emoji\n\n| text | accuracy |\n| --- | ---: |"
    )
    for way, given in ways.items():
        ids = model.probabilities(model.score(given).logits).argmax(axis=1)
        right[way] = np.array([model.labels.names[label] for label in ids]) == np.array(wanted)
        print(f"| {way} | {right[way].mean():.1%} |")
    plain, words = right["as it is"], right["emoji as words"]
    gained, lost = int((words & ~plain).sum()), int((plain & ~words).sum())
    p = binomtest(gained, gained + lost).pvalue if gained + lost else 1.0
    print(f"\nOnly as words right: {gained}, only as it is: {lost}; p = {p:.2f}")


if __name__ == "__main__":
    main()
