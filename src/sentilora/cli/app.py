"""The ``sentilora`` command: parse, call the library, render.

stdout carries results, stderr everything else. Exit codes: 0 done, 1 the work failed, 2 wrong usage
or configuration, 130 stopped by the user.
"""

from __future__ import annotations

import errno
import os
import shlex
import sys
from io import TextIOWrapper
from typing import NoReturn

import typer

from sentilora.cli import command_table
from sentilora.cli.option_words import COMMAND_LINE
from sentilora.errors import SentiloraError
from sentilora.message import Spelling

app = typer.Typer(
    name="sentilora",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="From a file of labelled texts to a proven, calibrated, small sentiment model.",
    epilog="Start with:  sentilora train sample --base minilm",
)


def _version(wanted: bool) -> None:
    if wanted:
        from sentilora import __version__

        print(f"sentilora {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    debug: bool = typer.Option(False, "--debug", help="Show tracebacks."),
    version: bool = typer.Option(
        False, "--version", help="Print the version.", callback=_version, is_eager=True
    ),
) -> None:
    """Take the options that stand before a command."""
    if debug:
        os.environ["SENTILORA_DEBUG"] = "1"


command_table.add_to(app)
_NO_TEMPORARY_FOLDER = "Set TMPDIR to a folder that can be written."


def main(spelling: Spelling = COMMAND_LINE) -> None:
    """Run the command line; the entry point of the ``sentilora`` script.

    Args:
        spelling: how errors name settings; a page that starts a command shows them in its words.
    """
    # Tokenizers warn on stderr when a process with threads forks, which the reload proof does.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    _speak_any_language()
    try:
        app()
    except SentiloraError as error:
        if os.environ.get("SENTILORA_DEBUG"):
            raise
        print(f"error: {error.message.spelled(spelling)}", file=sys.stderr)
        raise SystemExit(error.exit_code) from error
    except KeyboardInterrupt as error:
        if os.environ.get("SENTILORA_DEBUG"):
            raise
        print("\nstopped", file=sys.stderr)
        raise SystemExit(130) from error
    except BrokenPipeError:
        # Whoever read our output has gone (`| head`); keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except OSError as error:
        if os.environ.get("SENTILORA_DEBUG"):
            raise
        _refused_by_the_system(error)
    except Exception as error:  # noqa: BLE001 - the one place that may catch everything
        _unexpected(error)


def _speak_any_language() -> None:
    """Write UTF-8 into pipes and files, and what a terminal has no sign for as an escape."""
    if isinstance(sys.stdout, TextIOWrapper):
        if sys.stdout.isatty():
            sys.stdout.reconfigure(errors="backslashreplace")
        else:
            sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def _refused_by_the_system(error: OSError) -> NoReturn:
    """Say which file or folder could not be used, and end."""
    if error.filename is not None:
        what = os.fsdecode(error.filename)[:200]
        print(
            f"error: {what} cannot be used: {error.strerror}. Expected a path that you may read or "
            "write: name another one, or change its rights.",
            file=sys.stderr,
        )
    elif error.errno in (errno.ENOSPC, errno.EDQUOT):
        print(f"error: {error.strerror}. Make room, or write to another disk.", file=sys.stderr)
    elif "temporary directory" in str(error):  # what tempfile says, whoever asks it
        print(f"error: {error.strerror}. {_NO_TEMPORARY_FOLDER}", file=sys.stderr)
    else:
        _unexpected(error)
    raise SystemExit(1) from error


def _unexpected(error: Exception) -> NoReturn:
    """Say that something went wrong which nobody foresaw, and end."""
    if os.environ.get("SENTILORA_DEBUG"):
        raise error
    again = shlex.join(["sentilora", "--debug", *sys.argv[1:]])
    print(
        f"unexpected error: {type(error).__name__}: {error}\nRun again with: {again}",
        file=sys.stderr,
    )
    raise SystemExit(1) from error
