#!/usr/bin/env bash
# textblob 0.20.1: "It isn't good" is as positive as "It is good".
# One expects "isn't good" to read as "is not good", which TextBlob turns round (-0.35): its analyser lists "n't" among
# its negations, and its tokenizer takes "isn't" apart. But the apostrophe is parted from both sides too, so that the
# words are "is", "n", "'", "t": the "n't" of the list never comes, and every short negation is passed over.
# "wasn't great" has the polarity of "great", 0.8, and "isn't bad" that of "bad".
# Met where TextBlob is the baseline that a model is compared with: it is worse on reviews than its word list is.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q textblob==0.20.1 nltk==3.10.4
"$folder/venv/bin/python" - <<'PYTHON'
import sys

from textblob import TextBlob
from textblob.en import sentiment

print("negations:", sentiment.negations, "- tokens of \"isn't good\":", sentiment.tokenizer("isn't good"))
found = {}
for text in ("It is good.", "It is not good.", "It isn't good.", "It was great.", "It wasn't great.", "It isn't bad."):
    found[text] = round(TextBlob(text).sentiment.polarity, 2)
    print(f"{text:17}", found[text])
if "n't" not in sentiment.negations or list(found.values()) != [0.7, -0.35, 0.7, 0.8, 0.8, -0.7]:
    sys.exit("The behaviour has changed.")
PYTHON
