"""A file in, the same file with predictions out: whatever its length, written whole or not at all.

Memory is bounded by a batch of rows and the memory of recent texts. The source is read three times
(survey, check of the texts, prediction), so it has to be a file; streams are spooled to one first.
Answers are kept beside the output until it is complete, so that a stopped prediction can go on.
Not covered: a process that is killed (SIGTERM, SIGKILL) leaves a hidden ``.tmp`` file there, which
goes when the same output is written again.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import numpy as np

from sentilora.data.files.formats import WRITABLE, ending_of, output_ending
from sentilora.data.files.read_options import Reading, ReadOptions
from sentilora.data.files.tables import write_batches
from sentilora.data.stored_frames import is_in_memory
from sentilora.errors import ConfigError, DataError
from sentilora.events import Listener
from sentilora.files import path_of
from sentilora.inference.frames.answer_columns import (
    PROBABILITY,
    AnswerColumn,
    answer_columns,
    notes_on_names,
)
from sentilora.inference.prediction import STAGES, check_threshold
from sentilora.inference.rows.answers import (
    Answerer,
    Answers,
    FileSummary,
)
from sentilora.inference.rows.resume_file import keeping
from sentilora.inference.rows.text_rows import TextRows, open_rows
from sentilora.inference.sentiment_model import SentimentModel, load
from sentilora.message import setting

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["FileSummary", "check_output", "predict_file"]


def predict_file(
    model: SentimentModel | str | Path,
    source: str | Path | TextRows,
    output: str | Path,
    *,
    text: str | None = None,
    threshold: float | None = None,
    skip_bad_rows: bool = False,
    resume: bool = False,
    escape_formulas: bool = False,
    listener: Listener | None = None,
    **reading: Unpack[ReadOptions],
) -> FileSummary:
    r"""Write the rows of a file with the model's answers beside them, in the same order.

    All columns of the source are kept. Added are ``label``, ``score``, ``probability_<label>`` for
    each label, ``signed`` (when the labels are sentiments), ``truncated``, ``unknown`` (the share
    of the text's tokens that the base does not know), ``abstained`` (with a threshold) and
    ``stage`` (of a cascade); a name that the source has already gets the prefix ``predicted_``.

    Args:
        model: loaded model that answers, or the path of a run, its ``model/`` or an export.
        source: path of a file of any format that can be read, or of a folder that is one table; or
            rows that were opened before.
        output: path of the file to write; its ending names its format, which may differ from the
            source's.
        text: column with the texts; by default the one named text, review, sentence or content.
        threshold: smallest score that counts as an answer, in ``[0, 1]``; answers below it are
            marked ``abstained``.
        skip_bad_rows: whether to leave the added columns empty where a row has no text, instead of
            raising.
        resume: whether to go on with the answers of the same prediction, which was stopped before;
            if there are none, begin with the first row.
        escape_formulas: whether to put a ``'`` before cells of CSV and TSV that a spreadsheet would
            run as a formula.
        listener: listener to the events ``phase`` (name, total) and ``progress`` (done), in rows.
        reading: keywords that say how ``source`` is read: ``encoding``, ``delimiter``, ``quoting``,
            ``header``, ``columns``, ``skip_lines``, ``sheet``; found out where they are left out.

    Raises:
        DataError: the source cannot be read, has no such column or rows without a text, or the
            output cannot be written. No output is left then, and one that was there stays.
        ModelError: there is no such model.
        ConfigError: the output is the source, the threshold is out of range, or what an earlier
            prediction kept does not fit ``resume``.

    Example:
        >>> import sentilora
        >>> from pathlib import Path
        >>> _ = Path("reviews.csv").write_text("text\nGreat movie!\nIt broke after a day.")
        >>> sentilora.predict_file("general", "reviews.csv", "answers.csv").rows
        2
    """
    output = path_of(output)
    check_threshold(threshold)
    if isinstance(source, TextRows):
        check_output(output, Path(source.name))
        rows = source
    else:
        how, source = Reading(**reading), _source_path(source)
        check_output(output, source)
        rows = open_rows(source, text=text, skip_bad_rows=skip_bad_rows, reading=how)
    if not isinstance(model, SentimentModel):
        model = load(model)
    is_cascade = model.first_stage is not None
    added = answer_columns(
        model.labels, threshold, is_cascade=is_cascade, taken=rows.batches.schema.names
    )
    schema = _extended(rows.batches.schema, added)
    total = rows.batches.row_count
    with keeping(model, rows, output, resume=resume) as scorer:
        answerer = Answerer(
            model, scorer=scorer, threshold=threshold, total=total, listener=listener
        )
        with write_batches(output, schema, escape_formulas=escape_formulas) as writer:
            for batch in rows.batches:
                answers = answerer.answer(rows.texts_of(batch))
                writer.write(_with_answers(batch, answers, added, schema))
    notes = [*rows.batches.notes, *notes_on_names(rows.name, added)]
    return answerer.summary(resumed=scorer.resumed, notes=notes)


def _source_path(source: object) -> Path:
    if is_in_memory(source):
        raise ConfigError(
            f"A {type(source).__name__} is no file. A table in memory is answered by "
            "model.predict_frame(table), texts by model.predict(texts)."
        )
    return path_of(source)


def check_output(output: Path, source: Path | None = None) -> None:
    """Find out before the work whether the output can be written.

    Raises:
        DataError: its ending is unknown, it is a folder, or its folder does not exist.
        ConfigError: it is the source.
    """
    output_ending(path_of(output))
    if source is not None and _is_same(output, source):
        raise ConfigError(
            f"The output {output} is the input as well; expected another file, so that the input "
            f"stays as it is. Type for instance: {setting('output', _beside(output))}"
        )
    if output.is_dir():
        raise DataError(
            f"{output} is a folder, expected a file. Type: {setting('output', output / 'out.csv')}"
        )
    if not output.parent.is_dir():
        raise DataError(
            f"{output} cannot be written: there is no folder {output.parent}. "
            f"Make it with: mkdir -p {output.parent}"
        )


def _extended(schema: pa.Schema, added: list[AnswerColumn]) -> pa.Schema:
    import pyarrow as pa

    for column in added:
        schema = schema.append(pa.field(column.name, column.type))
    return schema


def _with_answers(
    batch: pa.RecordBatch, answers: Answers, added: list[AnswerColumn], schema: pa.Schema
) -> pa.RecordBatch:
    import pyarrow as pa

    values = {
        "label": np.asarray(answers.labels.names, dtype=object)[answers.chosen.label_ids],
        "score": answers.chosen.scores,
        "signed": answers.chosen.signed,
        "truncated": answers.truncated,
        "unknown": answers.unknown,
        "abstained": answers.chosen.abstained,
    }
    if answers.early is not None:
        values["stage"] = np.asarray(STAGES, dtype=object)[answers.early.astype(int)]
    for label_id, name in enumerate(answers.labels.names):
        values[f"{PROBABILITY}{name}"] = answers.probabilities[:, label_id]
    is_empty = np.ones(answers.size, dtype=bool)
    is_empty[answers.answered] = False
    arrays = list(batch.columns)
    for column in added:
        found = values[column.what]
        whole = np.zeros(answers.size, dtype=found.dtype)
        whole[answers.answered] = found
        arrays.append(pa.array(whole, type=column.type, mask=is_empty))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _is_same(output: Path, source: Path) -> bool:
    if output.exists() and source.exists():
        return output.samefile(source)
    return output.resolve() == source.resolve()


def _beside(path: Path) -> Path:
    ending = ending_of(path)
    kept = path.name[-len(ending) :] if ending in WRITABLE else ".csv"
    return path.with_name(f"{path.name[: -len(ending)]}-predicted{kept}")
