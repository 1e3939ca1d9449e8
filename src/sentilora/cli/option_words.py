"""How the command line writes settings and commands: as options and as what is typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sentilora.message import shell_command, shell_option


class CommandLine:
    """The words of the command line."""

    def setting(self, name: str, value: Any) -> str:
        """Write ``--name value``, or ``--name`` alone."""
        return shell_option(name, value)

    def command(self, name: str, arguments: Sequence[Any], options: Mapping[str, Any]) -> str:
        """Write a command as it is typed; a training goes on with its config."""
        if name == "train" and "resume" in options:
            options = {"config": options["resume"], "resume": True}
        return shell_command(name, arguments, options)


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
