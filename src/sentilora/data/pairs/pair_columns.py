"""Which kind of pairs a file holds, and which of its columns is what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sentilora.data.columns import match_column
from sentilora.data.pairs.preference_pairs import GRADED, LABELS, Kind
from sentilora.data.problems import Problems, doubled_names, quoted
from sentilora.errors import ConfigError
from sentilora.message import command, setting

REQUIRED: dict[Kind, tuple[str, ...]] = {
    GRADED: ("text_preferred", "text_other"),
    LABELS: ("text", "chosen", "rejected"),
}
OPTIONAL: dict[Kind, tuple[str, ...]] = {
    GRADED: ("margin", "rating_preferred", "rating_other", "weight"),
    LABELS: ("weight",),
}
_TELLING: dict[Kind, tuple[str, ...]] = {GRADED: REQUIRED[GRADED], LABELS: ("chosen", "rejected")}


@dataclass(frozen=True)
class PairColumns:
    """The columns that are read.

    Attributes:
        kind: kind of the pairs.
        names: column of each role; optional roles only where there is such a column.
    """

    kind: Kind
    names: Mapping[str, str]

    @property
    def used(self) -> tuple[str, ...]:
        """The columns, each once."""
        return tuple(dict.fromkeys(self.names.values()))


def parse_pair_columns(text: str | None) -> dict[str, str]:
    """Read ``text_preferred=a,text_other=b`` as given on the command line.

    Raises:
        ConfigError: it has another form.
    """
    named = {}
    for item in text.split(",") if text else ():
        role, is_given, name = item.partition("=")
        if not is_given or not name.strip():
            raise ConfigError(
                f"{setting('pairs_columns', text)}: expected names such as "
                "text_preferred=COL,text_other=COL"
            )
        named[role.strip()] = name.strip()
    return named


def choose_pair_columns(
    names: Sequence[str], asked: Mapping[str, str], problems: Problems
) -> PairColumns | None:
    """Decide the kind and all columns; what hinders that is noted, and None returned.

    Args:
        names: names of the columns of the file.
        asked: column of each role that is not called like its role.
        problems: collects what is wrong with the file.
    """
    if doubled := doubled_names(names):
        problems.add(doubled)
    for role, column in asked.items():
        if match_column(names, column) not in names:
            problems.add(f"no column '{column}' for {role}. Found: {quoted(names)}.")
    if problems.whole:
        return None
    roles = dict.fromkeys(role for kind in REQUIRED for role in (*REQUIRED[kind], *OPTIONAL[kind]))
    found = {role: match_column(names, asked.get(role, role)) for role in roles}
    there = {role: name for role, name in found.items() if name in names}
    kinds = [kind for kind, telling in _TELLING.items() if any(role in there for role in telling)]
    if len(kinds) != 1:
        problems.add(_both(there) if kinds else _neither(names))
        return None
    return _complete(kinds[0], names, asked, there, problems)


def _complete(
    kind: Kind,
    names: Sequence[str],
    asked: Mapping[str, str],
    there: Mapping[str, str | None],
    problems: Problems,
) -> PairColumns | None:
    missing = [role for role in REQUIRED[kind] if role not in there]
    if missing:
        problems.add(
            f"{kind} need the columns {', '.join(REQUIRED[kind])}; missing: {', '.join(missing)}. "
            f"Found: {quoted(names)}. {_advice(missing)}"
        )
    wanted = (*REQUIRED[kind], *OPTIONAL[kind])
    foreign = sorted(role for role in asked if role not in wanted)
    if foreign:
        problems.add(f"{kind} have no {', '.join(foreign)}. They have {', '.join(wanted)}.")
    if problems.whole:
        return None
    chosen = {role: name for role in wanted if (name := there.get(role)) is not None}
    return PairColumns(kind, _with_one_margin(chosen))


def _with_one_margin(names: dict[str, str]) -> dict[str, str]:
    """Keep the ratings only where there is no margin, and only as two."""
    has_ratings = "rating_preferred" in names and "rating_other" in names
    if "margin" not in names and has_ratings:
        return names
    return {role: name for role, name in names.items() if not role.startswith("rating_")}


def _both(there: Mapping[str, str | None]) -> str:
    found = [str(there[role]) for telling in _TELLING.values() for role in telling if role in there]
    return (
        f"holds both kinds of pairs: {quoted(found)}. Expected {_kinds()}. "
        "Write each kind to a file of its own."
    )


def _neither(names: Sequence[str]) -> str:
    return (
        f"holds no pairs. Found: {quoted(names)}. Expected {_kinds()}. "
        f"{_advice(REQUIRED[GRADED])}. Build pairs from ratings with: "
        f"{command('pairs', 'DATA', rating='COL')}"
    )


def _kinds() -> str:
    return " or ".join(f"{', '.join(roles)} ({kind})" for kind, roles in REQUIRED.items())


def _advice(roles: Sequence[str]) -> str:
    names = dict.fromkeys(roles, "NAME")
    return f"If they have other names: {setting('pairs_columns', names)}"
