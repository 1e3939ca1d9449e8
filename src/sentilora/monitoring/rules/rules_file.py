"""``rules.toml``: what is watched, and who is told; all that is wrong with it is said at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from sentilora.errors import ConfigError, several
from sentilora.monitoring.rules.rule_kinds import (
    KINDS,
    AccuracyRule,
    ConversationRule,
    Rule,
    ShareRule,
)
from sentilora.monitoring.rules.rule_model import ModelFacts
from sentilora.section import faults
from sentilora.settings_file import read_settings

_ADDRESS = re.compile(r"https?://[^\s?#]+")


@dataclass(frozen=True)
class Rules:
    """What a file of rules says.

    Attributes:
        rules: the rules, in their order.
        targets: addresses of those who are told, by name, as Apprise writes them.
        models: models that the rules are about, by name; the first one where a rule names none.
        page: address of the app, which messages link to; None where there is none.
    """

    rules: tuple[Rule, ...]
    targets: dict[str, str]
    models: Mapping[str, ModelFacts] = field(default_factory=dict)
    page: str | None = None


def read_rules(
    path: str | Path, models: Mapping[str, ModelFacts], content: bytes | None = None
) -> Rules:
    """Read ``rules.toml``.

    Args:
        path: TOML file.
        models: models that rules may name, by name; those that name none mean the first.
        content: what the file holds, where that has been read; None to read it.

    Raises:
        ConfigError: it cannot be read, or something in it is wrong; all of it is told.
    """
    found = read_settings(path, "rules", content)
    problems = [
        f"{name}: unknown; expected [[rules]], [targets] and [page]"
        for name in found
        if name not in ("rules", "targets", "page")
    ]
    targets = _targets(found.get("targets", {}), problems)
    page = _page(found.get("page"), problems)
    rules = _rules(found.get("rules", []), models, targets, problems)
    if problems:
        raise ConfigError(
            f"{several(str(path), problems)}\nExpected rules such as: [[rules]] name = "
            "'app is down', kind = 'share', over = 0.4, within = '30 minutes', least = 50."
        )
    return Rules(tuple(rules), targets, dict(models), page)


def _rules(
    given: Any,
    models: Mapping[str, ModelFacts],
    targets: Mapping[str, str],
    problems: list[str],
) -> list[Rule]:
    if not isinstance(given, list) or not given:
        problems.append("no [[rules]]")
        return []
    rules: list[Rule] = []
    for number, settings in enumerate(given, 1):
        name = settings.get("name") if isinstance(settings, dict) else None
        told = f"rule {name!r}" if name else f"rule {number}"
        kind = KINDS.get(str(settings.get("kind"))) if isinstance(settings, dict) else None
        if kind is None:
            problems.append(f"{told}: kind must be one of {', '.join(KINDS)}")
            continue
        try:
            rule = TypeAdapter(kind).validate_python(settings)
        except ValidationError as error:
            problems += [f"{told}: {fault}" for fault in faults(error, kind)]
            continue
        problems += [f"{told}: {problem}" for problem in _about_model(rule, models)]
        problems += [
            f"{told}: notify names {target!r}, which is not among [targets]"
            for target in rule.notify
            if target not in targets
        ]
        if rule.name in [one.name for one in rules]:
            problems.append(f"{told}: the name stands twice")
        first = next(iter(models))
        rules.append(rule.model_copy(update={"model": None}) if rule.model == first else rule)
    return rules


def _about_model(rule: Rule, models: Mapping[str, ModelFacts]) -> list[str]:
    """Say what a rule asks of its model that this does not have."""
    name = next(iter(models)) if rule.model is None else rule.model
    facts = models.get(name)
    if facts is None:
        return [f"model = {name!r}; there is {', '.join(map(repr, models))}"]
    problems = []
    label = getattr(rule, "label", None)
    if label is not None and label not in facts.labels.names:
        problems.append(f"label = {label!r}; {name} has {', '.join(facts.labels.names)}")
    if isinstance(rule, ShareRule) and rule.corrected and not facts.tells_errors:
        problems.append(
            f"corrected = true needs held-out texts of each label, and {name} has no report of a "
            "run that tells of them; leave it out"
        )
    if isinstance(rule, AccuracyRule) and rule.under is None and facts.held_out is None:
        problems.append(
            f"{name} has no report of a run that tells how often it is right; give a bound, such "
            "as under = 0.8"
        )
    if isinstance(rule, ConversationRule) and facts.labels.polarities is None:
        names = ", ".join(facts.labels.names)
        problems.append(f"needs a model of sentiments; {name} has {names}")
    return problems


def _targets(given: Any, problems: list[str]) -> dict[str, str]:
    if not isinstance(given, dict):
        problems.append("[targets]: expected names and addresses")
        return {}
    wrong = [name for name, address in given.items() if not isinstance(address, str)]
    problems += [f"targets.{name}: expected an address as a string" for name in wrong]
    return {name: address for name, address in given.items() if isinstance(address, str)}


def page_fault(address: Any) -> str | None:
    """Say what is wrong with the address of a page; None where nothing is."""
    if isinstance(address, str) and _ADDRESS.fullmatch(address):
        return None
    return (
        f"{str(address)[:100]!r} is no address; expected that of the app, for instance "
        "'http://192.168.1.20:8501'"
    )


def _page(given: Any, problems: list[str]) -> str | None:
    if given is None:
        return None
    if not isinstance(given, dict) or set(given) != {"address"}:
        problems.append("[page]: expected address = 'http://…', and nothing else")
        return None
    if (fault := page_fault(given["address"])) is not None:
        problems.append(f"page.address: {fault}")
        return None
    return str(given["address"])
