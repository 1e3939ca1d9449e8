"""Reads ``replies.toml`` with its templates.

All that is wrong with the file and with the templates is told at once, before anything is read.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sentilora.errors import ConfigError, several
from sentilora.files import path_of
from sentilora.labels import Labels
from sentilora.message import command
from sentilora.monitoring.replies.reply_settings import (
    FIELDS,
    ReasonSettings,
    ReplySettings,
    SendSettings,
)
from sentilora.monitoring.replies.reply_templates import (
    OTHER,
    SEGMENTS,
    ReplyTemplates,
    TemplateKey,
)
from sentilora.monitoring.replies.template_folder import read_templates
from sentilora.monitoring.replies.word_lists import WordList, joined_list
from sentilora.section import faults
from sentilora.settings_file import read_settings

DEFAULT = "default"  # stands for the settings and templates of the package
DEFAULT_FILE = "default_replies.toml"
TEMPLATES_FOLDER = "templates"


@dataclass(frozen=True)
class Replies:
    """Settings and templates that were checked.

    Attributes:
        settings: the settings.
        templates: the templates.
        reasons: words of each reason, in order.
        urgent: words that make a text severe.
        never: what a reply must not promise.
        base: folder that paths of the settings begin at.
    """

    settings: ReplySettings
    templates: ReplyTemplates
    reasons: tuple[tuple[ReasonSettings, WordList], ...]
    urgent: WordList
    never: WordList
    base: Path

    def fields(self, language: str) -> dict[str, str]:
        """Return the fields of the file in a language."""
        found = {}
        for name, value in self.settings.fields.items():
            if isinstance(value, str):
                found[name] = value
            else:
                found[name] = value.get(language, value.get(self.settings.language, ""))
        return found


def default_settings() -> dict[str, Any]:
    """Return the settings that ship with the package."""
    with as_file(files(__package__) / DEFAULT_FILE) as path:
        return read_settings(path)


def default_never() -> WordList:
    """Return what a reply must not promise, if nobody says otherwise."""
    return joined_list(default_settings()["never"])


def read_replies(
    path: str | Path, rules: Collection[str] = (), labels: Labels | None = None
) -> Replies:
    """Read ``replies.toml`` and its templates; what it leaves out is as in the package.

    Args:
        path: TOML file; ``default`` for what ships with the package.
        rules: names of the rules whose alerts can be a reason.
        labels: labels of the model; any when None.

    Raises:
        ConfigError: something in it or in a template is wrong; all of it is told.
    """
    is_own = str(path) != DEFAULT
    given = read_settings(path, "replies") if is_own else {}
    title = str(path) if is_own else DEFAULT_FILE
    base = path_of(path).parent if is_own else Path()
    problems: list[str] = []
    try:
        settings = ReplySettings.model_validate({**default_settings(), **given})
    except ValidationError as error:
        raise _refused(title, faults(error, ReplySettings)) from error
    if labels is not None:
        problems += [
            f"labels: {label!r}; the model has {', '.join(labels.names)}"
            for label in settings.labels
            if label not in labels.names
        ]
    problems += _reason_problems(settings, rules)
    names = {*FIELDS, *settings.fields}
    if settings.folder is None:
        with as_file(files(__package__) / TEMPLATES_FOLDER) as folder:
            templates = _read(folder, settings, names, problems)
    else:
        templates = _read(base / settings.folder, settings, names, problems)
    replies = Replies(
        settings,
        templates,
        tuple((one, WordList(one.words, one.patterns)) for one in settings.reasons),
        WordList(settings.urgent),
        joined_list(settings.never),
        base,
    )
    if not problems:
        problems += _sample_problems(replies)
    if problems:
        raise _refused(title, problems)
    return replies


def read_send(path: str | Path) -> tuple[SendSettings, Path]:
    """Return where approved replies go, and the folder that a path begins at.

    Args:
        path: ``replies.toml``, of which nothing else is looked at.

    Raises:
        ConfigError: it cannot be read, or has no such section.
    """
    given = read_settings(path, "replies").get("send")
    try:
        found = SendSettings.model_validate(given)
    except ValidationError as error:
        raise ConfigError(
            f"{path}: [send] says not where to. Expected to = 'https://…', or the name of a file."
        ) from error
    return found, path_of(path).parent


def rule_names(path: str | Path) -> list[str]:
    """Return the names of the rules in ``rules.toml``, which is not checked here."""
    rules = read_settings(path, "rules").get("rules", [])
    told = [rule for rule in rules if isinstance(rule, dict)] if isinstance(rules, list) else []
    return [str(rule.get("name")) for rule in told]


def _refused(title: str, problems: list[str]) -> ConfigError:
    return ConfigError(
        f"{several(title, problems)}\nExpected settings and templates as those that "
        f"{command('replies', 'templates', output='FOLDER')} writes."
    )


def _read(
    folder: Path, settings: ReplySettings, names: set[str], problems: list[str]
) -> ReplyTemplates:
    tones = sorted(settings.all_tones)
    return read_templates(folder, settings.language, tones, names, settings.segments, problems)


def _reason_problems(settings: ReplySettings, rules: Collection[str]) -> list[str]:
    problems = []
    seen: set[str] = set()
    for one in settings.reasons:
        told = f"reason {one.name!r}"
        if one.name in seen or one.name == OTHER:
            problems.append(f"{told}: the name is taken")
        seen.add(one.name)
        if one.rule is None and not (one.words or one.patterns or one.sources):
            problems.append(f"{told}: expected words, patterns, sources or a rule")
        if one.rule is not None and one.rule not in rules:
            problems.append(
                f"{told}: rule = {one.rule!r}; the rules are {', '.join(rules) or 'none'}"
            )
        if one.send_without_approval and settings.send is None:
            problems.append(f"{told}: send_without_approval needs [send] to = …")
    return problems


def sample_fields(replies: Replies, key: TemplateKey, segment: str) -> dict[str, Any]:
    """Return fields to try a template with; all segments have the given value."""
    return {
        **{name: name for name in FIELDS},
        **replies.fields(key.language),
        "text": "It broke.\nTwice.",
        "score": 0.9,
        "severity": 0.5,
        SEGMENTS: dict.fromkeys(replies.settings.segments, segment),
    }


def _sample_problems(replies: Replies) -> list[str]:
    """Try each template, and look for promises in those that nobody reads before they go out."""
    problems = []
    unread = {one.name for one in replies.settings.reasons if one.send_without_approval}
    for key in replies.templates.templates:
        name = f"template {key.reason}.{key.tone}.{key.language}"
        for segment in ("", "a"):
            try:
                reply = replies.templates.render(key, sample_fields(replies, key, segment))
            except ValueError as error:
                problems.append(f"{name}, {error}")
                break
            marks = replies.never.marks(reply)
            if marks and (key.reason in unread or (key.reason == OTHER and unread)):
                problems.append(
                    f"{name}: sent without approval, and says {marks[0].words!r}, which a reply "
                    "must not promise"
                )
                break
    return problems
