"""What the command tells the pages: the model to begin with, and where runs, exports and texts lie.

It goes through the environment, because Streamlit runs the pages as a script of its own.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sentilora.samples import GENERAL

PORT = 8501
MAX_UPLOAD_MB = 200
NOT_SURE = "not sure"  # stands for a label where the score is too low, or nothing is known

RUN = "SENTILORA_APP_RUN"
RUNS = "SENTILORA_APP_RUNS"
EXPORTS = "SENTILORA_APP_EXPORTS"
STORE = "SENTILORA_APP_STORE"


@dataclass(frozen=True)
class AppSettings:
    """What the pages work on.

    Attributes:
        run: the model to begin with, as :func:`sentilora.load` takes it.
        runs: folder with run folders; trainings go there, too.
        exports: folder with exports.
        store: store of a monitor: SQLite file, or address of a PostgreSQL database.
    """

    run: str = GENERAL
    runs: Path = Path("runs")
    exports: Path = Path("exports")
    store: str = "feedback.db"

    def to_environment(self) -> dict[str, str]:
        """Return the variables that :func:`read_app_settings` reads."""
        return {
            RUN: self.run,
            RUNS: str(self.runs),
            EXPORTS: str(self.exports),
            STORE: self.store,
        }


def read_app_settings() -> AppSettings:
    """Read the settings from the environment."""
    default = AppSettings()
    return AppSettings(
        run=os.environ.get(RUN, default.run),
        runs=Path(os.environ.get(RUNS, default.runs)),
        exports=Path(os.environ.get(EXPORTS, default.exports)),
        store=os.environ.get(STORE, default.store),
    )
