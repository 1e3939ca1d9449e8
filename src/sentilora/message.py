"""Messages that name settings, which each front end spells in its own way.

The library does not know who reads its advice: on the command line an option helps, in Python
``skip_bad_rows=True``, on the web page the name of a box. So a text that is written down in the
library holds *marks* where it names a setting (:func:`setting`) or a whole command
(:func:`command`). Marks are ordinary characters of a string: they survive f-strings and joining.
A :class:`Message` reads as Python, wherever it is printed, written or compared, and remembers its
marks, so that another front end can have it in its words:

    >>> message = Message(f"Leave bad rows out with {setting('skip_bad_rows', True)}.")
    >>> print(message)
    Leave bad rows out with skip_bad_rows=True.

Errors make a Message of what they are given. A note or a warning is made one before it leaves the
function that knows it; a marked string alone is not to be shown. Only ``sentilora.cli`` and
programs that are started as commands write options with dashes.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Protocol, Self

# JSON in between escapes control characters, so that no value can hold an end.
_START, _END = "\x02", "\x03"
_MARK = re.compile(f"{_START}([^{_START}{_END}]*){_END}")

# Options of the command line that are called otherwise than the setting.
_OPTIONS = {"segments": "segment", "start_from": "from"}
# Those that are given once for each value; what else holds several takes them with commas.
_REPEATED = {"adapters_dir", "alias", "allowed_host", "allowed_origin", "segments", "test"}

Value = str | int | float | bool | Path | Sequence[str] | Mapping[str, str]


class Spelling(Protocol):
    """How one front end writes settings and commands."""

    def setting(self, name: str, value: Any) -> str:
        """Write a setting; a value of None means its name alone."""

    def command(self, name: str, arguments: Sequence[Any], options: Mapping[str, Any]) -> str:
        """Write a whole command, or what does the same in this front end."""


def setting(name: str, value: Value | None = None) -> str:
    """Mark a setting in a text.

    Args:
        name: keyword in Python, such as ``skip_bad_rows``; the option is named alike.
        value: what to set it to, or what it was set to; None names the setting alone.
    """
    return _mark("setting", name, None if value is None else _plain(value))


def command(name: str, /, *arguments: Value, **options: Value) -> str:
    """Mark a whole command in a text.

    Args:
        name: of the command, such as ``train``.
        arguments: what stands behind it, in order.
        options: settings with their values; True for those that are only given or not.
    """
    named = {key: _plain(value) for key, value in options.items()}
    return _mark("command", name, [_plain(value) for value in arguments], named)


class Message(str):
    """A text in the words of Python that can be had in those of another front end.

    Attributes:
        template: the text with its marks; to be put into other texts, never to be shown.
    """

    template: str

    def __new__(cls, template: str, spelling: Spelling | None = None) -> Self:
        """Read the marks of ``template``, or of a Message, in the words of Python."""
        message = super().__new__(cls, _spell(marked(template), spelling or PYTHON))
        message.template = marked(template)
        return message

    def spelled(self, spelling: Spelling) -> str:
        """Return the text in the words of a front end."""
        return _spell(self.template, spelling)


def marked(text: str) -> str:
    """Return the template of a message, or a plain text as it is, to be put into another text."""
    return text.template if isinstance(text, Message) else text


def spelled(value: Any, spelling: Spelling) -> Any:
    """Put all messages inside of dictionaries, lists, tuples and dataclasses into other words.

    Args:
        value: what holds messages, at any depth; it stays as it is.
        spelling: words of the front end.
    """
    if isinstance(value, Message):
        return value.spelled(spelling)
    if isinstance(value, dict):
        return {spelled(k, spelling): spelled(inner, spelling) for k, inner in value.items()}
    if isinstance(value, list):
        return [spelled(inner, spelling) for inner in value]
    if isinstance(value, tuple):
        return tuple(spelled(inner, spelling) for inner in value)
    if is_dataclass(value) and not isinstance(value, type):
        held = {field.name: getattr(value, field.name) for field in fields(value) if field.init}
        told = {name: spelled(inner, spelling) for name, inner in held.items()}
        return replace(value, **told)
    return value


def option(name: str) -> str:
    """Write the name of a setting as an option of a command."""
    return f"--{_OPTIONS.get(name, name).replace('_', '-')}"


def options_of(settings: Mapping[str, Any]) -> list[str]:
    """Write settings as the words of a command, each in one word."""
    return [word if value is None else f"{word}={value}" for word, value in _given(settings)]


def shell_command(name: str, arguments: Sequence[Any], options: Mapping[str, Any]) -> str:
    """Write a command as it is typed in a shell."""
    return shlex.join(["sentilora", name, *map(shell_value, arguments), *_words(options)])


def shell_option(name: str, value: Any) -> str:
    """Write a setting as it is typed in a shell; True and None as the name of the option alone."""
    return shlex.join(_words({name: value}))


def _words(settings: Mapping[str, Any]) -> list[str]:
    return [word for pair in _given(settings) for word in pair if word is not None]


def _given(settings: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Yield options, each with its value; None where it is given without one."""
    for name, value in settings.items():
        is_repeated = name in _REPEATED and isinstance(value, list | tuple)
        for one in value if is_repeated else (value,):
            yield option(name), None if one is None or one is True else shell_value(one)


def shell_value(value: Any) -> str:
    """Write a value as an option takes it: lists and mappings with commas."""
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        return ",".join(f"{key}={inner}" for key, inner in value.items())
    return ",".join(value) if isinstance(value, list | tuple) else str(value)


class Python:
    """The words of Python: keywords of the public functions, and calls of them."""

    # Where a keyword is called otherwise than the setting: parts of a ``PairFile``.
    KEYWORDS: Mapping[str, str] = {
        "pairs_columns": "columns",
        "pairs_texts": "texts",
        "pairs_key": "key",
    }
    # The function that does what a command does.
    CALLS: Mapping[str, str] = {
        "adapt": "adapt",
        "check": "check",
        "correct": "correct",
        "evaluate": "evaluate",
        "export": "export",
        "insights": "insights",
        "pairs": "pairs_from_ratings",
        "promote": "promote",
        "train": "train",
    }

    def setting(self, name: str, value: Any) -> str:
        """Write ``name=value``."""
        return f"{self.KEYWORDS.get(name, name)}={self.literal(value)}"

    def command(self, name: str, arguments: Sequence[Any], options: Mapping[str, Any]) -> str:
        """Write a call; a command that Python has no function for stays one."""
        given = [self.literal(value) for value in arguments]
        if name == "predict" and len(given) > 1 and not options:
            return f"sentilora.load({given[0]}).predict({', '.join(given[1:])})"
        if name not in self.CALLS:
            return shell_command(name, arguments, options)
        if name == "adapt" and "resume" in options:
            return f"sentilora.resume_adaptation({self.literal(options['resume'])})"
        if name == "train" and "feedback" in options:
            given = [self.literal(options[key]) for key in ("start_from", "feedback")]
            more = [f"data={self.literal(value)}" for value in arguments]
            return f"sentilora.train_on_feedback({', '.join([*given, *more])})"
        named = [self.setting(key, value) for key, value in options.items() if key != "json"]
        return f"sentilora.{self.CALLS[name]}({', '.join([*given, *named])})"

    def literal(self, value: Any) -> str:
        """Write a value as code, with double quotes; None as something to be chosen."""
        if value is None:
            return "…"
        if isinstance(value, Mapping):
            pairs = (f"{self.literal(key)}: {self.literal(x)}" for key, x in value.items())
            return f"{{{', '.join(pairs)}}}"
        if isinstance(value, list | tuple):
            return f"[{', '.join(map(self.literal, value))}]"
        return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


PYTHON = Python()


def _mark(*parts: Any) -> str:
    return f"{_START}{json.dumps(parts)}{_END}"


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value


def _spell(template: str, spelling: Spelling) -> str:
    def written(mark: re.Match[str]) -> str:
        match _parts(mark[1]):
            case ["setting", str(name), value]:
                return spelling.setting(name, value)
            case ["command", str(name), list(arguments), dict(options)]:
                return spelling.command(name, arguments, options)
        return mark[0]  # no mark of ours: it stood in a text that a user gave

    return _MARK.sub(written, template)


def _parts(mark: str) -> Any:
    try:
        return json.loads(mark)
    except ValueError:
        return None
