"""A thread that looks for new themes now and then, beside the texts that come."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.exc import DBAPIError

from sentilora.inference.sentiment_model import SentimentModel
from sentilora.insights.statements.encoder import TopicEncoder
from sentilora.monitoring.fresh_themes.theme_look import look_for_themes
from sentilora.monitoring.fresh_themes.theme_texts import read_theme_texts
from sentilora.monitoring.rules.durations import seconds_of
from sentilora.monitoring.rules.heard import Finding
from sentilora.monitoring.rules.rule_kinds import Rule, ThemeRule
from sentilora.monitoring.store.store import Store

_LOOKED_S = 1.0
_AGAIN_S = 60.0  # while the store is away
Tell = Callable[[ThemeRule, Mapping[str, Finding]], None]


class ThemeScout:
    """Looks for themes, as often as each rule asks for it.

    Args:
        store: store with the texts.
        models: models by name, the first one first.
        rules: function that returns the rules as they are now.
        known: function that returns the themes that a rule has found, by name.
        tell: function that takes what a look has found.
        clock: what time it is, in seconds since 1970.
    """

    def __init__(
        self,
        store: Store,
        models: Mapping[str, SentimentModel],
        rules: Callable[[], Sequence[Rule]],
        known: Callable[[Rule], Mapping[str, Finding]],
        tell: Tell,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.store = store
        self.models = models
        self.rules = rules
        self.known = known
        self.tell = tell
        self.clock = clock
        self._due_s: dict[str, float] = {}
        self._encoders: dict[str, _Remembering] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="theme-scout", daemon=True)

    def start(self) -> None:
        """Load what embeds texts, and begin.

        Raises:
            MissingExtraError: the base comes with a package that is not installed.
            ModelError: the base is not there, or holds other weights.
        """
        for rule in self.rules():
            if isinstance(rule, ThemeRule):
                self._encoder(rule)
        self._thread.start()

    def stop(self, timeout_s: float = 1.0) -> None:
        """End; a look that is under way tells nobody any more."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def look(self, rule: ThemeRule) -> None:
        """Look once, and tell what was found."""
        name = self._name(rule)
        with self.store.engine.connect() as connection:
            found = read_theme_texts(connection, rule, name, round(self.clock() * 1000))
        told = look_for_themes(found, rule, self._encoder(rule).embed, self.known(rule))
        if not self._stop.is_set():
            self.tell(rule, told)

    def _name(self, rule: ThemeRule) -> str:
        return rule.model or next(iter(self.models))

    def _encoder(self, rule: ThemeRule) -> _Remembering:
        name = self._name(rule)
        if name not in self._encoders:
            self._encoders[name] = _Remembering(TopicEncoder(self.models[name]))
        return self._encoders[name]

    def _run(self) -> None:
        while not self._stop.wait(_LOOKED_S):
            for rule in self.rules():
                if not isinstance(rule, ThemeRule) or self.clock() < self._due_s.get(rule.name, 0):
                    continue
                try:
                    self.look(rule)
                    wait_s = seconds_of(rule.every)
                except DBAPIError:  # the store is away; the texts are in it still
                    wait_s = _AGAIN_S
                self._due_s[rule.name] = self.clock() + wait_s


class _Remembering:
    """Embeds statements; those of the last look are known, as most come again in the next."""

    def __init__(self, encoder: TopicEncoder) -> None:
        self._encoder = encoder
        self._known: dict[str, NDArray[np.float16]] = {}

    def embed(self, statements: Sequence[str]) -> NDArray[np.float32]:
        new = list(dict.fromkeys(one for one in statements if one not in self._known))
        if new:
            self._known.update(zip(new, self._encoder.embed(new).astype(np.float16), strict=True))
        self._known = {one: self._known[one] for one in statements}
        return np.stack([self._known[one] for one in statements]).astype(np.float32)
