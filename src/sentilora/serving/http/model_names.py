"""What models are called in requests, and which one answers requests that name none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sentilora.errors import ConfigError, several
from sentilora.message import setting
from sentilora.runs.named_runs import NAME


@dataclass
class Names:
    """Names beside those of the models; used from one event loop at a time.

    Attributes:
        default: name or alias of the model that answers requests which name none; None for the one
            that was added first.
        aliases: names of models by alias.
        coming: names of models that are being loaded.
    """

    default: str | None = None
    aliases: dict[str, str] = field(default_factory=dict)
    coming: set[str] = field(default_factory=set)

    def model_of(self, name: str) -> str:
        """Return the name of the model that an alias stands for; any other name as it is."""
        return self.aliases.get(name, name)

    def aliases_of(self, model: str) -> list[str]:
        """Return the aliases that stand for a model."""
        return [alias for alias, meant in self.aliases.items() if meant == model]


def make_names(
    models: Mapping[str, str], *, default: str | None = None, aliases: Iterable[str] = ()
) -> Names:
    """Return the names that a server starts with.

    Args:
        models: paths of the models by name.
        default: name or alias of the model that answers requests which name none.
        aliases: entries ``NAME=MODEL``, with the name of a model, or its path as it was given.

    Raises:
        ConfigError: a name cannot be used, is there twice, or stands for nothing.
    """
    found: dict[str, str] = {}
    problems = []
    there = f"Served here: {', '.join(models)}"
    by_path = {path: name for name, path in reversed(list(models.items()))}
    for entry in aliases:
        name, _, meant = entry.partition("=")
        model = meant if meant in models else by_path.get(meant)
        if not re.fullmatch(NAME, name):
            problems.append(f"{setting('alias', entry)}: {name!r} is no name; expected NAME=MODEL")
        elif name in models or name in found:
            problems.append(f"{setting('alias', entry)}: {name!r} is taken. Choose another name")
        elif model is None:
            problems.append(f"{setting('alias', entry)}: there is no model {meant!r}. {there}")
        else:
            found[name] = model
    if default is not None and default not in models and default not in found:
        problems.append(f"{setting('default', default)}: there is no such model. {there}")
    if problems:
        raise ConfigError(several("the names of the models", problems))
    return Names(default, found)
