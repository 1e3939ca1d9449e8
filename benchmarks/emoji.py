"""Whether emoji spelled as words are read better than as they are.

    python -m benchmarks.emoji general fabsa/all.parquet --labels negative,neutral,positive

Of the rows with emoji each is answered three times: as it is, with each emoji as its name in
Unicode (``😡`` as ``pouting face``), and without emoji. Prints the accuracies, and how many rows
only one of the first two ways gets right, with the p-value of McNemar's test. Prints Markdown and
writes nothing.
"""

from __future__ import annotations

import argparse
import re
import unicodedata

import numpy as np

import sentilora
from sentilora.data.labelled.reader import read_examples
from sentilora.evaluation.intervals import mcnemar
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
    print(f"{len(rows)} of {len(examples)} texts have emoji")
    if not rows:
        return
    texts = [every[row] for row in rows]
    names, own = examples.labels.names, model.labels.label2id
    wanted = np.array([own.get(names[label], -1) for label in examples.label_ids[rows]])
    ways = {
        "as it is": texts,
        "emoji as words": [as_words(text) for text in texts],
        "without emoji": [EMOJI.sub(" ", JOINERS.sub("", text)) for text in texts],
    }
    answered = {}
    print("\n| text | accuracy |\n| --- | ---: |")
    for way, given in ways.items():
        answered[way] = model.probabilities(model.score(given).logits).argmax(axis=1)
        print(f"| {way} | {(answered[way] == wanted).mean():.1%} |")
    found = mcnemar(wanted, answered["emoji as words"], answered["as it is"])
    print(
        f"\nOnly as words right: {found.only_model_right}, only as it is: "
        f"{found.only_baseline_right}; p = {found.p_value:.2f}"
    )


if __name__ == "__main__":
    main()
