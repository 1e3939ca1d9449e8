"""How the pages write settings and commands: by the names of their boxes and buttons.

Light to import: processes that a page starts tell their errors in these words, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sentilora.message import shell_command, shell_value

TEXT_COLUMN = "Column with the texts"
LABEL_COLUMN = "Column with the labels"
SKIP_ROWS = "Skip rows without a text"
SKIP_TRAINING_ROWS = "Leave out rows that cannot be used"
START_FROM = "Start from"
EPOCHS = "Epochs"
PRESET = "Preset"
KIND = "Kind"
RESUME = "Resume"

# What stands for a name in the advice of other front ends.
_PLACEHOLDERS = ("COL", "DIR", "FILE", "FOLDER", "NAME")


@dataclass(frozen=True)
class PageWords:
    """The words of a page.

    Attributes:
        boxes: labels of its boxes, by the name of the setting.
    """

    boxes: Mapping[str, str]

    def setting(self, name: str, value: Any) -> str:
        """Write the box and what to choose in it; a setting without a box by its name."""
        box = self.boxes.get(name)
        words = f"the setting “{name.replace('_', ' ')}”" if box is None else f"“{box}”"
        if value is None or value is True or value in _PLACEHOLDERS:
            return words
        return f"{words} ({shell_value(value)})"

    def command(self, name: str, arguments: Sequence[Any], options: Mapping[str, Any]) -> str:
        """Name the button; what has none is typed beside the server of the page."""
        if name == "train" and "resume" in options:
            return f"the button “{RESUME}”"
        return shell_command(name, arguments, options)


PAGE = PageWords(
    {"text": TEXT_COLUMN, "label": LABEL_COLUMN, "skip_bad_rows": SKIP_ROWS, "to": KIND}
)
TRAIN_PAGE = PageWords(
    {
        "text": TEXT_COLUMN,
        "label": LABEL_COLUMN,
        "skip_bad_rows": SKIP_TRAINING_ROWS,
        "base": START_FROM,
        "start_from": START_FROM,
        "epochs": EPOCHS,
        "preset": PRESET,
    }
)
