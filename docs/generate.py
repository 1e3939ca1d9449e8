"""Write what the docs say about commands, settings, presets and bases, from the code itself.

python docs/generate.py            rewrite commands.md, openapi.json, insights.schema.json, and the
                                   tables in training.md
python docs/generate.py --check    write nothing; exit 1 when a page is stale
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

DOCS = Path(__file__).resolve().parent
COMMANDS = DOCS / "commands.md"
TRAINING = DOCS / "training.md"
OPENAPI = DOCS / "openapi.json"
INSIGHTS = DOCS / "insights.schema.json"

WIDTH = 100
# A terminal, a CI or a user may ask for colours and widths; the pages must not depend on them.
FIXED = {"COLUMNS": str(WIDTH), "LINES": "50", "NO_COLOR": "1", "TERM": "dumb"}
DROPPED = ("FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS", "TERMINAL_WIDTH", "CLICOLOR_FORCE")

COMMANDS_INTRO = """# Commands

These are the help pages of all commands. `python docs/generate.py` writes this file.

What holds for every command:

- Results go to stdout; progress, notes and errors go to stderr. So results can be piped.
- `--json` prints the result as JSON.
- The exit code is 0 when the work is done, 1 when it failed, 2 when a command or a setting was
  wrong, and 130 when you stopped it with Ctrl-C.
- An error says what happened, what was expected and what to type next. For a traceback, put
  `--debug` before the command: `sentilora --debug train reviews.csv`.
- DATA is a file, a folder, the id of a hub data set, or `sample`; [data.md](data.md) says more.
- RUN is a run folder, its `model/`, or an export; [run-folder.md](run-folder.md) says more. Or it
  is `general`, the model that ships with the package; see [general.md](general.md).
"""

# Where the page says more about a setting.
LINKS = {
    "preset": "; see [presets](#presets)",
    "training.precision": "; see [precision](#precision)",
}

SECTIONS = {
    "": "Top of the file",
    "data": "[data]",
    "text": "[text]",
    "lora": "[lora]",
    "training": "[training]",
    "pairs": "[pairs]",
    "corrections": "[corrections]",
    "report": "[report]",
}


def main(arguments: list[str]) -> int:
    """Write the pages, or check them; return the exit code."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    pages = {
        COMMANDS: commands_page(),
        TRAINING: training_page(),
        OPENAPI: openapi_page(),
        INSIGHTS: insights_page(),
    }
    stale = [path for path, text in pages.items() if _read(path) != text]
    if arguments:
        for path in stale:
            sys.stderr.write(f"docs/{path.name} is stale. Run: python docs/generate.py\n")
        return 1 if stale else 0
    for path in stale:
        path.write_text(pages[path], encoding="utf-8")
        sys.stdout.write(f"wrote docs/{path.name}\n")
    return 0


def commands_page() -> str:
    """Return the help page of the program and of each command."""
    # Before typer is imported: it reads some of these only then.
    os.environ.update(FIXED)
    for name in DROPPED:
        os.environ.pop(name, None)
    import typer
    from typer.testing import CliRunner

    from sentilora.cli.app import app

    runner = CliRunner()

    def help_of(*command: str) -> str:
        result = runner.invoke(app, [*command, "--help"], prog_name="sentilora")
        if result.exit_code != 0:
            raise SystemExit(f"no help for {command}: {result.output}") from result.exception
        lines = [line.rstrip() for line in result.stdout.splitlines()]
        text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
        title = " ".join(["sentilora", *command])
        return f"## {title}\n\n```text\n{text}\n```\n"

    pages = [COMMANDS_INTRO, help_of()]
    for name, command in typer.main.get_command(app).commands.items():
        pages.append(help_of(name))
        pages += [help_of(name, inner) for inner in getattr(command, "commands", ())]
    return "\n".join(pages)


def training_page() -> str:
    """Return docs/training.md with its generated blocks renewed."""
    text = _read(TRAINING)
    blocks = {"settings": settings_tables, "presets": presets_table, "bases": bases_table}
    for name, make in blocks.items():
        begin, end = f"<!-- begin: {name} -->\n", f"<!-- end: {name} -->"
        if text.count(begin) != 1 or text.count(end) != 1:
            raise SystemExit(f"docs/{TRAINING.name} needs one '{begin.strip()}' and one '{end}'")
        before, rest = text.split(begin)
        _, after = rest.split(end)
        text = f"{before}{begin}\n{make()}\n\n{end}{after}"
    return text


def openapi_page() -> str:
    """Return the description of the server, with its default limits and no key."""
    from sentilora.serving.http.asgi_app import build_app

    return json.dumps(build_app(None).openapi(), indent=2, ensure_ascii=False) + "\n"


def insights_page() -> str:
    """Return the JSON Schema of ``insights.json``."""
    from sentilora.insights.insight_report import InsightReport

    return json.dumps(InsightReport.model_json_schema(), indent=2, ensure_ascii=False) + "\n"


def settings_tables() -> str:
    """Return a table of each section of RunConfig."""
    from pydantic import BaseModel

    from sentilora.config import RunConfig

    sections: dict[str, Any] = {"": RunConfig}
    for name, field in RunConfig.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            sections[name] = field.annotation
    parts = []
    for section, model in sections.items():
        rows = [
            _setting(f"{section}.{name}" if section else name, name, field)
            for name, field in model.model_fields.items()
            if section or name not in sections
        ]
        heading = f"**`{SECTIONS[section]}`**" if section else f"**{SECTIONS[section]}**"
        parts.append(f"{heading}\n\n{_table(['setting', 'default', 'may be', 'meaning'], rows)}")
    return "\n\n".join(parts)


def presets_table() -> str:
    """Return what each preset decides."""
    from sentilora.config import PRESETS

    names = list(next(iter(PRESETS.values())))
    rows = [[f"`{name}`", *[f"{preset[x]:,}" for x in names]] for name, preset in PRESETS.items()]
    headings = {
        "max_tokens": "tokens read per text",
        "epochs": "epochs",
        "min_steps": "updates to reach",
        "max_epochs": "epochs at most",
    }
    return _table(["preset", *[headings[name] for name in names]], rows)


def bases_table() -> str:
    """Return the named bases."""
    from sentilora.model.bases.known_bases import BASES

    rows = [
        [
            f"`{base.name}`",
            f"`{base.hub_id}`",
            f"{base.parameters_m:.0f} M",
            f"{base.max_tokens:,}",
            base.licence,
            base.note,
        ]
        for base in BASES.values()
    ]
    return _table(["name", "hub id", "weights", "longest text", "licence", "note"], rows)


def _setting(key: str, name: str, field: Any) -> list[str]:
    if field.description is None:
        raise SystemExit(f"the setting {key} has no meaning: give its Field a description")
    default = field.get_default(call_default_factory=True)
    shown = "–" if default in (None, "") else f"`{_toml(default)}`"
    return [f"`{name}`", shown, _values(field), field.description + LINKS.get(key, "")]


def _values(field: Any) -> str:
    """Say what a setting may be: ``whole number, from 1, to 512``."""
    from sentilora.section import without_none

    kind = without_none(field.annotation)
    if get_origin(kind) is Literal:
        return ", ".join(f"`{_toml(value)}`" for value in get_args(kind))
    if get_origin(kind) is dict:
        return "table of names"
    if get_origin(kind) is list:
        inner = get_args(kind)[0]
        names = [f"`{_toml(value)}`" for value in get_args(inner)]
        return f"list of {', '.join(names)}" if names else "list of names"
    called = {bool: "`true`, `false`", int: "whole number", float: "number", str: "text"}[kind]
    words = {"ge": "from", "gt": "above", "le": "to", "lt": "below"}
    limits = {
        word: getattr(one, word)
        for one in field.metadata
        for word in words
        if getattr(one, word, None) is not None
    }
    told = " and ".join(f"{words[word]} {limits[word]:,}" for word in words if word in limits)
    return f"{called} {told}".replace(" and to ", " to ").strip()


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(_toml(one) for one in value)}]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _table(headings: list[str], rows: list[list[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
