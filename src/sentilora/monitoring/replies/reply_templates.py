"""Templates of replies: Jinja with fields, conditions and a few filters, in a sandbox.

A file is called ``REASON.TONE.LANGUAGE.txt``. A template cannot loop, call, compute, assign,
include or look into values: what it may do is listed, and all else is refused with file and line
before anything is read. So its work and its length are bounded by its own length and that of its
fields.
What the customer wrote is a field: it is never read as a template, and stands in the reply as it
is, since a reply is plain text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

ENDING = ".txt"
OTHER = "other"  # the reason of what has no other
MOST_REPLY = 10_000  # characters
SEGMENTS = "segments"
_EXCERPT = 200
_QUOTED = 1_000


def _quoted(value: Any, most: int = _QUOTED) -> str:
    """Put ``> `` before each line."""
    lines = _truncate(str(value).strip(), most).splitlines()
    return "\n".join(f"> {line.strip()}" for line in lines if line.strip())


def _truncate(value: Any, most: int = _EXCERPT) -> str:
    text = str(value)
    return text if len(text) <= most else f"{text[: max(0, most)].rstrip()}…"


FILTERS: dict[str, Callable[..., str]] = {
    "capitalize": lambda value: str(value)[:1].upper() + str(value)[1:],
    "default": lambda value, other="": str(value) or str(other),
    "lower": lambda value: str(value).lower(),
    "quoted": _quoted,
    "trim": lambda value: str(value).strip(),
    "truncate": _truncate,
    "upper": lambda value: str(value).upper(),
}


class Sandbox(ImmutableSandboxedEnvironment):
    """Knows values and the parts of one dictionary; nothing has attributes, nothing is called."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a part of a dictionary, never one of its methods."""
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return a part of a dictionary."""
        if type(obj) is not dict:
            raise SecurityError(f"{argument!r}: only {SEGMENTS} have parts")
        return obj[argument] if argument in obj else self.undefined(name=str(argument))

    def call(self, *_: Any, **__: Any) -> Any:
        """Refuse a call."""
        raise SecurityError("a template calls nothing")


def sandbox() -> Sandbox:
    """Return an environment that knows nothing but the filters of a template."""
    made = Sandbox(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )
    made.globals.clear()
    made.filters.clear()
    made.filters.update(FILTERS)
    made.tests.clear()
    return made


@dataclass(frozen=True)
class TemplateKey:
    """What a template is chosen by.

    Attributes:
        reason: why the customer is unhappy; ``other`` for all that have no template of their own.
        tone: manner, such as ``warm``.
        language: ISO code, such as ``en``.
    """

    reason: str
    tone: str
    language: str


class ReplyTemplates:
    """Templates that were checked.

    Args:
        templates: templates by what they are chosen by.
        language: the one that is taken where a text's has no templates.
    """

    def __init__(self, templates: Mapping[TemplateKey, Template], language: str) -> None:
        self.templates = dict(templates)
        self.language = language
        self.languages = frozenset(key.language for key in templates)

    def choose(self, reason: str, tone: str, language: str | None) -> TemplateKey:
        """Return the template of a reason, or that of ``other``."""
        known = language if language in self.languages else None
        found = known or self.language
        key = TemplateKey(reason, tone, found)
        return key if key in self.templates else TemplateKey(OTHER, tone, found)

    def render(self, key: TemplateKey, fields: Mapping[str, Any]) -> str:
        """Write a reply; one that is longer than 10,000 characters is cut off.

        Raises:
            ValueError: the template does with a field what cannot be done.
        """
        parts: list[str] = []
        length = 0
        try:
            for part in self.templates[key].generate(**fields):
                parts.append(part)
                length += len(part)
                if length > MOST_REPLY:
                    break
        except (TemplateError, TypeError) as error:
            raise ValueError(f"line {_line_of(error)}: {error}") from error
        return "".join(parts)[:MOST_REPLY].strip()


def _line_of(error: BaseException) -> int:
    """Return the line of a template in which an error was raised."""
    line, step = 1, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == "<template>":
            line = step.tb_lineno
        step = step.tb_next
    return line
