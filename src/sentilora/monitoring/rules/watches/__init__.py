"""What looks after one rule: a class for each kind.

A watch takes every text that its rule is about, keeps what it needs in bounded memory
(time_buckets.py counts in slots of time), and says for a moment what it found. share_watch.py,
usual_watch.py and silence_watch.py look at shares, numbers and nothing; change_watch.py adds up
texts by bernoulli_cusum.py; drift_watch.py sets distributions against each other,
accuracy_watch.py scores against a bound, theme_watch.py keeps what a look has found, and
conversation_watch.py has the mood of every conversation.
"""
