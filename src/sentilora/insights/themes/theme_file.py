"""The file in which people keep themes from one report to the next: ``themes.toml``.

Its upper part is for people: names, ``excluded``, ``merge_into``. What follows is computed: the
topic space and the centre of each theme (float16 in base64), by which new texts join it.
"""

from __future__ import annotations

import base64
import binascii
import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import tomli_w
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from sentilora.errors import ConfigError, several
from sentilora.files import write_atomically
from sentilora.insights.themes.themes import KeptTheme, KeptThemes
from sentilora.insights.themes.topic_space import TopicSpace, unit
from sentilora.section import Section, faults
from sentilora.settings_file import read_settings

FORMAT: Literal[1] = 1
_FOR_PEOPLE = """\
# Themes of a report of SentiLoRA, to be kept in the next one.
# Change what you like of each theme:
#   name = "..."                what it is called
#   excluded = true             leave it out of reports
#   merge_into = "another-key"  make it a part of another theme
# Leave key as it is, and all below [space]: by these, new texts are put to their themes.

"""


class _Theme(Section):
    key: str = Field(min_length=1)
    name: str = Field(min_length=1)
    words: tuple[str, ...] = ()
    excluded: bool = False
    merge_into: str | None = None


class _Space(Section):
    base: str
    mean: str


class _Centre(Section):
    least: float = Field(ge=-1, le=1)
    direction: str


class _File(Section):
    format: Literal[1]
    themes: tuple[dict[str, Any], ...]
    space: _Space
    centres: dict[str, _Centre]


def write_themes(kept: KeptThemes, path: Path, *, base: str) -> None:
    """Write themes for the next report.

    Args:
        kept: themes, with what people decided about them.
        path: TOML file; replaced at once or not at all.
        base: name of the base that made the vectors.
    """
    themes = [
        {
            "key": theme.key,
            "name": theme.name,
            "words": list(theme.words),
            **({"excluded": True} if theme.excluded else {}),
            **({"merge_into": theme.merge_into} if theme.merge_into is not None else {}),
        }
        for theme in kept.themes
    ]
    document = {
        "format": FORMAT,
        "themes": themes,
        "space": {"base": base, "mean": _packed(kept.space.mean)},
        "centres": {
            theme.key: {"least": round(theme.least, 4), "direction": _packed(theme.centre)}
            for theme in kept.themes
        },
    }
    write_atomically(path, _FOR_PEOPLE + tomli_w.dumps(document))


def read_themes(path: str | Path, *, base: str) -> KeptThemes:
    """Read themes that a report kept, and what people made of them.

    Args:
        path: TOML file that :func:`write_themes` wrote.
        base: name of the base whose vectors are to be grouped now.

    Raises:
        ConfigError: the file is missing or no TOML, a setting is wrong, a merge leads nowhere or in
            a circle, or the vectors are of another base. All problems are told at once.
    """
    found = read_settings(path, "themes")
    try:
        file = _File(**found)
    except ValidationError as error:
        raise _refused(path, faults(error, _File)) from error
    if file.space.base != base:
        raise ConfigError(
            f"{path} holds themes of the base '{file.space.base}', and the texts are embedded by "
            f"'{base}': their vectors cannot be compared. Expected a file of a report by a model "
            f"of the base '{base}'. Take such a model, or leave the file out to find themes anew."
        )
    themes, problems = _themes_of(file)
    problems += _wrong_merges(themes)
    mean = _unpacked(file.space.mean, None, "space.mean", problems)
    kept = []
    for theme in themes:
        centre = file.centres.get(theme.key)
        if centre is None:
            near = difflib.get_close_matches(theme.key, file.centres, n=1)
            hint = f"; was '{near[0]}' renamed? Change name, and leave key" if near else ""
            problems.append(f"themes: '{theme.key}' has no entry in [centres]{hint}")
            continue
        where = f"centres.{theme.key}.direction"
        direction = unit(_unpacked(centre.direction, len(mean), where, problems))
        kept.append(
            KeptTheme(
                theme.key,
                theme.name,
                theme.words,
                direction,
                centre.least,
                theme.merge_into,
                theme.excluded,
            )
        )
    if problems:
        raise _refused(path, problems)
    return KeptThemes(TopicSpace(mean), tuple(kept))


def _refused(path: str | Path, problems: list[str]) -> ConfigError:
    return ConfigError(
        f"{several(str(path), problems)}\nExpected a themes.toml as a report writes it, with "
        "names, excluded and merge_into changed by people. "
        "Mend it, or take the file of that report again."
    )


def _themes_of(file: _File) -> tuple[list[_Theme], list[str]]:
    """Return the themes of a file, and what is wrong with the others."""
    themes, problems = [], []
    for number, settings in enumerate(file.themes, 1):
        try:
            themes.append(_Theme(**settings))
        except ValidationError as error:
            name = settings.get("key", f"number {number}")
            problems += [f"theme {name}: {fault}" for fault in faults(error, _Theme)]
    return themes, problems


def _wrong_merges(themes: Sequence[_Theme]) -> list[str]:
    """Say which keys stand twice, and which merges lead nowhere or in a circle."""
    into = {theme.key: theme.merge_into for theme in themes}
    problems = []
    if len(into) < len(themes):
        keys = [theme.key for theme in themes]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        problems.append(f"themes: more than one has the key {', '.join(map(repr, twice))}")
    for key, target in into.items():
        if target is not None and target not in into:
            near = difflib.get_close_matches(target, into, n=1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            problems.append(f"themes: '{key}' has merge_into = {target!r}, no key of a theme{hint}")
        elif _is_circle(key, into):
            problems.append(f"themes: '{key}' is merged into itself by merge_into = {target!r}")
    return problems


def _is_circle(key: str, into: dict[str, str | None]) -> bool:
    at, seen = into[key], set[str]()
    while at is not None and at not in seen:
        if at == key:
            return True
        seen.add(at)
        at = into.get(at)
    return False


def _packed(vector: NDArray[np.float32]) -> str:
    return base64.b64encode(vector.astype("<f2").tobytes()).decode("ascii")


def _unpacked(text: str, size: int | None, where: str, problems: list[str]) -> NDArray[np.float32]:
    """Return a vector; what is wrong with it is added to the problems."""
    try:
        vector = np.frombuffer(base64.b64decode(text, validate=True), "<f2").astype(np.float32)
    except (binascii.Error, ValueError):
        vector = np.full(1, np.nan, np.float32)
    if not len(vector) or not np.isfinite(vector).all():
        problems.append(f"{where}: damaged; must be float16 numbers in base64")
        return np.zeros(size or 1, np.float32)
    if size is not None and len(vector) != size:
        problems.append(f"{where}: holds {len(vector)} numbers; must be {size}, as space.mean")
        return np.zeros(size, np.float32)
    return vector
