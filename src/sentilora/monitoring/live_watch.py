"""What stands around a :class:`LiveMonitor`: the store, who delivers, who drops old texts."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from sentilora.errors import ConfigError
from sentilora.events import Listener
from sentilora.files import path_of
from sentilora.inference.sentiment_model import SentimentModel
from sentilora.message import setting
from sentilora.monitoring.alerts.courier import Courier, Sender, apprise_sender
from sentilora.monitoring.fresh_themes.theme_scout import ThemeScout
from sentilora.monitoring.live_monitor import NO_RULES, LiveMonitor
from sentilora.monitoring.model_panel import ModelPanel
from sentilora.monitoring.renewal.model_renewal import ModelRenewal
from sentilora.monitoring.renewal.rules_renewal import RulesRenewal
from sentilora.monitoring.replies.draft_writer import open_writer
from sentilora.monitoring.replies.replies_file import read_replies
from sentilora.monitoring.rules.durations import DAY_S
from sentilora.monitoring.rules.rule_kinds import ThemeRule
from sentilora.monitoring.rules.rules_file import Rules, page_fault, read_rules
from sentilora.monitoring.store.store import Store, open_store

_DROPPED_S = 3600.0


@contextmanager
def open_watch(
    panel: ModelPanel,
    store: str | Path,
    rules: str | Path | None,
    *,
    replies: str | Path | None = None,
    keep_text: str = "all",
    dry_run: bool = False,
    page: str | None = None,
    counts: bool = False,
    listener: Listener | None = None,
    send: Sender = apprise_sender,
) -> Iterator[LiveMonitor]:
    """Open what takes texts; at the end of the block what is due is sent.

    Args:
        panel: models that answer.
        store: SQLite file, or the address of a PostgreSQL database.
        rules: ``rules.toml``; nothing is told when None.
        replies: ``replies.toml``, or ``default``; None for no replies.
        keep_text: ``all``; ``none``, to store only what was said of texts; or a number of days.
        dry_run: whether alerts are only written down, and nobody is told.
        page: address of the app, which messages link to; as the rules say when None.
        counts: whether it is counted what happens, for the metrics.
        listener: listener to the events of :class:`LiveMonitor`.
        send: what sends messages.

    Raises:
        ConfigError: a setting or a rule is wrong; all problems with rules are told at once.
        DataError: the store cannot be opened.
    """
    days = days_kept(keep_text)
    _check_settings(keep_text, replies, page)
    loaded = {name: one for name, one in panel.models.items() if isinstance(one, SentimentModel)}
    asked, changed, promoted = NO_RULES, None, ModelRenewal(loaded)
    if rules is not None:
        read = partial(_read_rules, rules, panel, days != 0, bool(loaded))
        changed = RulesRenewal(path_of(rules), read)
        asked = read()
    drafted = None
    if replies is not None:
        labels = panel.models[panel.first].labels
        drafted = read_replies(replies, [rule.name for rule in asked.rules], labels)
    stop = threading.Event()
    with (
        open_store(store, keeps_text=days != 0) as opened,
        open_writer(drafted, opened, is_dry=dry_run) as writer,
    ):
        watcher = LiveMonitor(
            panel, opened, asked, drafts=writer, is_dry=dry_run, listener=listener
        )
        scout = ThemeScout(
            opened,
            loaded,
            lambda: watcher.rules.rules,
            lambda rule: watcher.engine.themes(rule),
            watcher.tell,
        )
        if counts:
            from sentilora.monitoring.metrics.live_tally import LiveTally

            watcher.tally = LiveTally([one.name for one in asked.rules])
            watcher.tally.recall(opened, panel.first)
            watcher.tally.look(opened)
        courier = Courier(opened, asked.targets, send, page=page or asked.page)
        watcher.renewals.append(promoted)
        if changed is not None:
            changed.taken = partial(courier.take, page=page)
            watcher.renewals.append(changed)
        keeper = threading.Thread(target=_drop, args=(opened, days, stop), daemon=True)
        if asked.rules and loaded:
            scout.start()
        if not dry_run:
            courier.start()
        if days:
            keeper.start()
        try:
            yield watcher
        finally:
            stop.set()
            promoted.close()
            scout.stop()
            courier.stop()
            if not dry_run:
                courier.send_due()


def days_kept(keep_text: str) -> int | None:
    """Return for how many days texts are kept; None for ever.

    Raises:
        ConfigError: it is none of the words, and no number.
    """
    if keep_text == "all":
        return None
    if keep_text == "none":
        return 0
    if not str(keep_text).isascii() or not str(keep_text).isdigit() or int(keep_text) == 0:
        raise ConfigError(
            f"{setting('keep_text', keep_text)}: expected all, none, or a number of days."
        )
    return int(keep_text)


def _check_settings(keep_text: str, replies: object, page: str | None) -> None:
    """Refuse settings that are at odds.

    Raises:
        ConfigError: replies to texts that are not kept, or a page that has no address.
    """
    if replies is not None and keep_text == "none":
        raise ConfigError(
            f"{setting('keep_text', keep_text)} keeps no text that somebody could answer. Name a "
            f"number of days, or leave {setting('replies')} out."
        )
    if page is not None and (fault := page_fault(page)) is not None:
        raise ConfigError(f"{setting('page')}: {fault}.")


def _read_rules(
    path: str | Path,
    panel: ModelPanel,
    keeps_text: bool,
    is_loaded: bool,
    content: bytes | None = None,
) -> Rules:
    found = read_rules(path, panel.facts(), content)
    _check_themes(found, keeps_text=keeps_text, is_loaded=is_loaded)
    return found


def _check_themes(rules: Rules, *, keeps_text: bool, is_loaded: bool) -> None:
    """Refuse rules on themes where nothing can look for them."""
    for rule in rules.rules:
        if isinstance(rule, ThemeRule) and not keeps_text:
            raise ConfigError(
                f"rule {rule.name!r}: themes are looked for in stored texts, and "
                f"{setting('keep_text', 'none')} stores none. Expected all, or a number of days."
            )
        if isinstance(rule, ThemeRule) and not is_loaded:
            raise ConfigError(
                f"rule {rule.name!r}: themes need a model of their own, which a server that "
                f"stores texts has not. Watch them beside it, on the same store: leave the rule "
                "out here, and name it to sentilora.monitor."
            )


def _drop(store: Store, days: int, stop: threading.Event) -> None:
    while True:
        with suppress(DBAPIError):  # the store is away; there is another hour
            store.drop_texts(round(1000 * (time.time() - days * DAY_S)))
        if stop.wait(_DROPPED_S):
            return
