"""Predictions as lines on stdout, and what came of a file as lines on stderr."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len, set_cell_size

from sentilora.cli.option_words import COMMAND_LINE
from sentilora.evaluation.reports.wording import duration
from sentilora.message import spelled

if TYPE_CHECKING:
    from sentilora.inference.explanation import Explanation, WordContribution
    from sentilora.inference.prediction import Prediction
    from sentilora.inference.rows.answers import FileSummary

STRONGEST = 10  # words that are shown on a terminal
# Line ends would break the lines, and escape sequences in a text would reach the terminal.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def print_json(
    values: Sequence[Any],
    predictions: Sequence[Prediction | None],
    explanations: Sequence[Explanation | None] | None = None,
) -> None:
    """Print one object a line: the text and the fields of its prediction, null where is none.

    With explanations there is another key, ``explanation``.
    """
    from sentilora.inference.prediction import Prediction

    nothing = dict.fromkeys(field.name for field in fields(Prediction))
    explained = explanations or [None] * len(values)
    for value, prediction, explanation in zip(values, predictions, explained, strict=True):
        answer = nothing if prediction is None else prediction.to_dict()
        if explanations is not None:
            why = None if explanation is None else explanation.to_dict()
            answer = {**answer, "explanation": why}
        text = value if isinstance(value, str) else None
        if prediction is None and text is not None:
            text = text.encode("utf-8", "replace").decode("utf-8")  # broken bytes, skipped
        print(json.dumps({"text": text, **answer}, ensure_ascii=False))
    sys.stdout.flush()


def print_plain(
    values: Sequence[Any],
    predictions: Sequence[Prediction | None],
    explanations: Sequence[Explanation | None] | None = None,
) -> None:
    """Print one line a text: label, score, text.

    On a terminal the columns are aligned and the text is cut to the width; anywhere else they are
    separated by tabs and the text is whole. Line ends and control characters become spaces. A
    label with a question mark is an answer below the threshold. Explanations stand in a fourth
    column, ``word:+0.12`` for each word; on a terminal in a line below, the strongest ones.
    """
    is_terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns
    room = _label_width(predictions)
    explained = explanations or [None] * len(values)
    for value, prediction, explanation in zip(values, predictions, explained, strict=True):
        text = on_one_line(value) if isinstance(value, str) else ""
        label = score = ""
        if prediction is not None:
            label = prediction.label + ("?" if prediction.abstained else "")
            score = f"{prediction.score:.4f}"
        else:
            text = text.encode("utf-8", "replace").decode("utf-8")
        if is_terminal:
            start = f"{set_cell_size(label, room)}  {score:6}  "
            print(start + cut(text, width - cell_len(start)))
            if explanation is not None:
                _print_words(explanation, indent=cell_len(start))
        elif explanations is None:
            print(label, score, text, sep="\t")
        else:
            words = [] if explanation is None else explanation.words
            print(label, score, text, " ".join(map(_with_value, words)), sep="\t")
    sys.stdout.flush()


def _print_words(explanation: Explanation, indent: int) -> None:
    """Print the strongest words in the text's order: green speaks for the label, red against."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    line = Text()
    for word in explanation.strongest(STRONGEST):
        line.append(_with_value(word), style="green" if word.value > 0 else "red").append("  ")
    Console(highlight=False).print(Padding(line, (0, 0, 0, indent)))


def _with_value(word: WordContribution) -> str:
    return f"{on_one_line(word.text)}:{word.value:+.2f}"


def on_one_line(text: str) -> str:
    """Write a text without line ends and without what would steer the terminal."""
    return _CONTROLS.sub(" ", text)


def cut(text: str, width: int) -> str:
    """Shorten a text to a number of terminal cells; what is missing is shown by an ellipsis."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(0, width - 1)).rstrip() + "…"


def print_summary(summary: FileSummary) -> None:
    """Tell on stderr what came of a source."""
    labels = ", ".join(f"{name} {count:,}" for name, count in summary.label_counts.items())
    computed = summary.rows - summary.resumed
    rate = computed / summary.seconds if summary.seconds > 0 else 0.0
    _say("rows", f"{summary.rows:,} in {duration(summary.seconds)}, {rate:,.0f} rows/s")
    _say("engine", summary.engine)
    _say("labels", labels)
    if summary.abstained:
        _say("abstained", f"{summary.abstained:,} (score below the threshold, or nothing known)")
    if summary.resumed:
        _say("resumed", f"{summary.resumed:,} (answered before the prediction was stopped)")
    if summary.early:
        _say("early", f"{summary.early:,} (answered by the first stage)")
    if summary.skipped:
        _say("skipped", f"{summary.skipped:,} (no text that can be read, so no answer)")
    if summary.truncated:
        _say("truncated", f"{summary.truncated:,} (text longer than the model's limit)")
    if summary.unknown:
        _say("unknown", f"{summary.unknown:,} (the base does not know half of the text or more)")
    for note in spelled(summary.notes, COMMAND_LINE):
        _say("note", note)


def print_output(output: Path, following: str) -> None:
    """Tell on stderr which file was written, and the next command."""
    _say("output", f"{output}   next: {following}")


def print_summary_json(summary: FileSummary, output: Path) -> None:
    """Print what came of a file as one JSON object on stdout."""
    told = spelled(asdict(summary), COMMAND_LINE)
    print(json.dumps({"output": str(output), **told}, ensure_ascii=False))


def _label_width(predictions: Sequence[Prediction | None]) -> int:
    found = next((one for one in predictions if one is not None), None)
    return 1 + max(cell_len(name) for name in found.probabilities) if found else 8


def _say(name: str, text: str) -> None:
    print(f"{name:<11} {text}", file=sys.stderr)
