"""``sentilora serve``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sentilora.cli.option_words import COMMAND_LINE, typed
from sentilora.cli.options import Precision
from sentilora.defaults import HOST, PORT
from sentilora.inference.engines.cpus import SHARED_CORES
from sentilora.serving.http.limits import Limits

if TYPE_CHECKING:
    from sentilora.message import Message
    from sentilora.serving.http.server import Door, Models, OpenInbox
    from sentilora.serving.pool import Pool, Served

EXAMPLE = (
    "Example:  sentilora serve general shop=runs/NAME --port 8000"
    "   then:  curl -H 'content-type: application/json' "
    """-d '{"model": "shop", "input": "Great film"}' http://127.0.0.1:8000/v1/classify"""
)
LIMITS = "Limits"
FEEDBACK = "Texts that are sent to be watched"


def serve(
    runs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME=]RUN",
            help="Run folders, exports, 'general', or the file of a promoted run, which is "
            "followed. A model is called like its folder, or NAME.",
        ),
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen at.")] = HOST,
    port: Annotated[int, typer.Option(help="0 takes any that is free.")] = PORT,
    default: Annotated[
        str | None,
        typer.Option(help="Model that answers requests which name none; else the first one."),
    ] = None,
    alias: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=MODEL", help="Another name for a model, which can be moved to a new one."
        ),
    ] = None,
    key_file: Annotated[
        Path | None,
        typer.Option(help="File with the key that requests must show; else SENTILORA_KEY."),
    ] = None,
    allow_without_key: Annotated[
        bool,
        typer.Option("--allow-without-key", help="Let other machines in without a key."),
    ] = False,
    allowed_host: Annotated[
        list[str] | None,
        typer.Option(help="Name by which it may be called, beside localhost; '*' for any."),
    ] = None,
    allowed_origin: Annotated[
        list[str] | None,
        typer.Option(help="Web page that may call it, e.g. https://shop.example; '*' for any."),
    ] = None,
    adapters_dir: Annotated[
        list[Path] | None,
        typer.Option(help="Folder from which adapters may be added while it runs; needs a key."),
    ] = None,
    feedback: Annotated[
        str | None,
        typer.Option(
            metavar="STORE",
            help="Store, and watch, what is sent to /v1/feedback: SQLite file, or the address of "
            "a PostgreSQL database.",
            rich_help_panel=FEEDBACK,
        ),
    ] = None,
    rules: Annotated[
        str | None,
        typer.Option(help="TOML file: what to watch, whom to tell.", rich_help_panel=FEEDBACK),
    ] = None,
    replies: Annotated[
        str | None,
        typer.Option(
            help="TOML file: draft replies to negative texts; or 'default'.",
            rich_help_panel=FEEDBACK,
        ),
    ] = None,
    keep_text: Annotated[
        str,
        typer.Option(
            help="all, none, or a number of days for which texts are kept.",
            rich_help_panel=FEEDBACK,
        ),
    ] = "all",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    precision: Precision = "fp32",
    max_client_batch_size: Annotated[
        int, typer.Option(help="Texts in one request.", rich_help_panel=LIMITS)
    ] = Limits.max_client_batch_size,
    max_text_characters: Annotated[
        int, typer.Option(help="Characters in one text.", rich_help_panel=LIMITS)
    ] = Limits.max_text_characters,
    payload_limit: Annotated[
        int, typer.Option(help="Bytes in one request.", rich_help_panel=LIMITS)
    ] = Limits.payload_limit,
    max_concurrent_requests: Annotated[
        int, typer.Option(help="Requests at the same time.", rich_help_panel=LIMITS)
    ] = Limits.max_concurrent_requests,
    max_queue_texts: Annotated[
        int, typer.Option(help="Texts that may wait.", rich_help_panel=LIMITS)
    ] = Limits.max_queue_texts,
    max_batch_tokens: Annotated[
        int | None,
        typer.Option(
            help="Padded tokens in one batch; else what suits the device.", rich_help_panel=LIMITS
        ),
    ] = Limits.max_batch_tokens,
    timeout_s: Annotated[
        float, typer.Option(help="Seconds until a request is given up.", rich_help_panel=LIMITS)
    ] = Limits.timeout_s,
    body_timeout_s: Annotated[
        float, typer.Option(help="Seconds for a body to arrive.", rich_help_panel=LIMITS)
    ] = Limits.body_timeout_s,
    stop_timeout_s: Annotated[
        float, typer.Option(help="Seconds to finish before it stops.", rich_help_panel=LIMITS)
    ] = Limits.stop_timeout_s,
) -> None:
    """Answer over HTTP, with any number of models.

    Once the models are loaded, the address is printed on stdout. Ctrl-C or SIGTERM stops it when
    it has answered what it took on.
    """
    for name, value in SHARED_CORES.items():
        os.environ.setdefault(name, value)
    limits = Limits(
        max_client_batch_size=max_client_batch_size,
        max_text_characters=max_text_characters,
        payload_limit=payload_limit,
        max_concurrent_requests=max_concurrent_requests,
        max_queue_texts=max_queue_texts,
        max_batch_tokens=max_batch_tokens,
        timeout_s=timeout_s,
        body_timeout_s=body_timeout_s,
        stop_timeout_s=stop_timeout_s,
    )
    paths = _named(runs)
    key = _key(key_file, adapters_dir)
    try:
        from sentilora.serving.http.server import Door, Models
    except ModuleNotFoundError as error:
        from sentilora.errors import MissingExtraError

        raise MissingExtraError("The server", "server") from error
    from sentilora.serving.http.model_names import make_names

    models = Models(paths, device=device, precision=precision)
    door = Door(
        host,
        port,
        key,
        tuple(adapters_dir or ()),
        tuple(allowed_host or ()),
        tuple(allowed_origin or ()),
        allow_without_key,
        make_names(paths, default=default, aliases=alias or ()),
    )
    _run(models, door, limits, _keeping(door, limits, feedback, rules, replies, keep_text))


def _keeping(
    door: Door,
    limits: Limits,
    store: str | None,
    rules: str | None,
    replies: str | None,
    keep_text: str,
) -> OpenInbox | None:
    """Return what opens the store once the models are there; None without one."""
    from sentilora.errors import ConfigError
    from sentilora.message import setting

    if store is None:
        for name, given in (("rules", rules), ("replies", replies)):
            if given is not None:
                raise ConfigError(
                    f"{setting(name, given)} needs texts that are stored, and no store was named. "
                    f"Name one with {setting('feedback', 'feedback.db')}."
                )
        return None
    from sentilora.cli.commands.live.live_lines import LiveLines
    from sentilora.monitoring.live_watch import days_kept
    from sentilora.monitoring.served_feedback import ServedFeedback

    days_kept(keep_text)
    return lambda pool: ServedFeedback(
        pool,
        door.names,
        limits,
        store=store,
        rules=rules,
        replies=replies,
        keep_text=keep_text,
        listener=LiveLines(sys.stderr),
    )


def _named(runs: list[str] | None) -> dict[str, str]:
    from sentilora.errors import ConfigError
    from sentilora.runs.named_runs import name_runs

    if not runs:
        raise ConfigError(
            "No run was named. Expected folders of runs, exports, or 'general'. Type: "
            f"{typed('serve', 'general')}"
        )
    return name_runs(runs)


def _key(file: Path | None, folders: list[Path] | None) -> str | None:
    from sentilora.errors import ConfigError
    from sentilora.serving.http.api_key import read_key

    key = read_key(file, os.environ)
    if folders and key is None:
        raise ConfigError(
            "--adapters-dir lets clients load models, and needs a key. Make one with: "
            "openssl rand -hex 32 > key.txt; and add --key-file key.txt"
        )
    for folder in folders or ():
        if not folder.is_dir():
            raise ConfigError(f"--adapters-dir {folder}: there is no such folder")
    return key


def _run(models: Models, door: Door, limits: Limits, open_inbox: OpenInbox | None) -> None:
    from sentilora.serving.http.server import serve as run
    from sentilora.serving.promoted_models import PromotedModels

    address = ""

    def listening(url: str) -> None:
        nonlocal address
        address = url
        if door.is_open_to_others and door.key is None:
            print(
                f"warning: {door.host} can be reached from other machines, and no key is asked "
                "for: everyone there may use it.",
                file=sys.stderr,
            )
        names = ", ".join(models.paths)
        print(f"loading     {names}", file=sys.stderr)

    def ready(served: list[Served]) -> None:
        for one in served:
            labels = ", ".join(one.labels.names)
            print(
                f"serving     {one.name}: {labels} ({one.engine}, {one.precision}, {one.device})",
                file=sys.stderr,
            )
        print(f"routes      {address}/docs", file=sys.stderr)
        print("stop        Ctrl-C", file=sys.stderr)
        print(address, flush=True)

    followed = PromotedModels(models.paths, _tell_promoted)

    def open_followed() -> Pool:
        pool = models.open(limits)
        followed.start(pool)
        return pool

    try:
        run(
            open_followed,
            door,
            limits,
            open_inbox=open_inbox,
            listening=listening,
            ready=ready,
        )
    finally:
        followed.stop()


def _tell_promoted(name: str, model: str, refused: Message | None) -> None:
    if refused is None:
        print(f"serving     {name}: {model} from now on", file=sys.stderr)
    else:
        print(f"refused     {name}: {refused.spelled(COMMAND_LINE)}", file=sys.stderr)
