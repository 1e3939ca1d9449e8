"""The sections of ``replies.toml``: which texts get a draft, why, and what a reply may say."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import Field, field_validator

from sentilora.monitoring.replies.reply_templates import SEGMENTS
from sentilora.monitoring.replies.word_lists import WordSettings, check_words
from sentilora.section import Section

# What a template may name beside the fields of the file.
FIELDS = (
    "text",
    "excerpt",
    "source",
    "id",
    "conversation_id",
    "label",
    "score",
    "reason",
    "severity",
    "tone",
    "language",
)
_NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"
_FIELD = re.compile(r"[a-z][a-z0-9_]*")

Name = Annotated[str, Field(pattern=_NAME, max_length=40)]
Share = Annotated[float, Field(ge=0, le=1)]


class ReasonSettings(WordSettings):
    """A reason why somebody is unhappy; it fits if its rule fired, or if a word stands in the text.

    Attributes:
        name: name, with which its templates begin.
        rule: name of a rule; it fits while an alert of it is open about the text.
        sources: channels that it is about; all of them when empty.
        tone: tone of its replies; that of the channel when None.
        severity: what it is worth at least.
        send_without_approval: whether replies go out although nobody has read them.
    """

    name: Name
    rule: str | None = None
    sources: tuple[str, ...] = ()
    tone: Name | None = None
    severity: Share = 0.0
    send_without_approval: bool = False


class SendSettings(Section):
    """Where approved replies go.

    Attributes:
        to: address (``https://…``) that each is posted to, or a file of JSON lines.
        key_from: environment variable with the key that is sent as a bearer token.
    """

    to: Annotated[str, Field(min_length=1)]
    key_from: str | None = None


class ReplySettings(Section):
    """What a file says.

    Attributes:
        name: name of the set of templates; a text gets one draft of each set.
        labels: labels of texts that get a draft.
        least: probability of the label from which they do.
        sources: channels whose texts do; all of them when empty.
        language: where a text's is not known, or has no templates.
        tone: tone of replies.
        tones: tone by channel.
        segments: segments that templates may name.
        folder: folder of templates, beside the file; that of the package when None.
        urgent: words that make a text severe.
        fields: what else templates may name: one value, or one for each language.
        reasons: reasons; the first that fits is taken.
        never: what a reply must not promise, by language.
        send: where approved replies go; nowhere when None.
    """

    name: Name
    labels: Annotated[tuple[str, ...], Field(min_length=1)]
    least: Share
    sources: tuple[str, ...]
    language: Name
    tone: Name
    tones: dict[str, Name]
    segments: tuple[str, ...]
    folder: str | None = None
    urgent: tuple[str, ...]
    fields: dict[str, str | dict[str, str]]
    reasons: tuple[ReasonSettings, ...]
    never: dict[str, WordSettings]
    send: SendSettings | None = None

    _urgent = field_validator("urgent")(check_words)

    @field_validator("fields")
    @classmethod
    def _check_fields(cls, fields: dict[str, Any]) -> dict[str, Any]:
        for name in fields:
            if _FIELD.fullmatch(name) is None or name in (*FIELDS, SEGMENTS):
                raise ValueError(f"{name!r}: expected a name of small letters that is not taken")
        return fields

    @property
    def all_tones(self) -> frozenset[str]:
        """All tones that a reply may have."""
        its_own = (reason.tone for reason in self.reasons if reason.tone is not None)
        return frozenset((self.tone, *self.tones.values(), *its_own))
