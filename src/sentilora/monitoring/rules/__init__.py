"""When something is wrong: rules that people write, and what they look at.

Door: ``RuleEngine`` in rule_engine.py; ``read_rules()`` in rules_file.py reads ``rules.toml``. A
rule of a kind is watched by one class: share_watch.py, usual_watch.py, change_watch.py,
drift_watch.py, silence_watch.py. Each takes every text that the rule is about, keeps what it needs
in bounded memory, and says for a moment what it found. No watch looks at the clock: it is told the
time, so that the same rules run over history.
"""
