"""What rules know of a text, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from sentilora.monitoring.rules.rule_kinds import ConversationRule, Rule


@dataclass(frozen=True)
class Heard:
    """A text as the rules see it.

    Attributes:
        at_ms: when it was written, in milliseconds since 1970.
        source: its channel.
        segments: what else is known of it.
        label: its most probable label.
        score: probability of that.
        unknown: share of its tokens that the base does not know.
        model: name of the model that says so; None for the first one.
        signed: positive minus negative probability; None where labels are no sentiments.
        conversation_id: conversation that it is a part of; None where it stands alone.
    """

    at_ms: int
    source: str
    segments: Mapping[str, str]
    label: str
    score: float
    unknown: float = 0.0
    model: str | None = None
    signed: float | None = None
    conversation_id: str | None = None


@dataclass(frozen=True)
class Finding:
    """Something is wrong.

    Attributes:
        told: what, in a sentence with its figures.
        figures: the figures, by name.
        numbers: numbers of the stored texts that speak for it; empty where the last texts of the
            rule do.
    """

    told: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    numbers: tuple[int, ...] = ()


class Watch(Protocol):
    """Looks after one rule in one scope: all texts that it is about, or those of one value."""

    def take(self, heard: Heard) -> None:
        """Take a text, in whatever order they come."""

    def look(self, now_ms: int) -> Finding | None:
        """Say what is wrong at a moment; None while nothing is."""

    def state(self) -> Any:
        """Return what it remembers, as a JSON value."""

    def restore(self, state: Any) -> None:
        """Go on from what :meth:`state` returned."""


def is_about(rule: Rule, heard: Heard) -> bool:
    """Whether a rule is about a text."""
    return (
        rule.model == heard.model
        and (rule.source is None or rule.source == heard.source)
        and all(heard.segments.get(name) == value for name, value in rule.where.items())
    )


def scope_of(rule: Rule, heard: Heard) -> str | None:
    """Return the value whose texts are watched together; empty for all, None for no value."""
    if isinstance(rule, ConversationRule):
        return heard.conversation_id
    return "" if rule.each is None else heard.segments.get(rule.each)
