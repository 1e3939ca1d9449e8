"""Plain text files: one text a line, UTF-8, blank lines passed over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sentilora.data.files.read_options import TEXT, USUAL, Reading
from sentilora.data.files.streams import CHUNK_ROWS, Chunk, ChunkBuilder, broken_text, open_text
from sentilora.data.files.text_form.charset import find_encoding
from sentilora.data.problems import Problems
from sentilora.errors import DataError

ENDINGS = (".txt", ".txt.gz")
COLUMN = "text"


class PlainTextFile:
    """A table with the one column ``text``, a line each row.

    Raises:
        DataError: the file does not exist, cannot be opened, is empty or is not text.
    """

    names: tuple[str, ...] = (COLUMN,)
    doubt = ""

    def __init__(self, path: Path, name: str, reading: Reading = USUAL) -> None:
        reading.refuse_other_than(TEXT, name, "a file of texts, one a line")
        if not path.is_file():
            raise DataError(f"{name} does not exist. Expected a file of texts, one a line.")
        self.path = path
        self.name = name
        self.files: tuple[Path, ...] = (path,)
        self.encoding, self.notes = find_encoding(path, name, reading.encoding)

    def class_names(self, column: str) -> None:
        """Return None: there are no labels."""

    def chunks(
        self, columns: Sequence[str], problems: Problems, *, rows: int = CHUNK_ROWS
    ) -> Iterator[Chunk]:
        """Iterate the lines in chunks; lines with broken bytes become problems."""
        builder = ChunkBuilder(columns, rows)
        row = 0
        with open_text(self.path, self.name, encoding=self.encoding) as stream:
            for number, line in enumerate(stream, start=1):
                text = line.strip()
                if not text:
                    continue
                row += 1
                if (kind := broken_text(text)) is not None:
                    problems.add_row(row, kind, f"line {number}")
                    continue
                if (full := builder.add(row, [text] * len(columns))) is not None:
                    yield full
        if (rest := builder.rest()) is not None:
            yield rest


def is_plain_text(path: Path) -> bool:
    """Tell whether a file name ends like a plain text file."""
    return path.name.lower().endswith(ENDINGS)
