"""What models are called where there are several: ``NAME=RUN``, or like their folders."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from sentilora.errors import ConfigError, several
from sentilora.model.artifact import MODEL_FOLDER, home_of

NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"


def name_runs(runs: Sequence[str]) -> dict[str, str]:
    """Return paths by name, of entries ``NAME=RUN`` or ``RUN``, which is called like its folder.

    Raises:
        ConfigError: a name cannot be used, or is there twice.
    """
    named: dict[str, str] = {}
    problems = []
    for run in runs:
        name, path = _split(run)
        if not re.fullmatch(NAME, name):
            problems.append(
                f"{run!r}: a model cannot be called {name!r}; expected up to 64 letters, digits, "
                f"'.', '_' or '-'. Give it another name: NAME={path}"
            )
        elif name in named:
            problems.append(
                f"{run!r}: {name!r} is {named[name]!r} already. Give it another name: NAME={path}"
            )
        else:
            named[name] = path
    if problems:
        raise ConfigError(several("the names of the models", problems))
    return named


def _split(run: str) -> tuple[str, str]:
    name, equals, path = run.partition("=")
    if equals and path and "/" not in name and "\\" not in name:
        return name, path
    folder = Path(run)
    if folder.name in ("", ".", "..", MODEL_FOLDER):
        folder = folder.resolve()
    return home_of(folder).name, run
