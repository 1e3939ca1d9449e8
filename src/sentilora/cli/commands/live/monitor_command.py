"""``sentilora monitor``."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sentilora.cli.commands.live.live_lines import LiveLines, moment
from sentilora.cli.option_words import COMMAND_LINE, typed
from sentilora.cli.options import Engine, Precision
from sentilora.errors import ConfigError
from sentilora.message import setting, spelled

if TYPE_CHECKING:
    from sentilora.events import Event
    from sentilora.monitoring.model_panel import ModelPanel
    from sentilora.monitoring.replay import Replay

EXAMPLE = "Example:  sentilora monitor general --source feedback.jsonl --rules rules.toml"
LISTENING = "Listening for HTTP"


def monitor(
    models: Annotated[
        list[str],
        typer.Argument(
            metavar="[NAME=]RUN",
            help="Run folder, its model/, an export, or 'general'; several answer each text, and "
            "are called like their folders, or NAME.",
        ),
    ],
    source: Annotated[
        str | None,
        typer.Option(
            help="File that grows (JSON Lines, CSV, a text a line), - for a pipe, the address of a "
            "broker (redis://, nats://, amqp://, kafka://HOST/NAME), or one to listen at: "
            "http://127.0.0.1:8100."
        ),
    ] = None,
    store: Annotated[
        str, typer.Option(help="SQLite file, or the address of a PostgreSQL database.")
    ] = "feedback.db",
    rules: Annotated[
        str | None, typer.Option(help="TOML file: what to watch, whom to tell.")
    ] = None,
    replies: Annotated[
        str | None,
        typer.Option(help="TOML file: draft replies to negative texts; or 'default'."),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(help="Name of the channel; the file's, the stream's or http if not given."),
    ] = None,
    form: Annotated[
        str | None, typer.Option(help="jsonl, csv or text; as the file's ending says if not given.")
    ] = None,
    text: Annotated[
        str | None, typer.Option(help="Field with the text; found by name if not given.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(help="Field with the time; found by name if not given.")
    ] = None,
    id_: Annotated[str, typer.Option("--id", help="Field with the id of a text.")] = "id",
    segments: Annotated[
        list[str] | None,
        typer.Option("--segment", help="Field (product, country) to keep; may be repeated."),
    ] = None,
    keep_text: Annotated[
        str, typer.Option(help="all, none, or a number of days for which texts are kept.")
    ] = "all",
    follow: Annotated[
        bool, typer.Option(help="Wait for more when all was read, or stop there.")
    ] = True,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write alerts down, and tell nobody.")
    ] = False,
    page: Annotated[
        str | None,
        typer.Option(
            help="Address of the app, for links in messages; as the rules say if not given."
        ),
    ] = None,
    replay: Annotated[
        str | None,
        typer.Option(help="Run the rules over a file of texts with their times, at once."),
    ] = None,
    metrics: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT",
            help="Listen for Prometheus; an address in --source has /metrics anyway.",
            rich_help_panel=LISTENING,
        ),
    ] = None,
    key_file: Annotated[
        Path | None,
        typer.Option(
            help="File with the key that requests must show; else SENTILORA_KEY.",
            rich_help_panel=LISTENING,
        ),
    ] = None,
    allow_without_key: Annotated[
        bool,
        typer.Option(
            "--allow-without-key",
            help="Let other machines in without a key.",
            rich_help_panel=LISTENING,
        ),
    ] = False,
    allowed_host: Annotated[
        list[str] | None,
        typer.Option(
            help="Name by which it may be called, beside localhost; '*' for any.",
            rich_help_panel=LISTENING,
        ),
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    precision: Precision = "auto",
    engine: Engine = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object a line.")] = False,
) -> None:
    """Watch texts as they come: classify, store, and tell when something is wrong.

    Ctrl-C ends it; what was read is stored, and the next start goes on from there.
    """
    if (source is None) == (replay is None):
        raise ConfigError(
            f"Expected one of {setting('source', 'FILE')}, to watch a file that grows, and "
            f"{setting('replay', 'FILE')}, to run rules over what has been."
        )
    loaded = _load(models, device=device, precision=precision, engine=engine)
    if replay is not None:
        _replay(models, loaded, replay, rules, form, text, at, segments, name, as_json=as_json)
        return
    from sentilora.monitoring.monitor import monitor as watch
    from sentilora.monitoring.sources.broker_address import shown_source
    from sentilora.runs.interruption import on_first_signal

    if not as_json:
        told = f"model{'s' if len(models) > 1 else ''} {', '.join(loaded.models)}"
        shown = shown_source(str(source))
        print(f"watching    {shown}, {told}, store {shown_source(store)}", flush=True)
    stop = threading.Event()
    with on_first_signal(stop.set):
        done = watch(
            loaded,
            str(source),
            store=store,
            rules=rules,
            replies=replies,
            name=name,
            form=form,
            text=text,
            at=at,
            id=id_,
            segments=tuple(segments or ()),
            keep_text=keep_text,
            follow=follow,
            dry_run=dry_run,
            page=page,
            metrics=metrics,
            key_file=key_file,
            allow_without_key=allow_without_key,
            allowed_host=tuple(allowed_host or ()),
            stop=stop,
            listener=_as_json if as_json else LiveLines(),
        )
    if not as_json:
        known = f", {done.known:,} known already" if done.known else ""
        drafts = f", {done.drafts:,} replies drafted" if replies is not None else ""
        print(f"stored      {done.texts:,} texts{known}, {done.refused:,} refused{drafts}")
        if done.drafts:
            print(f"next        {typed('replies', 'list', store=store)}")


def _load(models: list[str], **how: str) -> ModelPanel:
    """Load the models; one alone is called as its folder is, whatever that is."""
    from sentilora.inference.sentiment_model import load
    from sentilora.monitoring.model_panel import ModelPanel
    from sentilora.runs.named_runs import name_runs

    if len(models) == 1 and "=" not in models[0]:
        one = load(models[0], **how)
        return ModelPanel({one.artifact.name: one})
    return ModelPanel({name: load(path, **how) for name, path in name_runs(models).items()})


def _as_json(event: Event) -> None:
    print(json.dumps(spelled(event, COMMAND_LINE), ensure_ascii=False), flush=True)


def _replay(
    named: list[str],
    loaded: ModelPanel,
    path: str,
    rules: str | None,
    *settings: Any,
    as_json: bool,
) -> None:
    from sentilora.cli.progress import ProgressBar
    from sentilora.monitoring.replay import replay

    if rules is None:
        raise ConfigError(
            f"{setting('replay', path)} runs rules, and none were given. Name them with "
            f"{setting('rules', 'rules.toml')}."
        )
    form, text, at, segments, name = settings
    with ProgressBar() as listener:
        found = replay(
            loaded,
            path,
            rules,
            form=form,
            text=text,
            at=at,
            segments=tuple(segments or ()),
            name=name,
            listener=listener,
        )
    if as_json:
        from dataclasses import asdict

        print(json.dumps(asdict(found), ensure_ascii=False, indent=2))
        return
    _show(found)
    how: dict[str, Any] = {"text": text, "at": at, "segments": segments}
    again = typed("monitor", *named, source=Path(path), rules=rules, **how)
    print(f"next        {again}")


def _show(found: Replay) -> None:
    print(
        f"read        {found.texts:,} texts of {found.weeks:.1f} weeks, {found.refused:,} refused"
    )
    for one in found.alerts:
        scope = f" ({one.scope})" if one.scope else ""
        ended = "still open" if one.ended_ms is None else f"until {moment(one.ended_ms / 1000)}"
        print(f"alert       {moment(one.opened_ms / 1000)}  {one.rule}{scope}: {one.told}; {ended}")
    for rule in found.left_out:
        print(f"left out    {rule}: themes are looked for in a store, while it watches")
    weeks = max(found.weeks, 1e-9)
    for rule, chance in found.by_chance.items():
        count = sum(one.rule == rule for one in found.alerts)
        if not found.about[rule]:
            print(
                f"in all      {rule}: no text is one that it is about; look at its source and where"
            )
            continue
        told = f"{count} alerts, {count / weeks:.2g} a week"
        print(f"in all      {rule}: {told}; with shuffled answers {chance / weeks:.2g} a week")
