#!/usr/bin/env bash
# vaderSentiment 3.3.2 and nltk 3.10.4: VADER and VADER, with one lexicon, disagree about the sign of short reviews.
# One expects of nltk.sentiment.vader, which names the same authors and the same paper, the scores of vaderSentiment.
# It is a port of an earlier state: "no" before a word is a bad word of its own there and turns nothing round ("no good"
# is positive, "no problem" very negative), "without doubt" is a negation, and a word in quotation marks or
# brackets, or one with "!?" after it, is not found at all (0.0).
# Met where figures "of VADER" from two papers or tools are set side by side.
# SentiLoRA's baseline is vaderSentiment.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q vaderSentiment==3.3.2 nltk==3.10.4
mkdir -p "$folder/data/sentiment"
cp "$folder"/venv/lib/python*/site-packages/vaderSentiment/vader_lexicon.txt "$folder/data/sentiment/"
NLTK_DATA="$folder/data" "$folder/venv/bin/python" - <<'PYTHON'
import sys

from nltk.sentiment.vader import SentimentIntensityAnalyzer as OfNltk
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer as Own

own, port = Own(), OfNltk(lexicon_file="sentiment/vader_lexicon.txt")
texts = ["The phone is good", "no good", "no problem", "without doubt good", '"good"', "(good)", "wow!?"]
found = {}
for text in texts:
    found[text] = tuple(scorer.polarity_scores(text)["compound"] for scorer in (own, port))
    print(f"{text:18} vaderSentiment {found[text][0]:7}  nltk {found[text][1]:7}")
opposite = [text for text, (one, other) in found.items() if one * other < 0]
missed = [text for text, (one, other) in found.items() if one and not other]
equal = [text for text, (one, other) in found.items() if one == other]
if (opposite, missed, equal) != (texts[1:4], texts[4:], texts[:1]):
    sys.exit("The behaviour has changed.")
PYTHON
