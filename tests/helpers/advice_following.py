"""Whoever reads a message types what it names: what is said is taken out, and typed."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

import pytest
import typer

from sentilora.cli import app
from sentilora.inference import sentiment_model
from tests.helpers.advice_sites import recorded, sites, words_of

Way = str | tuple[str, ...]
RUN = "runs/a run"  # names with blanks have to be quoted


@dataclass(frozen=True)
class Case:
    """A command that ends in a message, and what is typed then.

    Attributes:
        typed: the command, without ``sentilora``; ``$RUN`` is a run, ``$BASE`` a tiny base.
        ways: keys of the places that name something, each followed alone, or those of a tuple
            together.
        files: what lies in the folder, by name.
        fill: words that stand for something, such as ``NAME`` or an option without its value, with
            what a user would put there.
        words: what is typed, for places that are written out and hold more than it; it has to stand
            in what is said.
        leaves_out: whether the options are named to be left out.
        quick: options that make what is typed then quick.
        then: what a next step says, where one more is needed.
        stdin: standard input.
        piped: standard input of what is typed then, where it is another one.
        mended: files that the user has mended by then.
        before: what changes the world before; it is called with ``monkeypatch`` and the folder of
            ``$RUN``, and what it returns is closed at the end.
        loads: whether models are loaded as they are, and not the one that is loaded already.
    """

    typed: str
    ways: tuple[Way, ...]
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    fill: Mapping[str, str] = field(default_factory=dict)
    words: str = ""
    leaves_out: bool = False
    quick: str = ""
    then: str = ""
    stdin: str | None = None
    piped: str | None = None
    mended: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[pytest.MonkeyPatch, Path], Any] | None = None
    loads: bool = False

    @property
    def keys(self) -> set[str]:
        """The places that it covers."""
        return {key for way in self.ways for key in ((way,) if isinstance(way, str) else way)}


@dataclass(frozen=True)
class World:
    """The folder in which commands are typed, and what they are typed with."""

    folder: Path
    base: Path
    run: Path
    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]
    opened: Any

    def type(self, words: list[str], stdin: str | None) -> tuple[int, str]:
        """Type a command; give its exit code, and what it said with one blank between words."""
        if stdin is not None:
            self.patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        self.patch.setattr(sys, "argv", ["sentilora", *words])
        with pytest.raises(SystemExit) as stopped:
            app.main()
        said = self.capture.readouterr()
        return int(stopped.value.code or 0), said.out + said.err


def follow(case: Case, world: World) -> None:
    """Type the command of a case, then each of the ways that it names, and see that they help."""
    _write(case.files, world.folder)
    holds_run = "RUN" in f"{case.typed}{case.ways}" or RUN in " ".join(case.fill.values())
    if holds_run or case.before is not None:
        shutil.copytree(world.run, world.folder / RUN)
    if not case.loads:
        world.patch.setattr(sentiment_model, "open_engine", lambda *_, **__: world.opened)
    with contextlib.ExitStack() as until_the_end:
        if case.before is not None:
            held = case.before(world.patch, world.folder / RUN)
            until_the_end.callback(getattr(held, "close", lambda: None))
        _type_all(case, world)


def _write(files: Mapping[str, str | bytes] | Mapping[str, str], folder: Path) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def _type_all(case: Case, world: World) -> None:
    names = {"RUN": shlex.quote(RUN), "BASE": shlex.quote(str(world.base))}
    first = shlex.split(Template(case.typed).substitute(names))
    with recorded() as passed:
        code, said = world.type(first, case.stdin)
    trail = f"$ sentilora {shlex.join(first)}\n{said}"
    plain = " ".join(said.split())
    _write(case.mended, world.folder)
    for way in case.ways:
        keys = (way,) if isinstance(way, str) else way
        words: list[str] = []
        for key in keys:
            named = words_of(sites()[key], passed, plain)
            assert named, f"{key} is not named in\n{trail}\npassed: {passed}"
            words += shlex.split(case.words if sites()[key].position is None else named[0])
        if case.words:
            assert case.words in plain, trail
        quick = shlex.split(Template(case.quick).substitute(names))
        again = [*_next(first, _filled(words, case.fill), leaves_out=case.leaves_out), *quick]
        with recorded() as passed_again:
            code, said = world.type(again, case.stdin if case.piped is None else case.piped)
        told = f"{trail}\n$ sentilora {shlex.join(again)}\n{said}"
        assert "unexpected error" not in said, told
        assert code == 0 or (case.then and case.then in " ".join(said.split())), told
        if code != 0:
            plain_again = " ".join(said.split())
            twice = [key for key in keys if words_of(sites()[key], passed_again, plain_again)]
            assert not twice, f"{twice} is said again\n{told}"


def _filled(words: list[str], fill: Mapping[str, str]) -> list[str]:
    found = []
    for word in words:
        if word.startswith("--") and word in fill:
            found += [word, fill[word]]
        else:
            found.append(fill.get(word, RUN if word == "RUN" else word))
    return found


def _next(first: list[str], words: list[str], *, leaves_out: bool) -> list[str]:
    """Return what is typed: a whole command, or the first one with options added or left out."""
    if words[0] == "sentilora":
        return words[1:]
    typed, valued = list(first), valued_options(first[0])
    end = typed.index("--") if "--" in typed else len(typed)
    rest = typed[end:]
    del typed[end:]
    for name in [word for word in words if re.match(r"--[a-z]", word)]:
        while name in typed:
            place = typed.index(name)
            del typed[place : place + (2 if name in valued else 1)]
    return [*typed, *([] if leaves_out else words), *rest]


@cache
def _commands() -> dict[str, Any]:
    group: Any = typer.main.get_command(app.app)
    return dict(group.commands)


def valued_options(name: str) -> set[str]:
    """Return the options of a command that take a value; of one with commands in it, of all."""
    command = _commands()[name]
    return {
        spelling
        for one in getattr(command, "commands", {name: command}).values()
        for param in one.get_params(one.context_class(one, info_name=name))
        if param.param_type_name == "option" and not param.is_flag
        for spelling in param.opts
    }


def parse(words: list[str]) -> None:
    """Have the parser of the command line read a command, without doing it."""
    command, rest = _commands()[words[0]], list(words[1:])
    while hasattr(command, "commands"):
        command = command.commands[rest.pop(0)]
    command.make_context(words[0], rest)


def make_world(
    folder: Path,
    base: Path,
    run: Path,
    patch: pytest.MonkeyPatch,
    capture: pytest.CaptureFixture[str],
    opened: Any,
) -> World:
    """Make a folder with nothing in it, where models are loaded already."""
    patch.chdir(folder)
    patch.setenv("COLUMNS", "400")
    patch.delenv("SENTILORA_KEY", raising=False)
    return World(folder, base, run, patch, capture, opened)
