"""What was asked of ``sentilora predict``, and whether it can work."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sentilora.cli.option_words import COMMAND_LINE, typed

STDIN = "-"
_DASHED = re.compile(r"-\d|-(?!-[\w-]+=)\S*\s|-\s")  # a number, or several words


@dataclass(frozen=True)
class PredictRequest:
    """What was asked for, on the command line; ``reading`` says how a file is read."""

    run: str
    texts: list[str]
    source: str | None
    output: Path | None
    text: str | None
    threshold: float | None
    skip_bad_rows: bool
    resume: bool
    escape_formulas: bool
    explain: bool
    as_json: bool
    reading: Mapping[str, Any] = field(default_factory=dict)


def refuse_dashed_text(words: Sequence[str], valued: Collection[str]) -> None:
    """Refuse a text that begins with a dash and has no ``--`` before it.

    Args:
        words: what was typed behind ``sentilora predict``.
        valued: options that take the next word as their value.
    """
    from sentilora.errors import ConfigError

    for place, word in enumerate(words):
        if word == "--":
            return
        is_value = place > 0 and words[place - 1] in valued
        if not is_value and _DASHED.match(word):
            again = shlex.join(["sentilora", "predict", *words[:place], "--", *words[place:]])
            raise ConfigError(
                f"'{word}' begins with -, as options do. Put -- between the options and the "
                f"texts: {again}"
            )


def check_request(request: PredictRequest) -> None:
    """Refuse what cannot work before anything slow starts."""
    from sentilora.errors import ConfigError
    from sentilora.inference.prediction import check_threshold
    from sentilora.inference.rows.predict_file import check_output
    from sentilora.model.artifact import find_artifact

    run = request.run
    if request.texts and request.source is not None:
        raise ConfigError(
            f"Both {len(request.texts)} text(s) and --input {request.source} were given, expected "
            f"one of them. Type: {typed('predict', run, input=request.source)}"
        )
    check_threshold(request.threshold)
    find_artifact(request.run)
    if request.source is None:
        _check_texts(request)
    if request.resume and request.output is None:
        raise ConfigError(
            "--resume goes on with a file that was being written, and none was named. Add "
            "--output FILE, or leave out --resume."
        )
    if request.escape_formulas and not _is_spreadsheet(request.output):
        raise ConfigError(
            "--escape-formulas changes cells of a .csv or .tsv file, and none is written. Add "
            "--output FILE.csv, or leave it out."
        )
    if request.explain and request.output is not None:
        raise ConfigError(
            "--explain and --output do not go together: an explanation is no column. Type: "
            f"{typed('predict', run, input='FILE', explain=True, json=True)} > explained.jsonl"
        )
    if request.output is not None:
        is_file = request.source not in (None, STDIN)
        check_output(request.output, Path(str(request.source)) if is_file else None)


def _is_spreadsheet(output: Path | None) -> bool:
    """Tell whether a spreadsheet may open a file; cells of .xlsx are text in any case."""
    return output is not None and any(
        ending in (".csv", ".tsv", ".xlsx") for ending in map(str.lower, output.suffixes)
    )


def _check_texts(request: PredictRequest) -> None:
    from sentilora.data.files.formats import has_ending
    from sentilora.errors import ConfigError

    texts, run = request.texts, request.run
    if request.reading:
        options = ", ".join(COMMAND_LINE.setting(*one) for one in request.reading.items())
        raise ConfigError(
            f"{options}: this says how a file is read, and none was given. Name one with --input."
        )
    if not texts:
        raise ConfigError(
            "No text was given. Expected texts, a file, or standard input. Type one of:\n"
            f"  {typed('predict', run, 'Great film')}\n"
            f"  {typed('predict', run, input='reviews.csv')}\n"
            f"  {typed('predict', run, input='-')} < texts.txt"
        )
    if request.text is not None:
        raise ConfigError(
            f"--text {request.text} names a column of a file, and texts were given instead. "
            "Leave it out, or give a file with --input."
        )
    if len(texts) == 1 and has_ending(texts[0]) and Path(texts[0]).is_file():
        raise ConfigError(
            f"{texts[0]} is a file, expected a text. To predict its rows type: "
            f"{typed('predict', run, input=texts[0])}"
        )
