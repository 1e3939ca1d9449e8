"""``sentilora replies``: the queue of drafted replies."""

from __future__ import annotations

import datetime as dt
import getpass
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sentilora.cli.option_words import typed
from sentilora.errors import ConfigError
from sentilora.message import setting

if TYPE_CHECKING:
    from sentilora.monitoring.replies.reply_draft import Draft

EXAMPLE = "Example:  sentilora replies list"
EXAMPLES = {
    "list": "Example:  sentilora replies list --state approved --json",
    "show": "Example:  sentilora replies show 12",
    "approve": "Example:  sentilora replies approve 12 --by Ann",
    "edit": "Example:  sentilora replies edit 12 --reply answer.txt",
    "dismiss": "Example:  sentilora replies dismiss 12 --note 'called her'",
    "send": "Example:  sentilora replies send --to approved.jsonl",
    "templates": "Example:  sentilora replies templates --output replies",
}
_SHOWN = 100

app = typer.Typer(
    name="replies",
    no_args_is_help=True,
    help="Look at drafted replies; approve, change, dismiss and send them.",
    epilog=EXAMPLE,
)

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="Number of the draft.")]
StoreOption = Annotated[
    str, typer.Option("--store", help="SQLite file, or the address of a PostgreSQL database.")
]
By = Annotated[str | None, typer.Option(help="Your name; that of your account if not given.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list", epilog=EXAMPLES["list"])
def list_drafts(
    store: StoreOption = "feedback.db",
    state: Annotated[
        str, typer.Option(help="waiting, approved, dismissed, sent, failed, or all.")
    ] = "waiting",
    reason: Annotated[str | None, typer.Option(help="Only drafts of this reason.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Number of drafts, at most.")] = 50,
    as_json: Json = False,
) -> None:
    """List drafts, the most severe first."""
    from sentilora.monitoring.replies.reply_queue import ReplyQueue

    with ReplyQueue(store) as queue:
        found = queue.drafts(None if state == "all" else state, limit=limit, reason=reason)
        counts = queue.counts()
    if as_json:
        _print_json([one.to_dict() for one in found])
        return
    for one in found:
        marked = f"  marked: {_marked(one)}" if one.marked else ""
        print(f"{one.number:<6}{one.level:<7}{one.severity:.2f}  {_about(one)}{marked}")
        print(f"      {_line(one.text) or '(the text is no longer kept)'}")
    told = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
    print(f"{'drafts':<12}{told or 'none'}")
    if found:
        print(f"{'next':<12}{typed('replies', 'show', found[0].number, **_stored(store))}")


@app.command(epilog=EXAMPLES["show"])
def show(number: Number, store: StoreOption = "feedback.db", as_json: Json = False) -> None:
    """Show a draft beside its text."""
    from sentilora.monitoring.replies.reply_queue import ReplyQueue

    with ReplyQueue(store) as queue:
        found = queue.show(number)
    if as_json:
        _print_json(found.to_dict())
        return
    print(f"{'draft':<12}{found.number}, {found.state}, {found.level} ({found.severity:.2f})")
    print(f"{'about':<12}{_about(found)}, {_moment(found.at_ms)}")
    by = f" by {_safe(found.changed_by)}" if found.changed_by else ""
    print(f"{'changed':<12}{_moment(found.changed_ms)}{by}")
    for name, told in (("note", found.note), ("error", found.error)):
        if told:
            print(f"{name:<12}{_safe(told)}")
    if found.marked:
        print(f"{'marked':<12}{_marked(found)}")
    print(f"\n{_safe(found.text or '(the text is no longer kept)')}\n\n---\n{_safe(found.reply)}")


@app.command(epilog=EXAMPLES["approve"])
def approve(
    number: Number,
    store: StoreOption = "feedback.db",
    by: By = None,
    force: Annotated[
        bool, typer.Option("--force", help="Approve it although something in it is marked.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Let a reply go out."""
    from sentilora.monitoring.replies.reply_queue import ReplyQueue

    with ReplyQueue(store) as queue:
        _tell(queue.approve(number, by=_name(by), force=force), as_json=as_json)


@app.command(epilog=EXAMPLES["edit"])
def edit(
    number: Number,
    reply: Annotated[str, typer.Option(help="File with the new reply, or - for standard input.")],
    store: StoreOption = "feedback.db",
    by: By = None,
    as_json: Json = False,
) -> None:
    """Write another reply; it waits for approval."""
    from sentilora.monitoring.replies.reply_queue import ReplyQueue

    with ReplyQueue(store) as queue:
        _tell(queue.edit(number, _read(reply), by=_name(by)), as_json=as_json)


@app.command(epilog=EXAMPLES["dismiss"])
def dismiss(
    number: Number,
    store: StoreOption = "feedback.db",
    by: By = None,
    note: Annotated[str | None, typer.Option(help="Why.")] = None,
    as_json: Json = False,
) -> None:
    """Send no reply."""
    from sentilora.monitoring.replies.reply_queue import ReplyQueue

    with ReplyQueue(store) as queue:
        _tell(queue.dismiss(number, by=_name(by), note=note), as_json=as_json)


@app.command(epilog=EXAMPLES["send"])
def send(
    store: StoreOption = "feedback.db",
    to: Annotated[
        str | None, typer.Option(help="Address to post to (https://…), or a file of JSON lines.")
    ] = None,
    key_from: Annotated[
        str | None,
        typer.Option(help="Environment variable with the key that the address asks for."),
    ] = None,
    replies: Annotated[
        str | None, typer.Option(help="replies.toml, whose [send] says where to.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Send what was approved, each reply once; what does not arrive is sent the next time."""
    from dataclasses import asdict

    from sentilora.monitoring.replies.post.reply_courier import ReplyCourier
    from sentilora.monitoring.replies.reply_queue import ReplyQueue

    target = _target(to, key_from, replies)
    with ReplyQueue(store) as queue:
        done = ReplyCourier(queue.store, target).send_due()
    if as_json:
        _print_json(asdict(done))
    else:
        print(f"{'sent':<12}{done.sent:,} sent, {done.waiting:,} wait, {done.failed:,} failed")
        if done.error is not None:
            print(f"{'reason':<12}{_safe(done.error)}")
    if done.error is not None:
        raise typer.Exit(1)


@app.command(epilog=EXAMPLES["templates"])
def templates(
    output: Annotated[
        str | None, typer.Option(help="Folder to write settings and templates into.")
    ] = None,
    check: Annotated[
        str | None, typer.Option(help="replies.toml to check, with its templates.")
    ] = None,
    rules: Annotated[
        str | None, typer.Option(help="rules.toml with the rules that reasons name.")
    ] = None,
) -> None:
    """Write out the templates of the package to be edited, or check your own."""
    if (output is None) == (check is None):
        raise ConfigError(
            f"Expected one of {setting('output', 'FOLDER')}, to have templates to edit, and "
            f"{setting('check', 'FILE')}, to find out what is wrong with yours."
        )
    if output is not None:
        from sentilora.monitoring.replies.reply_files import write_reply_files

        path = write_reply_files(output)
        print(f"{'written':<12}{path}, and templates beside it")
        print(f"{'next':<12}{typed('replies', 'templates', check=path)}")
        return
    from sentilora.monitoring.replies.replies_file import read_replies, rule_names

    found = read_replies(str(check), () if rules is None else rule_names(rules))
    names = found.templates
    print(
        f"{'checked':<12}{len(names.templates)} templates in {', '.join(sorted(names.languages))}; "
        f"{len(found.reasons)} reasons"
    )
    again = typed("monitor", "general", source=Path("FILE"), replies=Path(str(check)))
    print(f"{'next':<12}{again}")


def _target(to: str | None, key_from: str | None, replies: str | None) -> Any:
    from sentilora.monitoring.replies.post.reply_targets import open_target
    from sentilora.monitoring.replies.replies_file import read_send

    if (to is None) == (replies is None):
        raise ConfigError(
            f"Expected one of {setting('to', 'FILE')}, and {setting('replies', 'FILE')} with a "
            "section [send]."
        )
    if to is not None:
        return open_target(to, key_from)
    told, base = read_send(str(replies))
    return open_target(told.to, told.key_from, base)


def _tell(draft: Draft, *, as_json: bool) -> None:
    if as_json:
        _print_json(draft.to_dict())
        return
    marked = f"; marked: {_marked(draft)}" if draft.marked else ""
    print(f"{draft.state:<12}draft {draft.number}{marked}")


def _read(path: str) -> str:
    if path == "-":
        return sys.stdin.read()
    from sentilora.files import path_of

    try:
        return path_of(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{setting('reply', path)}: {error}. Expected a text file in UTF-8."
        ) from error


def _name(by: str | None) -> str:
    if by:
        return by
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name
        return "somebody"


def _stored(store: str) -> dict[str, Any]:
    return {} if store == "feedback.db" else {"store": store}


def _about(draft: Draft) -> str:
    told = f"{draft.reason}, {draft.source} {draft.id}, {draft.language} {draft.tone}"
    return _line(told)


def _marked(draft: Draft) -> str:
    return _line(", ".join(dict.fromkeys(mark.words for mark in draft.marked)))


def _line(text: str | None) -> str:
    line = " ".join(_safe(text or "").split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"


def _safe(text: str | None) -> str:
    """Return a text without what would steer a terminal."""
    return "".join(
        sign if sign in "\n\t" or sign.isprintable() else "\ufffd" for sign in text or ""
    )


def _moment(ms: int) -> str:
    return f"{dt.datetime.fromtimestamp(ms / 1000).astimezone():%Y-%m-%d %H:%M}"


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))
