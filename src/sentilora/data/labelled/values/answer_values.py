"""Label values that answer a question: yes and no, true and false.

By themselves they say nothing about sentiment; what they answer stands in the name of the column.
Where that is a good thing (``recommended``), yes is positive; of any other the user has to say it.

Not covered: answers in other languages than English.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sentilora.data.labelled.values.label_numbers import sign_of_column
from sentilora.data.labelled.values.label_spellings import fold
from sentilora.data.labelled.values.meanings import Meanings
from sentilora.labels import BINARY, Labels
from sentilora.message import setting

_PAIRS = (("false", "true"), ("no", "yes"), ("f", "t"), ("n", "y"))


@dataclass(frozen=True)
class Answers:
    """The two answers of a column, as its values spell them.

    Attributes:
        no: first spelling of the one.
        yes: first spelling of the other.
    """

    no: str
    yes: str

    def label_id(self, value: str) -> int | None:
        """Return 0 of what means no, 1 of what means yes, and None of anything else."""
        return {fold(self.no): 0, fold(self.yes): 1}.get(fold(value))


def find_answers(values: Iterable[str]) -> Answers | None:
    """Return the answers that values are, if they are nothing else; both have to be there."""
    found: dict[str, str] = {}
    for value in sorted(values):
        found.setdefault(fold(value), value)
    for no, yes in _PAIRS:
        if found.keys() == {no, yes}:
            return Answers(found[no], found[yes])
    return None


def answers_problem(answers: Answers, column: str) -> str:
    """Say that it is open what answers mean for sentiment, and how it can be said."""
    return (
        f"column '{column}' holds {answers.no} and {answers.yes}, which say nothing about "
        f"sentiment by themselves. Say what they stand for: {ways_of(answers, column, BINARY)}; or "
        f"keep them as labels without a sentiment: {setting('labels', [answers.no, answers.yes])}."
    )


def read_answers(tally: Mapping[str, int], answers: Answers, column: str) -> Meanings:
    """Read answers as negative and positive, if the name of their column allows it."""
    if sign_of_column(column) != 1:
        return Meanings(None, {}, answers_problem(answers, column))
    of: dict[str, int | str] = {}
    for value in tally:
        found = answers.label_id(value)
        of[value] = f"label is not {answers.no} or {answers.yes}" if found is None else found
    note = f"labels {answers.no}, {answers.yes} of '{column}' read as {', '.join(BINARY)}"
    return Meanings(Labels(BINARY), of, "", (note,))


def ways_of(answers: Answers, column: str, poles: Sequence[str]) -> str:
    """Write the settings that give answers their names: one, or two where the column is no help.

    Args:
        answers: what the values are.
        column: name of the column.
        poles: names of the negative and of the positive label.
    """
    no, yes = answers.no, answers.yes
    negative, positive = poles
    good = setting("labels", [f"{no}={negative}", f"{yes}={positive}"])
    bad = setting("labels", [f"{no}={positive}", f"{yes}={negative}"])
    sign = sign_of_column(column)
    if sign:
        return good if sign > 0 else bad
    return f"{good} if {yes} is good, {bad} if {yes} is bad"
