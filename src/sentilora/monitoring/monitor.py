"""``monitor``: classify texts as they come, store them, and say when something is wrong."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sentilora.events import EventLog, Listener
from sentilora.monitoring.alerts.courier import Sender, apprise_sender
from sentilora.monitoring.feedback_record import RecordColumns
from sentilora.monitoring.live_monitor import LiveMonitor, MonitorResult
from sentilora.monitoring.live_watch import days_kept, open_watch
from sentilora.monitoring.model_panel import Given, ModelPanel, panel_of
from sentilora.monitoring.sources.http.door_address import Visitors, open_door
from sentilora.monitoring.sources.record_batch import Source
from sentilora.monitoring.sources.source_names import open_source

if TYPE_CHECKING:
    from sentilora.serving.http.server import Door


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
    metrics: str | None = None,
    key_file: str | Path | None = None,
    allow_without_key: bool = False,
    allowed_host: Sequence[str] = (),
    stop: threading.Event | None = None,
    listener: Listener | None = None,
    send: Sender = apprise_sender,
) -> MonitorResult:
    r"""Watch texts as they come, until the source ends or ``stop`` is set.

    Args:
        model: loaded model, or the path of a run, its ``model/`` or an export; or ``general``. Or
            several by name: each answers every text, and rules that name none are about the first.
        source: file that grows (JSON Lines, CSV, a text a line), ``-`` for standard input, the
            address of a message broker (``redis://HOST/STREAM``, ``nats://HOST/SUBJECT``,
            ``amqp://HOST/QUEUE``, ``kafka://HOST/TOPIC``), or one to listen at for texts over HTTP,
            such as ``http://127.0.0.1:8100``.
        store: SQLite file, made if it is not there; or the address of a PostgreSQL database.
        rules: ``rules.toml``; nothing is told when None.
        replies: ``replies.toml``, or ``default`` for what ships with the package: replies are
            drafted for negative texts; None for no replies.
        name: name of the channel; that of the file or the stream when None, or ``http``.
        form: ``jsonl``, ``csv`` or ``text``; as the ending of the file says when None.
        text: field with the text; found by name when None.
        at: field with the time; found by name when None, now where there is none.
        id: field with the id; a text without one is known by its place in the source.
        segments: fields (product, country, version) that are kept, beside an object ``segments``.
        keep_text: ``all``; ``none``, to store only what was said of texts; or a number of days.
        follow: whether to wait for more when all was read.
        dry_run: whether alerts are only written down, and nobody is told.
        page: address of the app, which messages link to; as the rules say when None.
        metrics: where to listen for Prometheus, such as ``127.0.0.1:9100``; a source that listens
            tells its metrics itself.
        key_file: file with the key that requests over HTTP must show; SENTILORA_KEY when None.
        allow_without_key: whether other machines may send texts without a key.
        allowed_host: names by which clients may call it, beside localhost.
        stop: event that ends it.
        listener: listener to the events of :class:`LiveMonitor`, and to ``listening`` (url).
        send: what sends messages.

    Raises:
        ConfigError: a setting or a rule is wrong; all problems with rules are told at once.
        DataError: the store is of a newer version.
        ModelError: there is no such model.
        MissingExtraError: packages of the extra ``monitor`` are not installed, or of ``brokers``.

    Example:
        >>> import sentilora
        >>> from pathlib import Path
        >>> _ = Path("mail.jsonl").write_text('{"text": "It broke after a day."}\n')
        >>> sentilora.monitor("general", "mail.jsonl", follow=False).texts
        1
    """
    days_kept(keep_text)
    columns = RecordColumns(text, at, id, tuple(segments))
    log = EventLog(listener)
    visitors = Visitors(key_file, allow_without_key, tuple(allowed_host))
    opened = open_source(
        source,
        name=name,
        form=form,
        columns=columns,
        follows=follow,
        visitors=visitors,
        listening=lambda url: log.emit("listening", url=url),
    )
    told_at = None if metrics is None else open_door("metrics", metrics, visitors)
    counts = told_at is not None or hasattr(opened, "inbox")
    with ExitStack() as stack:
        watcher = stack.enter_context(
            open_watch(
                panel_of(model),
                store,
                rules,
                replies=replies,
                keep_text=keep_text,
                dry_run=dry_run,
                page=page,
                counts=counts,
                listener=listener,
                send=send,
            )
        )
        if counts:
            stack.enter_context(_telling(watcher, opened, told_at, log))
        watcher.run(opened, stop or threading.Event())
    return watcher.result


@contextmanager
def _telling(
    watcher: LiveMonitor, source: Source, door: Door | None, log: EventLog
) -> Iterator[None]:
    """Tell the metrics where the source listens, and at a door of their own."""
    from sentilora.monitoring.metrics.live_metrics import LiveMetrics
    from sentilora.monitoring.sources.http.side_server import running_beside
    from sentilora.serving.http.asgi_app import build_keeping_app

    assert watcher.tally is not None
    inbox = getattr(source, "inbox", None)
    waiting = None if inbox is None else inbox.waiting
    told = LiveMetrics(watcher.tally, watcher.panel.models, waiting)
    if inbox is not None:
        inbox.counts = told
    if door is None:
        yield
        return
    app = build_keeping_app(None, key=door.key, callers=door.callers(), counts=told)
    with running_beside(app, door, lambda url: log.emit("listening", url=f"{url}/metrics")):
        yield
