"""An insights report as files: written into a folder, and read again.

``insights.json`` holds the whole report, typed and with the number of its format; the two others
are made of it alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from sentilora.errors import DataError
from sentilora.files import path_of, write_atomically
from sentilora.insights.insight_report import FORMAT, InsightReport
from sentilora.insights.report.insights_html import render_insights_html
from sentilora.insights.report.insights_markdown import render_insights_markdown
from sentilora.message import command

JSON_FILE, HTML_FILE, MARKDOWN_FILE = "insights.json", "insights.html", "insights.md"
_SHOWN = 5  # problems of a file


def write_insights(report: InsightReport, folder: Path) -> None:
    """Write a report in its three forms; a file that is there is replaced.

    Raises:
        DataError: a file cannot be written.
    """
    forms: dict[str, Callable[[InsightReport], str]] = {
        JSON_FILE: insights_json,
        MARKDOWN_FILE: render_insights_markdown,
        HTML_FILE: render_insights_html,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, render in forms.items():
            write_atomically(folder / name, render(report))
    except OSError as error:
        raise DataError(
            f"The report cannot be written to {folder}: {error.strerror or error}. Choose another "
            "folder."
        ) from error


def insights_json(report: InsightReport) -> str:
    """Return the whole of ``insights.json``."""
    return report.model_dump_json(indent=2) + "\n"


def read_insights(path: str | Path) -> InsightReport:
    """Read ``insights.json``, or the one in a folder.

    Args:
        path: path of the file, or of the folder that holds it.

    Raises:
        DataError: it is not there, is no such file, or is of a later version.
        ConfigError: it can be no path.
    """
    file = path_of(path)
    if file.is_dir():
        file /= JSON_FILE
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise DataError(
            f"There is no insights report at {file}. Expected {JSON_FILE}, or the folder that a "
            f"report was written to. {_MAKE_ONE}"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{file} cannot be read: {_reason(error)}. {_EXPECTED}") from error
    return _parsed(text, file)


_MAKE_ONE = f"Make one with: {command('insights', 'general', 'DATA')}"
_EXPECTED = f"Expected {JSON_FILE} as it was written. {_MAKE_ONE}"


def _parsed(text: str, file: Path) -> InsightReport:
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise DataError(f"{file} is no JSON: {error}. {_EXPECTED}") from error
    if not isinstance(raw, dict) or "format" not in raw:
        raise DataError(f"{file} has no 'format', so it is no insights report. {_EXPECTED}")
    if raw["format"] != FORMAT:
        raise DataError(
            f"{file} has format {raw['format']!r}, and this version reads {FORMAT}. Read it with "
            f"the version that wrote it. {_MAKE_ONE}"
        )
    try:
        return InsightReport.model_validate_json(text)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        told = [f"  {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in found[:_SHOWN]]
        more = [f"  and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
        lines = "\n".join([*told, *more])
        raise DataError(f"{file} is no whole insights report:\n{lines}\n{_EXPECTED}") from error


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)
