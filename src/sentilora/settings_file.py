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
_EXPECTED = "Expected sections and names, such as [lora] and rank = 8."


def read_settings(
    path: str | Path, name: str = "config", content: bytes | None = None
) -> dict[str, Any]:
    """Read the settings of a TOML file, without checking them.

    Args:
        path: path of the file.
        name: setting that the path was given to.
        content: what the file holds, where that has been read; None to read it.

    Raises:
        ConfigError: the file is missing, cannot be read, or is not TOML.
    """
    try:
        held = path_of(path).read_bytes() if content is None else content
        text = held.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
        return _shallow(tomllib.loads(text))
    except FileNotFoundError as error:
        raise ConfigError(
            f"There is no configuration file {path}. Give the path of a TOML file to "
            f"{setting(name)}."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, IsADirectoryError) as error:
        raise ConfigError(f"{path} is not a TOML file: {error}. {_EXPECTED}") from error
    except RecursionError as error:
        raise ConfigError(
            f"{path} holds values within values, too many to be settings. {_EXPECTED}"
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
        if not isinstance(key, str):
            problems.append(f"{key!r}: the name of a setting is a string, such as 'lora.rank'")
            continue
        _merge(into, key.split("."), value, key, problems)
    return problems


def _merge(
    into: dict[str, Any], parts: list[str], value: Any, key: str, problems: list[str]
) -> None:
    for part in parts[:-1]:
        section = _section(into, part, key, problems)
        if section is None:
            return
        into = section
    last = parts[-1]
    if isinstance(value, Mapping):
        section = _section(into, last, key, problems)
        if section is None:
            return
        for name, inner in value.items():
            _merge(section, [name], inner, f"{key}.{name}", problems)
    else:
        into[last] = value


def _section(
    into: dict[str, Any], name: str, key: str, problems: list[str]
) -> dict[str, Any] | None:
    """Return a section, made where it is missing; a single value in its place is told once."""
    section = into.setdefault(name, {})
    if isinstance(section, dict):
        return section
    problems.append(f"{key}: {name} is a single value, not a section")
    del into[name]
    return None
