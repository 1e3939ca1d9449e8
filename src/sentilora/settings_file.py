"""Settings as a TOML file and as dotted names (``lora.rank``); nobody checks them here."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

from sentilora.errors import ConfigError
from sentilora.files import path_of
from sentilora.message import setting

_MOST_LEVELS = 8


def read_settings(path: str | Path) -> dict[str, Any]:
    """Read the settings of a TOML file, without checking them.

    Raises:
        ConfigError: the file is missing, cannot be read, or is not TOML.
    """
    try:
        return _shallow(tomllib.loads(path_of(path).read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise ConfigError(
            f"There is no configuration file {path}. Give the path of a TOML file to "
            f"{setting('config')}."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, IsADirectoryError) as error:
        raise ConfigError(f"{path} is not a TOML file: {error}") from error
    except RecursionError as error:
        raise ConfigError(
            f"{path} holds values within values, too many to be settings. Expected sections and "
            "names, such as [lora] and rank = 8."
        ) from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error


def _shallow(settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings that are no deeper than any section.

    Raises:
        RecursionError: they are.
    """
    level: list[Any] = [settings]
    for _ in range(_MOST_LEVELS):
        level = [inner for one in level if isinstance(one, dict) for inner in one.values()]
    if any(isinstance(one, dict) for one in level):
        raise RecursionError
    return settings


def write_settings(settings: Mapping[str, Any], path: Path) -> None:
    """Write nested or dotted settings as TOML; none may be None, as TOML has no null."""
    nested: dict[str, Any] = {}
    merge_settings(nested, settings)
    path.write_text(tomli_w.dumps(nested), encoding="utf-8")


def merge_settings(into: dict[str, Any], settings: Mapping[str, Any]) -> list[str]:
    """Put nested or dotted settings into nested ones; return what does not go together."""
    problems: list[str] = []
    for key, value in settings.items():
        _merge(into, key.split("."), value, key, problems)
    return problems


def _merge(
    into: dict[str, Any], parts: list[str], value: Any, key: str, problems: list[str]
) -> None:
    for part in parts[:-1]:
        into = into.setdefault(part, {})
        if not isinstance(into, dict):
            problems.append(f"{key}: {part} is a single value, not a section")
            return
    last = parts[-1]
    if isinstance(value, Mapping):
        section = into.setdefault(last, {})
        for name, inner in value.items():
            _merge(section, [name], inner, f"{key}.{name}", problems)
    else:
        into[last] = value
