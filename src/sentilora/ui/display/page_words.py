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
GROUP_COLUMN = "Column whose values stay together"
DATE_COLUMN = "Column with the dates"
DATE_ORDER = "How the dates are written"
SEGMENTS = "Columns to compare by"
SHOWN_COLUMNS = "Columns to show beside the text"
LABELS_WANTED = "Texts to label"
USE_LABELS = "The file has labels: use them instead of the model's answers"
LABEL_KIND = "What the labels are"
LABEL_NAMES = "Names of the labels, in order"
SKIP_ROWS = "Leave out rows that cannot be used"
APPROVE_MARKED = "Approve it although something is marked"
START_FROM = "Start from"
EPOCHS = "Epochs"
PRESET = "Preset"
NAME = "Name"
KIND = "Kind"
RESUME = "Resume"

ANY_TEXT = "Texts may be numbers, dates or single words"
SCALE = "Scale, from worst to best"

# What can stand in a label column, by the rating that is highest.
WORDS = "Names, or 0 and 1"
STARS = {5: "Stars from 1 to 5", 10: "Stars from 1 to 10"}
OTHER_SCALE = "Ratings on another scale"

READING = "How the file is read"
READING_BOXES = {
    "encoding": "Encoding",
    "delimiter": "Between two fields stands",
    "quoting": "Quotes",
    "header": "The first line",
    "columns": "Names of the columns, in order",
    "skip_lines": "Lines above it to pass over",
    "sheet": "Sheet, by name or number",
}
READING_CHOICES: dict[str, dict[str, str]] = {
    "delimiter": {",": "a comma", ";": "a semicolon", "tab": "a tab", "|": "a bar"},
    "quoting": {"csv": "hold a field together", "none": "are plain text"},
    "header": {"first": "holds the names of the columns", "none": "is a row like the others"},
}


def order_words(order: str | None) -> str:
    """Write an order of day, month and year, such as ``day-first``."""
    return "the file tells" if order is None else order.replace("-", " ")


# What stands for a name in the advice of other front ends.
_PLACEHOLDERS = ("COL", "COLUMN", "DIR", "FILE", "FOLDER", "NAME")


@dataclass(frozen=True)
class PageWords:
    """The words of the pages; a box has the same name on all of them.

    Attributes:
        boxes: labels of the boxes, by the name of the setting.
        choices: what stands in a box for a value, by the name of the setting.
    """

    boxes: Mapping[str, str]
    choices: Mapping[str, Mapping[Any, str]]

    def setting(self, name: str, value: Any) -> str:
        """Write the box and what to choose in it; a setting without a box by its name."""
        box = self.boxes.get(name)
        words = f"the setting “{name.replace('_', ' ')}”" if box is None else f"“{box}”"
        if value is None or value is True or value in _PLACEHOLDERS:
            return words
        known = self.choices.get(name, {})
        shown = known.get(value) if isinstance(value, str | int) else None
        return f"{words} ({shown or shell_value(value)})"

    def command(self, name: str, arguments: Sequence[Any], options: Mapping[str, Any]) -> str:
        """Name the button; what has none is typed beside the server of the page."""
        if name == "train" and "resume" in options:
            return f"the button “{RESUME}”"
        return shell_command(name, arguments, options)


PAGE = PageWords(
    {
        "text": TEXT_COLUMN,
        "label": LABEL_COLUMN,
        "group": GROUP_COLUMN,
        "date": DATE_COLUMN,
        "date_order": DATE_ORDER,
        "segments": SEGMENTS,
        "rows": LABELS_WANTED,
        "labels": LABEL_NAMES,
        "stars": LABEL_KIND,
        "scale": SCALE,
        "any_text": ANY_TEXT,
        "skip_bad_rows": SKIP_ROWS,
        "base": START_FROM,
        "start_from": START_FROM,
        "epochs": EPOCHS,
        "preset": PRESET,
        "name": NAME,
        "to": KIND,
        "force": APPROVE_MARKED,
        **{name: f"{READING}: {box}" for name, box in READING_BOXES.items()},
    },
    {
        "stars": STARS,
        "date_order": {
            order: order_words(order) for order in ("day-first", "month-first", "year-first")
        },
        **READING_CHOICES,
    },
)
