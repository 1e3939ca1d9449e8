"""Which command lives where. Bodies import what they need when they run."""

from __future__ import annotations

import typer

from sentilora.cli import (
    adapt,
    app_command,
    bases,
    check,
    evaluate,
    export,
    pairs,
    predict,
    runs,
    serve,
    train,
)


def add_to(app: typer.Typer) -> None:
    """Register every command."""
    app.command(epilog=train.EXAMPLE)(train.train)
    app.command(epilog=predict.EXAMPLE)(predict.predict)
    app.command(epilog=evaluate.EXAMPLE)(evaluate.evaluate)
    app.command(epilog=check.EXAMPLE)(check.check)
    app.command(epilog=adapt.EXAMPLE)(adapt.adapt)
    app.command(epilog=pairs.EXAMPLE)(pairs.pairs)
    app.command(epilog=export.EXAMPLE)(export.export)
    app.command(epilog=serve.EXAMPLE)(serve.serve)
    app.command("app", epilog=app_command.EXAMPLE)(app_command.open_app)
    app.command(epilog=bases.EXAMPLE)(bases.bases)
    app.command(epilog=runs.EXAMPLE)(runs.runs)
