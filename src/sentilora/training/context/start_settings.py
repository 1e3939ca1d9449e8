"""Settings of a training that starts from a trained adapter.

Base, rank, alpha and target modules are the adapter's: they are filled in from it, and a setting
that says something else is an error rather than ignored.
"""

from __future__ import annotations

from sentilora.config import RunConfig
from sentilora.errors import ConfigError, several
from sentilora.message import setting
from sentilora.model.bases.known_bases import BASES
from sentilora.model.bases.resolved_base import resolve_base
from sentilora.model.warm_start import Start, open_start


def resolve_start(config: RunConfig) -> tuple[RunConfig, Start | None]:
    """Open what a config starts from, and return the config with what that decides.

    A config without ``start_from`` is returned as it is. Doing it twice changes nothing.

    Raises:
        ConfigError: settings contradict the adapter; all are named.
        ModelError: there is no such adapter.
    """
    if config.start_from is None:
        return config, None
    start = open_start(config.start_from)
    problems = _contradictions(config, start)
    if problems:
        raise ConfigError(
            several(f"settings beside {setting('start_from', config.start_from)}", problems)
        )
    base = start.base
    resolved = config.model_copy(deep=True)
    known = BASES.get(base.name)  # a folder may be called like one of them
    resolved.base = base.name if known and known.hub_id == base.hub_id else base.hub_id
    resolved.lora.rank = start.rank
    resolved.lora.alpha = start.alpha
    resolved.lora.target_modules = list(start.target_modules)
    return resolved, start


def _contradictions(config: RunConfig, start: Start) -> list[str]:
    """Say which settings that were given differ from what the adapter has."""
    problems = []
    if config.method != "lora":
        problems.append(
            f"method = {config.method!r}: {start.name} is an adapter, which only method 'lora' "
            "trains on"
        )
    if "base" in config.model_fields_set:
        theirs = start.base
        if resolve_base(config.base).hub_id != theirs.hub_id:
            problems.append(
                f"base = {config.base!r}: {start.name} is an adapter for {theirs.name!r}; leave "
                "base out"
            )
    given = {name: getattr(config.lora, name) for name in config.lora.model_fields_set}
    has = {"rank": start.rank, "alpha": start.alpha, "target_modules": list(start.target_modules)}
    for name, theirs_value in has.items():
        ours = given.get(name)
        if isinstance(ours, list):
            ours = sorted(ours)
        if ours is not None and ours != theirs_value:
            problems.append(
                f"lora.{name} = {ours!r}: {start.name} has {theirs_value!r}; leave it out"
            )
    return problems
