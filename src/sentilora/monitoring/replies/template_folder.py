"""Reads a folder of templates; all that is wrong with them is told, with file and line."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from jinja2 import Template, TemplateSyntaxError

from sentilora.monitoring.replies.reply_templates import (
    ENDING,
    OTHER,
    ReplyTemplates,
    Sandbox,
    TemplateKey,
    sandbox,
)
from sentilora.monitoring.replies.template_faults import faults_of

_MOST_TEMPLATE = 20_000  # characters of a file
_MOST_FILES = 500


def read_templates(
    folder: Path,
    language: str,
    tones: Collection[str],
    fields: Collection[str],
    segments: Collection[str],
    problems: list[str],
) -> ReplyTemplates:
    """Read all templates below a folder.

    Args:
        folder: folder with files ``REASON.TONE.LANGUAGE.txt``, at any depth.
        language: language that has to be there.
        tones: tones that each language has to have for ``other``.
        fields: names that templates may use.
        segments: names of segments that they may use.
        problems: list that what is wrong is added to.
    """
    made = sandbox()
    found: dict[TemplateKey, Template] = {}
    seen: set[TemplateKey] = set()
    paths = sorted(folder.rglob(f"*{ENDING}")) if folder.is_dir() else []
    if not paths:
        problems.append(f"{folder}: no templates; expected files such as other.warm.en{ENDING}")
    if len(paths) > _MOST_FILES:
        problems.append(f"{folder}: {len(paths):,} templates; {_MOST_FILES} at most")
    for path in paths[:_MOST_FILES]:
        parts = path.name.removesuffix(ENDING).split(".")
        if len(parts) != 3 or not all(parts):
            problems.append(f"{path}: expected a name such as delivery.warm.en{ENDING}")
            continue
        key = TemplateKey(*parts)
        if key in seen:
            problems.append(f"{path}: there is another one of this name in {folder}")
        seen.add(key)
        template = _read_template(made, path, fields, segments, problems)
        if template is not None:
            found[key] = template
    if paths:
        for needed in sorted({language, *(key.language for key in seen)}):
            missing = [tone for tone in tones if TemplateKey(OTHER, tone, needed) not in seen]
            problems += [f"{folder}: no {OTHER}.{tone}.{needed}{ENDING}" for tone in missing]
    return ReplyTemplates(found, language)


def _read_template(
    made: Sandbox,
    path: Path,
    fields: Collection[str],
    segments: Collection[str],
    problems: list[str],
) -> Template | None:
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{path}: cannot be read: {error}")
        return None
    if len(source) > _MOST_TEMPLATE:
        problems.append(f"{path}: {len(source):,} characters; {_MOST_TEMPLATE:,} at most")
        return None
    try:
        tree = made.parse(source)
        faults = list(faults_of(tree, fields, segments))
        if faults:
            problems += [f"{path}, line {line}: {what}" for line, what in faults]
            return None
        return made.from_string(source)
    except TemplateSyntaxError as error:
        problems.append(f"{path}, line {error.lineno}: {error.message}")
    except (RecursionError, MemoryError, SyntaxError, ValueError, OverflowError):
        problems.append(f"{path}: too deeply nested, or a number that is none")
    return None
