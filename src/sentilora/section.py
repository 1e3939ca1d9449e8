"""A part of a configuration, and which of its settings a front end offers one by one.

A setting is written down once, in its section: its name, its default, its limits, what it means,
and, by :func:`offered`, that it may be given without a file. Front ends (options of a command, a
page) are made from that.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sentilora.errors import ConfigError, explain, several


class Section(BaseModel):
    """A part of a configuration; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True, validate_default=True)


class Settings(Section):
    """A whole configuration; what is wrong with it is an error in the words of a person."""

    def __init__(self, **settings: Any) -> None:
        try:
            super().__init__(**settings)
        except ValidationError as error:
            raise ConfigError(several("the settings", faults(error, type(self)))) from error


def faults(error: BaseException | None, root: type[BaseModel]) -> list[str]:
    """Say what is wrong with settings, a line each."""
    assert isinstance(error, ValidationError)
    return [explain(item, root) for item in error.errors()]


@dataclass(frozen=True)
class Offer:
    """How a front end offers a setting.

    Attributes:
        name: what the setting is called there, in words joined by underscores; as in its section
            when None.
        meaning: what the offer means, where that is not the description of the setting: a switch
            for a setting that is on.
        value: what stands for the value on a help page, such as ``FILE``.
        repeats: the values of a list are given one by one.
        panel: heading under which a help page lists it; its section's when None.
    """

    name: str | None = None
    meaning: str | None = None
    value: str | None = None
    repeats: bool = False
    panel: str | None = None


@dataclass(frozen=True)
class Setting:
    """A setting that front ends offer.

    Attributes:
        key: where it stands in the configuration: ``lora.rank``.
        name: what it is called: ``rank``.
        kind: ``bool``, ``int``, ``float``, ``str``, ``list`` or ``dict``.
        choices: the values that it may have, where they are few.
        default: its value when nobody says anything; None where that depends on other settings.
        meaning: a phrase for people.
        offer: how it is offered.
    """

    key: str
    name: str
    kind: type
    choices: tuple[Any, ...]
    default: Any
    meaning: str
    offer: Offer


def offered(
    default: Any,
    description: str,
    *,
    name: str | None = None,
    meaning: str | None = None,
    value: str | None = None,
    repeats: bool = False,
    panel: str | None = None,
    **limits: Any,
) -> Any:
    """Make the field of a setting that front ends offer one by one.

    Args:
        default: its value when nobody says anything.
        description: what it means, as a phrase.
        name: as in :class:`Offer`.
        meaning: as in :class:`Offer`.
        value: as in :class:`Offer`.
        repeats: as in :class:`Offer`.
        panel: as in :class:`Offer`.
        limits: ``ge``, ``lt`` and the like, for pydantic.
    """
    offer = Offer(name, meaning, value, repeats, panel)
    return Field(default, description=description, json_schema_extra={"offer": offer}, **limits)  # type: ignore[dict-item]


def offered_settings(section: type[BaseModel], within: str = "") -> Iterator[Setting]:
    """Yield the settings that a configuration offers, in its order."""
    for name, field in section.model_fields.items():
        key = f"{within}{name}"
        kind = without_none(field.annotation)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from offered_settings(kind, f"{key}.")
            continue
        extra = field.json_schema_extra
        offer = extra.get("offer") if isinstance(extra, dict) else None
        if not isinstance(offer, Offer):
            continue
        choices = get_args(kind) if get_origin(kind) is Literal else ()
        yield Setting(
            key=key,
            name=offer.name or name,
            kind=type(choices[0]) if choices else (get_origin(kind) or kind),
            choices=choices,
            default=field.get_default(call_default_factory=True),
            meaning=offer.meaning or field.description or "",
            offer=offer,
        )


def limits_of(section: type[BaseModel], name: str) -> tuple[Any, Any]:
    """Return the least and the greatest value of a setting; both have to be among its limits."""
    limits = section.model_fields[name].metadata
    least = next(limit.ge for limit in limits if hasattr(limit, "ge"))
    return least, next(limit.le for limit in limits if hasattr(limit, "le"))


def without_none(kind: Any) -> Any:
    """Return what a setting is when it is set: ``str | None`` is ``str``."""
    if get_origin(kind) in (Union, types.UnionType):
        return next(one for one in get_args(kind) if one is not type(None))
    return kind


def brief(number: float) -> str:
    """Write a small number as people do: 7e-4."""
    return f"{number:.0e}".replace("e-0", "e-")
