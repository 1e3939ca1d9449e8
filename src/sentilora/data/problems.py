"""What is wrong with one source of data, collected so that a user sees all of it at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sentilora.errors import DataError, several
from sentilora.message import Message, setting

SHOWN_ROWS = 10
_SKIP_HINT = (
    f"Leave bad rows out with {setting('skip_bad_rows', True)}; they are counted, and a "
    "training writes them beside the run."
)


@dataclass(frozen=True)
class RowProblem:
    """A row that cannot be used.

    Attributes:
        row: number of the data row, from 1; a header and blank lines are not counted.
        problem: reason why the row cannot be used, in words for the user.
    """

    row: int
    problem: str


class Problems:
    """The problems of one source: those of the whole, and those of its rows by kind.

    Attributes:
        source: name that the user knows the source by.
        keeps_rows: whether to remember every bad row, not only the first of each kind.
        whole: problems of the source as a whole, for which no row can be blamed.
        where: function that says in which line of the file a row stands; None where rows are not
            counted in lines.
        encoding: encoding that the rows are read with.
        may_skip: whether leaving bad rows out is to be advised.
    """

    def __init__(self, source: str, *, keeps_rows: bool = False) -> None:
        self.source = source
        self.keeps_rows = keeps_rows
        self.whole: list[str] = []
        self.where: Callable[[int], str] | None = None
        self.encoding = "UTF-8"
        self.may_skip = True
        self._counts: dict[str, int] = {}
        self._shown: dict[str, list[tuple[int, str]]] = {}
        self._kept: dict[int, str] = {}

    def add(self, problem: str) -> None:
        """Note a problem of the whole source."""
        self.whole.append(problem)

    def add_row(self, row: int, kind: str, detail: str = "") -> None:
        """Note that a row has a problem of some kind; one row may have several."""
        kind = kind.replace("(not UTF-8)", f"(not {self.encoding})")
        count = self._counts[kind] = self._counts.get(kind, 0) + 1
        if count <= SHOWN_ROWS:
            self._shown.setdefault(kind, []).append((row, self._placed(row, detail)))
        if self.keeps_rows:
            problem = f"{kind}: {detail}" if detail else kind
            before = self._kept.get(row)
            self._kept[row] = f"{before}; {problem}" if before else problem

    def _placed(self, row: int, detail: str) -> str:
        if self.where is None or detail.startswith("line"):
            return detail
        return f"{self.where(row)}: {detail}" if detail else self.where(row)

    @property
    def rows(self) -> tuple[RowProblem, ...]:
        """The bad rows in order; empty unless ``keeps_rows``."""
        return tuple(RowProblem(row, Message(why)) for row, why in sorted(self._kept.items()))

    @property
    def kinds(self) -> dict[str, tuple[int, list[int]]]:
        """How often each kind of bad row was met, and the first row numbers."""
        return {
            Message(kind): (count, [row for row, _ in self._shown[kind]])
            for kind, count in self._counts.items()
        }

    def row_lines(self) -> list[str]:
        """Describe the bad rows, one line a kind, the first rows named."""
        lines = []
        for kind, count in self._counts.items():
            more = f", and {count - SHOWN_ROWS:,} more" if count > SHOWN_ROWS else ""
            shown = [f"row {n} ({why})" if why else f"row {n}" for n, why in self._shown[kind]]
            lines.append(f"{kind}: {', '.join(shown)}{more}")
        return lines


def raise_if_any(
    several_problems: Sequence[Problems], failures: Sequence[str] = (), *, hint: str = _SKIP_HINT
) -> None:
    """Raise one error for all that stops the reading.

    Bad rows stop it unless they are kept aside (``keeps_rows``). ``failures`` are whole messages of
    sources that could not be opened at all; ``hint`` tells what to do about bad rows.

    Raises:
        DataError: there is at least one such problem.
    """
    found: list[tuple[str, str]] = []
    has_bad_rows, may_skip = False, True
    for problems in several_problems:
        lines = list(problems.whole)
        if not problems.keeps_rows:
            lines += problems.row_lines()
            has_bad_rows = has_bad_rows or bool(problems.kinds)
            may_skip = may_skip and problems.may_skip
        found += [(problems.source, line) for line in lines]
    sources = list(dict.fromkeys(source for source, _ in found))
    if not found and not failures:
        return
    if len(sources) == 1 and not failures:
        message = several(sources[0], [line for _, line in found])
    elif len(failures) == 1 and not found:
        message = failures[0]
    else:
        lines = [*failures, *(f"{source}: {line}" for source, line in found)]
        message = several("the data", lines)
    raise DataError(f"{message}\n{hint}" if has_bad_rows and may_skip else message)


def quoted(names: Sequence[str], limit: int = 20) -> str:
    """List names in quotes, long ones cut, at most ``limit`` of them."""
    if not names:
        return "nothing"
    shown = ", ".join(f"'{shortened(name)}'" for name in names[:limit])
    return f"{shown}, and {len(names) - limit} more" if len(names) > limit else shown


def with_rows(counts: Iterable[tuple[str, int]]) -> str:
    """List values with how many rows each has: ``'odd' (1 row)``, ``'often' (1,200 rows)``."""
    told = [
        f"'{shortened(value)}' ({count:,} {'row' if count == 1 else 'rows'})"
        for value, count in counts
    ]
    more = f", and {len(told) - SHOWN_ROWS:,} more" if len(told) > SHOWN_ROWS else ""
    return f"{', '.join(told[:SHOWN_ROWS])}{more}"


def doubled_names(names: Iterable[str]) -> str:
    """Say which names of columns occur twice, and what to do; nothing where none does."""
    doubled = sorted(name for name, count in Counter(names).items() if count > 1)
    if not doubled:
        return ""
    return f"column names that occur twice: {quoted(doubled)}. Give each column its own name."


def shown_value(value: object) -> str:
    """Quote a value of a row for a message; nothing is said of an empty one."""
    return "" if value is None or value == "" else f"'{shortened(str(value))}'"


def shortened(text: str, limit: int = 40) -> str:
    """Cut a text so that it fits into a message."""
    text = text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\0")
    text = text.replace("\n", "\\n").replace("\r", "\\r")
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
