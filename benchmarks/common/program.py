"""What each program that measures has: a command line, and a record of what it found."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parents[1] / "results"


def make_parser(name: str, text: str | None) -> argparse.ArgumentParser:
    """Make the parser of ``python -m benchmarks.NAME``, whose help is the text as it stands."""
    return argparse.ArgumentParser(
        prog=f"python -m benchmarks.{name}",
        description=text,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def write_record(record: Mapping[str, Any], path: Path) -> None:
    """Replace a record, so that a program that is stopped leaves a whole one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(json.dumps(record, indent=2, default=str) + "\n", encoding="utf-8")
    partial.replace(path)
