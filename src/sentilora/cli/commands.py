"""Which command lives where. Bodies import what they need when they run."""

from __future__ import annotations

import typer

from sentilora.cli import train


def add_to(app: typer.Typer) -> None:
    """Register every command."""
    app.command(epilog=train.EXAMPLE)(train.train)
