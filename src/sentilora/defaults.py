"""Defaults that several rooms share, or that a help page names before anything heavy is loaded.

The other ones of a training stand in ``config.py``.
"""

BASE = "distilbert"  # of a training
SEED = 13
RESAMPLES = 1000  # of the bootstrap
SHOWN_MISTAKES = 20  # texts in a report that the model got wrong, at most

# How data are split, and how a text is cut.
VALIDATION_SHARE = 0.1  # of train
TEST_SHARE = 0.2  # of all rows
LONG_TEXT = "head-tail"
HEAD_SHARE = 0.25  # of the limit, kept at the start of a long text

# LoRA; the product of its factors counts ALPHA / RANK times.
RANK = 16
ALPHA = 32

# Pairs from ratings or edits.
PER_GROUP = 50
MAX_PAIRS = 50_000

# On the page and the form of a server, a score below it is shown as not sure.
NOT_SURE_BELOW = 0.6

# An export.
MAX_DROP = 0.3  # points of macro F1 that int8 may lose
MAX_CHANGED = 0.02  # share of labels that int8 may change
MAX_DISAGREEMENT = 0.005  # share of labels that a first stage may change

# Where the server listens, and on which address the app does.
HOST = "127.0.0.1"
PORT = 8000
