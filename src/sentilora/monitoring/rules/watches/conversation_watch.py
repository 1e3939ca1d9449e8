"""The mood of each conversation, so that a person can take over before it is too late.

The mood after n texts with the signed scores s_1 … s_n, in the order in which they were written, is
an exponentially weighted mean of the last eight (S. W. Roberts, 1959)::

    mood = sum(0.6^k s_(n-k), k = 0 … 7) / sum(0.6^k, k = 0 … 7)

so the last text weighs 41 %, the last three 80 %. A fall is told from the best mood that these
eight had after ``least`` of them or more. What was found ends when the mood is a tenth of a unit
beyond its bound again, or when nothing was written for so long that the conversation is over.
"""

from __future__ import annotations

from bisect import insort
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sentilora.monitoring.rules.durations import seconds_of
from sentilora.monitoring.rules.heard import Finding, Heard
from sentilora.monitoring.rules.rule_kinds import ConversationRule

TEXTS = 8
_WEIGHTS = tuple(0.6**place for place in range(TEXTS))
_SLACK = 0.1
_MOST = 5_000  # conversations that are remembered; of more, the store tells


class _Conversation:
    """The last texts of a conversation: when each was written, and its signed score."""

    def __init__(self, texts: Iterable[Sequence[float]] = (), *, is_low: bool = False) -> None:
        self.texts = [(int(at_ms), float(signed)) for at_ms, signed in texts]
        self.is_low = is_low

    def add(self, at_ms: int, signed: float) -> None:
        """Add a text where it belongs in time."""
        insort(self.texts, (at_ms, signed), key=lambda one: one[0])
        del self.texts[:-TEXTS]


def mood(scores: Sequence[float]) -> float:
    """Return the mood after texts with these signed scores, the last of them last, in [-1, 1]."""
    last = scores[: -TEXTS - 1 : -1]
    weights = _WEIGHTS[: len(last)]
    return sum(w * s for w, s in zip(weights, last, strict=True)) / sum(weights)


class ConversationWatch:
    """Watches a :class:`ConversationRule`: all conversations that the rule is about.

    Memory is bounded: conversations that are over are let go, and of too many the one that has been
    silent for longest. :meth:`knows` tells which are remembered, and :meth:`remember` brings one
    back.
    """

    def __init__(self, rule: ConversationRule) -> None:
        self.rule = rule
        self.over_ms = round(seconds_of(rule.over_after) * 1000)
        self._known: OrderedDict[str, _Conversation] = OrderedDict()
        self._low: dict[str, None] = {}

    def knows(self, conversation_id: str) -> bool:
        """Whether the texts of a conversation are remembered."""
        return conversation_id in self._known

    def remember(self, conversation_id: str, texts: Iterable[tuple[int, float]]) -> None:
        """Bring back the texts of a conversation, of which nothing was found by then.

        Args:
            conversation_id: the conversation.
            texts: when each was written, in milliseconds since 1970, and its signed score.
        """
        found = _Conversation()
        for at_ms, signed in sorted(texts):
            self._begin(found, at_ms)
            found.add(at_ms, signed)
        if found.texts:
            self._keep(conversation_id, found)

    def take(self, heard: Heard) -> None:
        """Take a text, in whatever order they come."""
        if heard.conversation_id is None or heard.signed is None:
            return
        found = self._known.get(heard.conversation_id) or _Conversation()
        if found.texts and heard.at_ms + self.over_ms <= found.texts[0][0]:
            return  # late, and of a conversation that was over before this one
        self._begin(found, heard.at_ms)
        found.add(heard.at_ms, heard.signed)
        self._keep(heard.conversation_id, found)
        found.is_low = self._is_low(found)
        if found.is_low:
            self._low[heard.conversation_id] = None
        else:
            self._low.pop(heard.conversation_id, None)

    def look(self, now_ms: int) -> Finding | None:
        """Say nothing of all conversations together."""
        return None

    def look_each(self, now_ms: int) -> Iterator[tuple[str, Finding]]:
        """Yield the conversations in which something is wrong at a moment, with what it is."""
        self._let_go(now_ms)
        for name in list(self._low):
            found = self._known[name]
            if found.texts[-1][0] + self.over_ms <= now_ms:
                del self._low[name], self._known[name]
                continue
            yield name, self._finding(found)

    def state(self) -> Any:
        """Return the conversations in which something is wrong; the store tells the others."""
        return {name: self._known[name].texts for name in self._low}

    def restore(self, state: Any) -> None:
        """Go on from there."""
        for name, texts in state.items():
            self._keep(name, _Conversation(texts, is_low=True))
            self._low[name] = None

    def _begin(self, found: _Conversation, at_ms: int) -> None:
        """Let go the texts of a conversation that was over before this one."""
        if found.texts and found.texts[-1][0] + self.over_ms <= at_ms:
            found.texts.clear()
            found.is_low = False

    def _keep(self, name: str, found: _Conversation) -> None:
        self._known[name] = found
        self._known.move_to_end(name)
        while len(self._known) > _MOST:
            gone, _ = self._known.popitem(last=False)
            self._low.pop(gone, None)

    def _let_go(self, now_ms: int) -> None:
        """Let go conversations that are over, those first that had no text for longest."""
        while self._known:
            name, found = next(iter(self._known.items()))
            if found.texts[-1][0] + self.over_ms > now_ms or name in self._low:
                return
            del self._known[name]

    def _is_low(self, found: _Conversation) -> bool:
        if len(found.texts) < self.rule.least:
            return False
        now, best = self._moods(found)
        slack = _SLACK if found.is_low else 0.0
        below, falls_by = self.rule.below, self.rule.falls_by
        is_below = below is not None and now < below + slack
        return is_below or (falls_by is not None and best - now >= falls_by - slack)

    def _moods(self, found: _Conversation) -> tuple[float, float]:
        """Return the mood now, and the best one that is remembered."""
        scores = [signed for _, signed in found.texts]
        first = min(self.rule.least, len(scores))
        moods = [mood(scores[:end]) for end in range(first, len(scores) + 1)]
        return moods[-1], max(moods)

    def _finding(self, found: _Conversation) -> Finding:
        now, best = self._moods(found)
        below, falls_by = self.rule.below, self.rule.falls_by
        bounds = [f"below {below:+.2f}"] if below is not None and now < below + _SLACK else []
        if falls_by is not None and best - now >= falls_by - _SLACK:
            bounds.append(f"{best - now:.2f} less than at its best")
        return Finding(
            f"mood {now:+.2f} after the last {len(found.texts)} texts: {' and '.join(bounds)}; "
            "a person should take over",
            {"mood": now, "best": best, "texts": len(found.texts), "last_ms": found.texts[-1][0]},
        )
