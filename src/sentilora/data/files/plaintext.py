"""Plain text files: one text a line, UTF-8, blank lines passed over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sentilora.data.files.streams import CHUNK_ROWS, Chunk, ChunkBuilder, open_bytes
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

    def __init__(self, path: Path, name: str) -> None:
        if not path.is_file():
            raise DataError(f"{name} does not exist. Expected a file of texts, one a line.")
        self.path = path
        self.name = name
        self.files: tuple[Path, ...] = (path,)
        with open_bytes(path, name):
            pass

    def class_names(self, column: str) -> None:
        """Return None: there are no labels."""

    def chunks(
        self, columns: Sequence[str], problems: Problems, *, rows: int = CHUNK_ROWS
    ) -> Iterator[Chunk]:
        """Iterate the lines in chunks; lines that are not UTF-8 become problems."""
        builder = ChunkBuilder(columns, rows)
        row = 0
        with open_bytes(self.path, self.name) as stream:
            for number, line in enumerate(stream, start=1):
                raw = (line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line).strip()
                if not raw:
                    continue
                row += 1
                try:
                    text = raw.decode("utf-8")
                except UnicodeDecodeError as error:
                    where = f"line {number}, byte {error.start + 1}"
                    problems.add_row(row, "broken encoding (not UTF-8)", where)
                    continue
                if (full := builder.add(row, [text] * len(columns))) is not None:
                    yield full
        if (rest := builder.rest()) is not None:
            yield rest


def is_plain_text(path: Path) -> bool:
    """Tell whether a file name ends like a plain text file."""
    return path.name.lower().endswith(ENDINGS)
