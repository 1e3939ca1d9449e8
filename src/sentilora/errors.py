"""The errors a user can cause, named by what has to change."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel


class SentiloraError(Exception):
    """Root of every error that SentiLoRA raises on purpose.

    The message says what happened (with the value), what was expected, and what to type next.

    Example:
        >>> import sentilora
        >>> try:
        ...     sentilora.load("runs/nothing")
        ... except sentilora.SentiloraError as error:
        ...     print(error)
        There is no run or model at runs/nothing. ...
    """


class ConfigError(SentiloraError):
    """A setting is unknown, out of range, or at odds with another one."""


class DataError(SentiloraError):
    """A data file cannot be read, or its rows cannot be used."""


class ModelError(SentiloraError):
    """A base, an adapter or a model folder is missing, damaged or of the wrong kind."""


class DeviceError(SentiloraError):
    """The requested device or precision does not exist on this machine."""


class RunError(SentiloraError):
    """A run folder cannot be written, resumed or read."""


class MissingExtraError(SentiloraError):
    """An optional dependency is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f"{what} needs packages that are not installed. "
            f"Install them with: pip install 'sentilora[{extra}]'"
        )


def several(title: str, problems: list[str]) -> str:
    """Join problems into one message, so that a user sees all of them at once.

    One problem stands alone; more are listed under ``N problems in <title>``.
    """
    if len(problems) == 1:
        return f"{title}: {problems[0]}"
    return "\n".join([f"{len(problems)} problems in {title}", *(f"  {p}" for p in problems)])


def explain(item: Any, root: type[BaseModel]) -> str:
    """Say what is wrong with one setting of a model, in the words of the person who typed it."""
    where = ".".join(str(part) for part in item["loc"])
    value = item.get("input")
    context = item.get("ctx", {})
    match item["type"]:
        case "extra_forbidden":
            names = _names_beside(item["loc"], root)
            near = difflib.get_close_matches(str(item["loc"][-1]), names, n=1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            return f"{where} = {value!r}: unknown setting{hint}"
        case "literal_error":
            return f"{where} = {value!r}: must be {context['expected']}"
        case "greater_than":
            return f"{where} = {value!r}: must be above {context['gt']}"
        case "greater_than_equal":
            return f"{where} = {value!r}: must be at least {context['ge']}"
        case "less_than":
            return f"{where} = {value!r}: must be below {context['lt']}"
        case "less_than_equal":
            return f"{where} = {value!r}: must be at most {context['le']}"
        case "value_error":
            return f"{where}.{context['error']}".removeprefix(".")  # of all settings together
        case _:
            return f"{where} = {value!r}: {item['msg'][0].lower()}{item['msg'][1:]}"


def _names_beside(location: tuple[Any, ...], model: type[BaseModel]) -> list[str]:
    for part in location[:-1]:
        field = model.model_fields.get(str(part))
        if field is None or not isinstance(field.annotation, type):
            return []
        model = field.annotation
    return list(model.model_fields)
