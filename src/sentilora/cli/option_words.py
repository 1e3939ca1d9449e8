"""How the command line writes settings and commands: as options and as what is typed."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from sentilora.message import option, shell_command, shell_value

# Options that are called otherwise than the setting.
OPTIONS = {"segments": "segment", "start_from": "from"}


class CommandLine:
    """The words of the command line."""

    def setting(self, name: str, value: Any) -> str:
        """Write ``--name value``, or ``--name`` alone."""
        written = option(OPTIONS.get(name, name))
        if value is None or value is True:
            return written
        return f"{written} {shlex.quote(shell_value(value))}"

    def command(self, name: str, arguments: Sequence[Any], options: Mapping[str, Any]) -> str:
        """Write a command as it is typed; a training goes on with its config."""
        if name == "train" and "resume" in options:
            options = {"config": options["resume"], "resume": True}
        named = {OPTIONS.get(key, key): value for key, value in options.items()}
        return shell_command(name, arguments, named)


COMMAND_LINE = CommandLine()


def typed(name: str, /, *arguments: Any, **options: Any) -> str:
    """Write a command as it is typed, whatever stands in the names of its files.

    Args:
        name: of the command, such as ``train``.
        arguments: what stands behind it, in order.
        options: settings with their values; what is None or False is left out.
    """
    given = {key: one for key, one in options.items() if one is not None and one is not False}
    return COMMAND_LINE.command(name, arguments, given)
