"""When something is wrong: rules that people write, and what they look at.

Door: ``RuleEngine`` in rule_engine.py; ``read_rules()`` in rules_file.py reads ``rules.toml``.
rule_kinds.py names the settings of each kind, rule_model.py what is known of a model, heard.py
what is known of a text; ``watches/`` holds the class that looks after a rule of each kind.
No watch looks at the clock: it is told the time, so that the same rules run over history.
"""
