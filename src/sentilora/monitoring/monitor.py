"""``monitor``: classify texts as they come, store them, and say when something is wrong."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from sentilora.errors import ConfigError
from sentilora.events import Listener
from sentilora.message import setting
from sentilora.monitoring.alerts.courier import Courier, Sender, apprise_sender
from sentilora.monitoring.feedback_record import RecordColumns
from sentilora.monitoring.fresh_themes.theme_scout import ThemeScout
from sentilora.monitoring.live_monitor import NO_RULES, LiveMonitor, MonitorResult
from sentilora.monitoring.model_panel import Given, ModelPanel, panel_of
from sentilora.monitoring.replies.draft_writer import open_writer
from sentilora.monitoring.replies.replies_file import read_replies
from sentilora.monitoring.rules.durations import DAY_S
from sentilora.monitoring.rules.rule_kinds import ThemeRule
from sentilora.monitoring.rules.rules_file import Rules, page_fault, read_rules
from sentilora.monitoring.sources.source_names import open_source
from sentilora.monitoring.store.store import Store, open_store

_DROPPED_S = 3600.0


def monitor(
    model: Given | Mapping[str, Given] | ModelPanel,
    source: str | Path,
    *,
    store: str | Path = "feedback.db",
    rules: str | Path | None = None,
    replies: str | Path | None = None,
    name: str | None = None,
    form: str | None = None,
    text: str | None = None,
    at: str | None = None,
    id: str = "id",  # noqa: A002 - the user's word for it
    segments: Sequence[str] = (),
    keep_text: str = "all",
    follow: bool = True,
    dry_run: bool = False,
    page: str | None = None,
    stop: threading.Event | None = None,
    listener: Listener | None = None,
    send: Sender = apprise_sender,
) -> MonitorResult:
    r"""Watch texts as they come, until the source ends or ``stop`` is set.

    Args:
        model: loaded model, or the path of a run, its ``model/`` or an export; or ``general``. Or
            several by name: each answers every text, and rules that name none are about the first.
        source: file that grows (JSON Lines, CSV, a text a line), or ``-`` for standard input.
        store: SQLite file, made if it is not there; or the address of a PostgreSQL database.
        rules: ``rules.toml``; nothing is told when None.
        replies: ``replies.toml``, or ``default`` for what ships with the package: replies are
            drafted for negative texts; None for no replies.
        name: name of the channel; that of the file when None.
        form: ``jsonl``, ``csv`` or ``text``; as the ending of the file says when None.
        text: field with the text; found by name when None.
        at: field with the time; found by name when None, now where there is none.
        id: field with the id; a text without one is known by its place in the source.
        segments: fields (product, country, version) that are kept, beside an object ``segments``.
        keep_text: ``all``; ``none``, to store only what was said of texts; or a number of days.
        follow: whether to wait for more at the end of a file.
        dry_run: whether alerts are only written down, and nobody is told.
        page: address of the app, which messages link to; as the rules say when None.
        stop: event that ends it.
        listener: listener to the events of :class:`LiveMonitor`.
        send: what sends messages.

    Raises:
        ConfigError: a setting or a rule is wrong; all problems with rules are told at once.
        DataError: the store is of a newer version.
        ModelError: there is no such model.
        MissingExtraError: packages of the extra ``monitor`` are not installed.

    Example:
        >>> import sentilora
        >>> from pathlib import Path
        >>> _ = Path("mail.jsonl").write_text('{"text": "It broke after a day."}\n')
        >>> sentilora.monitor("general", "mail.jsonl", follow=False).texts
        1
    """
    days = _days_kept(keep_text)
    if replies is not None and days == 0:
        raise ConfigError(
            f"{setting('keep_text', keep_text)} keeps no text that somebody could answer. Name a "
            f"number of days, or leave {setting('replies')} out."
        )
    columns = RecordColumns(text, at, id, tuple(segments))
    opened = open_source(source, name=name, form=form, columns=columns, follows=follow)
    panel = panel_of(model)
    asked = NO_RULES if rules is None else read_rules(rules, panel.facts())
    if page is not None and (fault := page_fault(page)) is not None:
        raise ConfigError(f"{setting('page', page)}: {fault}.")
    if days == 0:
        _refuse_themes(asked)
    drafted = None
    if replies is not None:
        labels = panel.facts()[panel.first].labels
        drafted = read_replies(replies, [rule.name for rule in asked.rules], labels)
    stop = stop or threading.Event()
    with (
        open_store(store, keeps_text=days != 0) as opened_store,
        open_writer(drafted, opened_store, is_dry=dry_run) as writer,
    ):
        watcher = LiveMonitor(
            panel, opened_store, asked, drafts=writer, is_dry=dry_run, listener=listener
        )
        scout = ThemeScout(
            opened_store,
            panel.models,
            lambda: watcher.rules.rules,
            lambda rule: watcher.engine.themes(rule),
            watcher.tell,
        )
        courier = Courier(opened_store, asked.targets, send, page=page or asked.page)
        keeper = threading.Thread(target=_drop, args=(opened_store, days, stop), daemon=True)
        if asked.rules:
            scout.start()
        if not dry_run:
            courier.start()
        if days:
            keeper.start()
        try:
            watcher.run(opened, stop)
        finally:
            scout.stop()
            courier.stop()
            if not dry_run:
                courier.send_due()
    return watcher.result


def _days_kept(keep_text: str) -> int | None:
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


def _refuse_themes(rules: Rules) -> None:
    for rule in rules.rules:
        if isinstance(rule, ThemeRule):
            raise ConfigError(
                f"rule {rule.name!r}: themes are looked for in stored texts, and "
                f"{setting('keep_text', 'none')} stores none. Expected all, or a number of days."
            )


def _drop(store: Store, days: int, stop: threading.Event) -> None:
    while True:
        with suppress(DBAPIError):  # the store is away; there is another hour
            store.drop_texts(round(1000 * (time.time() - days * DAY_S)))
        if stop.wait(_DROPPED_S):
            return
