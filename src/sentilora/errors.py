"""The errors a user can cause, named by what has to change."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sentilora.message import Message, Spelling

if TYPE_CHECKING:
    from pydantic import BaseModel


class SentiloraError(Exception):
    """Root of every error that SentiLoRA raises on purpose.

    The message says what happened (with the value), what was expected, and what to do next. It
    reads as Python; a front end takes its own words from :attr:`message`.

    Attributes:
        exit_code: exit code of a command that ends with it.

    Example:
        >>> import sentilora
        >>> try:
        ...     sentilora.load("runs/nothing")
        ... except sentilora.SentiloraError as error:
        ...     print(error)
        There is no run or model at runs/nothing. ...
    """

    exit_code = 1

    def __init__(self, message: str = "") -> None:
        super().__init__(Message(message))

    @property
    def message(self) -> Message:
        """What ``str`` gives, together with the settings that it names."""
        message: Message = self.args[0]
        return message

    @property
    def template(self) -> str:
        """The message with its marks, to be put into another one."""
        return self.message.template

    def __reduce__(self) -> tuple[Any, ...]:
        """Take the message over as it is, whatever the error was made from."""
        return _restore, (type(self), self.message, self.__dict__)


class ConfigError(SentiloraError):
    """A setting is unknown, out of range, or at odds with another one."""

    exit_code = 2


class DataError(SentiloraError):
    """A data file cannot be read, or its rows cannot be used."""


class ModelError(SentiloraError):
    """A base, an adapter or a model folder is missing, damaged or of the wrong kind."""


class DeviceError(SentiloraError):
    """The requested device or precision does not exist on this machine."""


class RunError(SentiloraError):
    """A run folder cannot be written, resumed or read."""


class ServerError(SentiloraError):
    """A server cannot be reached, takes too long, or has failed."""


class Interrupted(RunError):  # noqa: N818 - nothing went wrong
    """The work was stopped on purpose; everything is saved."""

    exit_code = 130


class MissingExtraError(SentiloraError):
    """An optional dependency is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f"{what} needs packages that are not installed. "
            f"Install them with: pip install 'sentilora[{extra}]'"
        )


@contextmanager
def settings_named_by(spelling: Spelling) -> Iterator[None]:
    """Have errors name settings as the function that was called does, where it is a special one."""
    try:
        yield
    except SentiloraError as error:
        error.args = (Message(error.message, spelling),)
        raise


def several(title: str, problems: list[str], *, most: int | None = None) -> str:
    """Join problems into one message, so that a user sees all of them at once.

    One problem stands alone; more are listed under ``N problems in <title>``. Of more than
    ``most``, the rest is only counted.
    """
    if len(problems) == 1:
        return f"{title}: {problems[0]}"
    shown = problems[:most]
    if len(shown) < len(problems):
        shown = [*shown, f"… and {len(problems) - len(shown)} more"]
    return "\n".join([f"{len(problems)} problems in {title}", *(f"  {p}" for p in shown)])


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
            if (place := _place_of(item["loc"], root)) is not None:
                hint = f"; did you mean '{place}'?"
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


def _place_of(location: tuple[Any, ...], model: type[BaseModel]) -> str | None:
    """Return where a setting stands that was given outside of its section."""
    for section, field in model.model_fields.items() if len(location) == 1 else ():
        kind = field.annotation
        if isinstance(kind, type) and location[0] in getattr(kind, "model_fields", {}):
            return f"{section}.{location[0]}"
    return None


def _restore(kind: type[SentiloraError], message: Message, state: dict[str, Any]) -> SentiloraError:
    error = kind.__new__(kind, message)
    error.__dict__.update(state)
    return error
