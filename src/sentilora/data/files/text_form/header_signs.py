"""Signs by which a header is told from a title, from a row, and from what survey tools write.

Survey tools write further lines below the names: SurveyMonkey one with the kinds of answers
(``Response``, ``Open-Ended Response``), Qualtrics two, with the questions and with import ids.
"""

from __future__ import annotations

from collections.abc import Sequence

from sentilora.data.columns import LABEL_NAMES, TEXT_NAMES
from sentilora.data.files.streams import number_of
from sentilora.data.files.text_form.csv_dialect import Trial
from sentilora.labels import canonical_sentiment

_IMPORT_ID = '"ImportId"'
_ANSWER_KINDS = ("response", "open-ended response")
_FEW = 0.5  # share of rows, at most, that are different where values recur
_MOST = 0.9
_MANY_WORDS = 5  # more than a name of a column has
_FEW_ROWS = 20  # so few that hardly a value of theirs is there twice

Rows = Sequence[Sequence[str]]


def title_count(trial: Trial) -> int:
    """Return how many of the first records are titles above the header."""
    first = trial.first
    if trial.width < 2 or trial.share(first) < _MOST or len(trial.records) - first < 2:
        return 0
    for one in trial.records[:first]:
        cells = [cell for cell in one.fields if cell.strip()]
        if len(cells) > trial.width // 2 or any(_is_known(cell) for cell in cells):
            return 0
    return first


def lone_count(rows: Rows) -> int:
    """Return how many of the first rows are titles of one cell above a table of several columns."""
    widths = [sum(bool(cell.strip()) for cell in row) for row in rows]
    count = next((place for place, width in enumerate(widths) if width > 1), 0)
    below = widths[count:]
    if len(below) < 2 or sum(width > 1 for width in below) < _MOST * len(below):
        return 0
    return 0 if any(_is_known(cell) for row in rows[:count] for cell in row) else count


def subheader_count(names: Sequence[str], rows: Rows) -> int:
    """Return how many of the first rows belong to the header, as survey tools write them."""
    for count, row in enumerate(rows[:3], start=1):
        cells = [cell for cell in row if cell.strip()]
        if cells and sum(_IMPORT_ID in cell for cell in cells) * 2 > len(cells):
            return count
    if not rows or rows[0][0].strip() or not names[0].strip():
        return 0
    kinds = [cell.strip().casefold() for cell in rows[0] if cell.strip()]
    later = {cell.strip().casefold() for row in rows[1:] for cell in row}
    return int(any(kind in _ANSWER_KINDS and kind not in later for kind in kinds))


def looks_like_row(names: Sequence[str], rows: Rows) -> bool:
    """Tell whether a first line is a row: it has the values of rows, or numbers above numbers."""
    if not rows or any(_is_known(name) for name in names):
        return False
    if list(names) in (_counted(names, 0), _counted(names, 1)):
        return False  # pandas numbers columns that have no names
    return any(
        _recurs(name, [row[place] for row in rows])
        or _is_number(name, [row[place] for row in rows])
        or _is_sentiment(name, [row[place] for row in rows])
        for place, name in enumerate(names)
    )


def may_be_row(names: Sequence[str], rows: Rows) -> bool:
    """Tell whether a first line may be a row, though nothing shows it."""
    if any(_is_known(name) for name in names):
        return False
    for place, name in enumerate(names):
        if number_of(name) is None and _are_numbers([row[place] for row in rows]):
            return False  # words above numbers are their name, be it a whole question
    words = max(len(name.split()) for name in names)
    many = _MANY_WORDS if len(rows) >= _FEW_ROWS else _MANY_WORDS // 2 + 1
    return words >= many or (len(names) == 1 and words > 1)


def likely_columns(rows: Rows, width: int) -> list[str]:
    """Return names for the columns of a file without a header: ``text``, ``label``, numbers."""
    columns = [[row[place].strip() for row in rows] for place in range(width)]
    words = [sum(len(cell.split()) for cell in column) for column in columns]
    text = max(range(width), key=lambda place: (words[place], len("".join(columns[place]))))
    names = [f"column{place}" for place in range(1, width + 1)]
    names[text] = "text"
    few = {
        place: len(set(column))
        for place, column in enumerate(columns)
        if place != text and 1 < len(set(column)) <= max(2, _FEW * len(column))
    }
    if few:
        names[min(few, key=lambda place: few[place])] = "label"
    return names


def _is_known(name: str) -> bool:
    return name.strip().casefold() in (*TEXT_NAMES, *LABEL_NAMES)


def _counted(names: Sequence[str], start: int) -> list[str]:
    return [str(number) for number in range(start, start + len(names))]


def _recurs(name: str, cells: Sequence[str]) -> bool:
    """Tell whether a name stands among the values below it, which are few."""
    name = name.strip()
    if not name or len(set(cells)) > _FEW * len(cells) + 1:
        return False
    return sum(cell.strip() == name for cell in cells) > (len(cells) >= _FEW_ROWS)


def _is_sentiment(name: str, cells: Sequence[str]) -> bool:
    """Tell whether a sentiment stands above sentiments."""
    filled = [cell for cell in cells if cell.strip()]
    found = sum(canonical_sentiment(cell) is not None for cell in filled)
    return canonical_sentiment(name) is not None and bool(found) and found >= _MOST * len(filled)


def _is_number(name: str, cells: Sequence[str]) -> bool:
    return number_of(name) is not None and _are_numbers(cells)


def _are_numbers(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    found = sum(number_of(cell) is not None for cell in filled)
    return bool(filled) and found >= _MOST * len(filled)
