"""How ``train`` is told settings: by keyword, or as keys of its ``config``.

A setting is called as its option is (``epochs``), or by its section (``training={"epochs": 2}``).
Two names are a section and a setting at once: ``text`` is the column if it is a string and the
section if it is a dict, and so with ``pairs``.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from sentilora.config import RunConfig
from sentilora.data.problems import shortened
from sentilora.data_settings import DataConfig
from sentilora.message import Python
from sentilora.section import Section, offered_settings

_LISTS = ("data.labels", "data.columns")  # may be written with commas, as on the command line


class TrainKeywords(Python):
    """The words of Python for who calls ``train``, whose other functions have more keywords."""

    KEYWORDS: Mapping[str, str] = {"from": "start_from"}


def config_key(name: str) -> str:
    """Return where a setting stands in the configuration, such as ``data.text``.

    What does not stand there, like ``resume``, is returned as it is.
    """
    return _keys().get(name, name)


def settings_of(keywords: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Turn keywords into settings with dotted names.

    Returns:
        The settings, and what is wrong with keywords: unknown names, and what is given twice.
    """
    settings: dict[str, Any] = {}
    problems: list[str] = []
    for name, value in keywords.items():
        for key, inner in _settings_in(name, value, problems):
            if key in settings:
                problems.append(f"{key} is given twice, as {name} as well; leave one of them out")
            settings[key] = inner
    return settings, problems


def is_section(value: Any) -> bool:
    """Tell whether what ``data`` was set to are its settings, and not the data themselves."""
    known = DataConfig.model_fields
    if isinstance(value, DataConfig) or not isinstance(value, Mapping):
        return isinstance(value, DataConfig)
    is_plain = all(
        isinstance(one, str | int | float | os.PathLike | None) or f"data.{name}" in _LISTS
        for name, one in value.items()
    )
    return all(name in known for name in value) and (is_plain or "train" in value)


def section_names() -> dict[str, type[Section]]:
    """Return the sections of the configuration by name."""
    return {
        field: info.annotation
        for field, info in RunConfig.model_fields.items()
        if isinstance(info.annotation, type) and issubclass(info.annotation, Section)
    }


def _settings_in(name: str, value: Any, problems: list[str]) -> list[tuple[str, Any]]:
    if "." in name or (name in section_names() and isinstance(value, Section)):
        return [(name, _plain(name, value))]
    if name in section_names() and isinstance(value, Mapping):
        return [(f"{name}.{key}", _plain(f"{name}.{key}", one)) for key, one in value.items()]
    key = _keys().get(name)
    if key is None and name in section_names():
        return [(name, value)]
    if key is None:
        problems.append(f"{name} = {shortened(repr(value))}: {_hint(name)}")
        return []
    return [(key, _plain(key, value))]


def _plain(key: str, value: Any) -> Any:
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if key in _LISTS and isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    return value


def _hint(name: str) -> str:
    places = [one for one, kind in section_names().items() if name in kind.model_fields]
    if places:
        said = " or ".join(f"{place}={{'{name}': …}}" for place in places)
        return f"there is one in several sections; say {said}"
    near = difflib.get_close_matches(name, sorted({*_keys(), *section_names()}), n=1)
    return f"unknown setting; did you mean '{near[0]}'?" if near else "unknown setting"


@cache
def _keys() -> dict[str, str]:
    """Return where each keyword stands: options first, then names that are there only once."""
    sections = section_names()
    keys = {name: name for name in RunConfig.model_fields if name not in sections}
    for setting in offered_settings(RunConfig):
        keys.setdefault(setting.name, setting.key)
    found: dict[str, list[str]] = {}
    for section, kind in sections.items():
        for field in kind.model_fields:
            found.setdefault(field, []).append(f"{section}.{field}")
            keys.setdefault(f"{section}_{field}", f"{section}.{field}")
    for field, places in found.items():
        if len(places) == 1:
            keys.setdefault(field, places[0])
    return keys


TRAIN_KEYWORDS = TrainKeywords()
