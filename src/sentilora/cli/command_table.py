"""Which command lives where. Bodies import what they need when they run."""

from __future__ import annotations

import typer

from sentilora.cli.commands import (
    adapt_command,
    app_command,
    bases_command,
    check_command,
    evaluate_command,
    export_command,
    insights_command,
    label_command,
    pairs_command,
    predict_command,
    runs_command,
    serve_command,
    train_command,
)
from sentilora.cli.commands.live import (
    correct_command,
    forget_command,
    monitor_command,
    promote_command,
    replies_command,
)
from sentilora.cli.setting_options import ReadingCommand


def add_to(app: typer.Typer) -> None:
    """Register every command."""
    app.command(epilog=train_command.EXAMPLE, cls=train_command.TrainCommand)(train_command.train)
    app.command(epilog=predict_command.EXAMPLE, cls=predict_command.PredictCommand)(
        predict_command.predict
    )
    app.command(epilog=evaluate_command.EXAMPLE, cls=ReadingCommand)(evaluate_command.evaluate)
    app.command(epilog=check_command.EXAMPLE, cls=ReadingCommand)(check_command.check)
    app.command(epilog=adapt_command.EXAMPLE, cls=adapt_command.AdaptCommand)(adapt_command.adapt)
    app.command(epilog=pairs_command.EXAMPLE, cls=ReadingCommand)(pairs_command.pairs)
    app.command(epilog=insights_command.EXAMPLE, cls=ReadingCommand)(insights_command.insights)
    app.command(epilog=label_command.EXAMPLE, cls=ReadingCommand)(label_command.label)
    app.command(epilog=monitor_command.EXAMPLE)(monitor_command.monitor)
    app.command(epilog=forget_command.EXAMPLE)(forget_command.forget)
    app.add_typer(replies_command.app)
    app.command(epilog=correct_command.EXAMPLE)(correct_command.correct)
    app.command(epilog=promote_command.EXAMPLE)(promote_command.promote)
    app.command(epilog=export_command.EXAMPLE, cls=ReadingCommand)(export_command.export)
    app.command(epilog=serve_command.EXAMPLE)(serve_command.serve)
    app.command("app", epilog=app_command.EXAMPLE)(app_command.open_app)
    app.command(epilog=bases_command.EXAMPLE)(bases_command.bases)
    app.command(epilog=runs_command.EXAMPLE)(runs_command.runs)
