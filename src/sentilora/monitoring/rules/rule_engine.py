"""All rules over all texts."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sentilora.monitoring.rules.heard import Finding, Heard, Watch, is_about, scope_of
from sentilora.monitoring.rules.rule_kinds import (
    AccuracyRule,
    ChangeRule,
    ConversationRule,
    DriftRule,
    Rule,
    ShareRule,
    SilenceRule,
    ThemeRule,
    UsualRule,
)
from sentilora.monitoring.rules.rule_model import ModelFacts
from sentilora.monitoring.rules.watches.accuracy_watch import AccuracyWatch
from sentilora.monitoring.rules.watches.change_watch import ChangeWatch
from sentilora.monitoring.rules.watches.conversation_watch import ConversationWatch
from sentilora.monitoring.rules.watches.drift_watch import DriftWatch
from sentilora.monitoring.rules.watches.share_watch import ShareWatch
from sentilora.monitoring.rules.watches.silence_watch import SilenceWatch
from sentilora.monitoring.rules.watches.theme_watch import ThemeWatch
from sentilora.monitoring.rules.watches.usual_watch import UsualWatch

_WATCHES: dict[type, Callable[..., Watch]] = {
    ShareRule: ShareWatch,
    UsualRule: UsualWatch,
    ChangeRule: ChangeWatch,
    DriftRule: DriftWatch,
    AccuracyRule: AccuracyWatch,
    ThemeRule: ThemeWatch,
    SilenceRule: SilenceWatch,
    ConversationRule: ConversationWatch,
}
_NEEDS_FACTS = (ShareRule, AccuracyRule)
MOST_SCOPES = 200
MOST_THEMES = 20


@dataclass(frozen=True)
class Trouble:
    """What a rule found in one scope.

    Attributes:
        rule: the rule.
        scope: value that it is about; empty for all texts of the rule.
        finding: what was found.
    """

    rule: Rule
    scope: str
    finding: Finding


class RuleEngine:
    """Watches rules; knows neither clock nor store.

    Args:
        rules: the rules.
        models: what is known of the models that they are about, by name, the first one first.

    Attributes:
        taken: number of texts that each rule was about, by its name.
        others: names of the models, beside the first, that rules are about.
    """

    def __init__(
        self, rules: Sequence[Rule], models: Mapping[str, ModelFacts] | None = None
    ) -> None:
        self.rules = tuple(rules)
        self.models = dict(models or {})
        self.others = tuple(sorted({rule.model for rule in rules if rule.model is not None}))
        self.taken: Counter[str] = Counter()
        self._watches: dict[str, dict[str, Watch]] = {rule.name: {} for rule in rules}
        for rule in rules:
            if rule.each is None:
                self._watch(rule, "")

    def take(self, texts: Iterable[Heard], rules: Sequence[Rule] | None = None) -> None:
        """Take texts, in the order in which they came, for some of the rules or for all."""
        for heard in texts:
            for rule in self.rules if rules is None else rules:
                if is_about(rule, heard) and (scope := scope_of(rule, heard)) is not None:
                    watch = self._watch(rule, scope)
                    if watch is not None:
                        watch.take(heard)
                        self.taken[rule.name] += 1

    def look(self, now_ms: int) -> list[Trouble]:
        """Return what is wrong at a moment, in the order of the rules and scopes."""
        return [
            Trouble(rule, scope, finding)
            for rule in self.rules
            for each, watch in sorted(self._watches[rule.name].items())
            for scope, finding in _findings(watch, each, now_ms)
        ]

    def conversations(self) -> list[tuple[Rule, ConversationWatch]]:
        """Return the rules that watch conversations, each with its watch."""
        return [
            (rule, watch)
            for rule in self.rules
            for watch in self._watches[rule.name].values()
            if isinstance(watch, ConversationWatch)
        ]

    def themes(self, rule: Rule) -> dict[str, Finding]:
        """Return the themes that were found for a rule, by name."""
        watches = dict(self._watches.get(rule.name, {}))
        return {
            name: watch.found
            for name, watch in watches.items()
            if isinstance(watch, ThemeWatch) and watch.found is not None
        }

    def tell(self, rule: ThemeRule, found: Mapping[str, Finding]) -> None:
        """Take the themes that a look at the store has found, in the place of those before."""
        told = [(name, ThemeWatch(rule, finding)) for name, finding in found.items()]
        self._watches[rule.name] = {"": ThemeWatch(rule), **dict(told[:MOST_THEMES])}

    def state(self) -> dict[str, Any]:
        """Return what all rules remember, as a JSON value."""
        return {
            rule.name: {
                "rule": fingerprint(rule),
                "scopes": {
                    scope: watch.state() for scope, watch in self._watches[rule.name].items()
                },
            }
            for rule in self.rules
        }

    def restore(self, state: dict[str, Any]) -> list[Rule]:
        """Go on from a state; return the rules that are new or changed, and know nothing yet."""
        fresh = []
        for rule in self.rules:
            told = state.get(rule.name)
            if told is None or told["rule"] != fingerprint(rule):
                fresh.append(rule)
                continue
            for scope, remembered in told["scopes"].items():
                watch = self._watch(rule, scope)
                if watch is not None:
                    watch.restore(remembered)
        return fresh

    def _watch(self, rule: Rule, scope: str) -> Watch | None:
        """Return the watch of a scope; None beyond so many of them."""
        watches = self._watches[rule.name]
        if isinstance(rule, ConversationRule):
            scope = ""  # one watch has all of them
        if scope not in watches:
            if len(watches) >= MOST_SCOPES:
                return None
            watches[scope] = self._made(rule)
        return watches[scope]

    def _made(self, rule: Rule) -> Watch:
        if not isinstance(rule, _NEEDS_FACTS):
            return _WATCHES[type(rule)](rule)
        name = rule.model or next(iter(self.models), None)
        return _WATCHES[type(rule)](rule, None if name is None else self.models.get(name))


def _findings(watch: Watch, scope: str, now_ms: int) -> Iterator[tuple[str, Finding]]:
    if isinstance(watch, ConversationWatch):
        yield from watch.look_each(now_ms)
    elif (finding := watch.look(now_ms)) is not None:
        yield scope, finding


def fingerprint(rule: Rule) -> str:
    """Return what tells a rule from a changed one; who is told, and when, is no part of it."""
    told = rule.model_dump_json(exclude={"notify", "quiet"})
    return hashlib.sha256(told.encode()).hexdigest()[:16]
