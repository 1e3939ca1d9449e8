"""The labels of a survey as a CSV: ``text`` and ``label``, which ``train`` reads, and the design.

``row`` is the position of the text in the data, from 0; ``weight`` is how many texts it stands for,
and ``group`` which texts were drawn with it, so that shares can be estimated from the file alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sentilora.errors import DataError
from sentilora.files import replacing_output
from sentilora.message import command

COLUMNS = ("text", "label", "row", "weight", "group")


@dataclass(frozen=True)
class LabelledText:
    """One text with the label that a person gave it.

    Attributes:
        text: the text.
        label: name of the label.
        row: position of the text in the data, from 0.
        weight: how many texts it stands for.
        group: group of texts that it was drawn from.
    """

    text: str
    label: str
    row: int
    weight: float
    group: int


def read_survey(path: Path) -> list[LabelledText]:
    """Read labels of a survey.

    Raises:
        DataError: there is no such file, or it is not one of a survey.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise _other(path, f"it has no column '{missing[0]}'")
            return [
                LabelledText(
                    row["text"],
                    row["label"],
                    int(row["row"]),
                    float(row["weight"]),
                    int(row["group"]),
                )
                for row in reader
            ]
    except FileNotFoundError as error:
        raise DataError(
            f"There is no file {path} with labels. Label texts with "
            f"{command('label', 'DATA', output=path)}"
        ) from error
    except OSError as error:
        raise _other(path, str(error.strerror)) from error
    except (ValueError, TypeError, csv.Error) as error:
        raise _other(path, str(error)) from error


def write_survey(path: Path, texts: Iterable[LabelledText]) -> None:
    """Write labels of a survey, all at once.

    Raises:
        DataError: the file cannot be written.
    """
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(COLUMNS)
    for one in texts:
        writer.writerow([one.text, one.label, one.row, f"{one.weight:.6g}", one.group])
    with replacing_output(path) as stream:
        stream.write(lines.getvalue().encode("utf-8"))


def _other(path: Path, why: str) -> DataError:
    return DataError(
        f"{path} holds no labels of a survey: {why}. Expected a file that "
        f"{command('label', 'DATA')} wrote."
    )
