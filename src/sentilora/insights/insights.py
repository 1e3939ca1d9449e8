"""``insights``: what a file of feedback says, with evidence.

Not covered: answers in words that no row holds. Everything that is told is counted from statements,
which ``statements.parquet`` holds one by one.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from sentilora.data.files.read_options import Reading, ReadOptions
from sentilora.data.labelled.scan import Asked
from sentilora.defaults import SEED
from sentilora.errors import ConfigError, MissingExtraError, ModelError
from sentilora.events import EventLog, Listener
from sentilora.inference.sentiment_model import SentimentModel, load
from sentilora.insights.aspects.asked_aspects import aspect_names, read_aspect_examples
from sentilora.insights.aspects.aspect_examples import find_by_examples, known_texts
from sentilora.insights.aspects.aspect_search import find_aspects
from sentilora.insights.date_spellings import day_named
from sentilora.insights.feedback import Feedback
from sentilora.insights.feedback_columns import FeedbackColumns
from sentilora.insights.feedback_question import MOST_TEXTS, FeedbackQuestion
from sentilora.insights.feedback_rows import read_feedback
from sentilora.insights.insight_composition import Found, compose_insights
from sentilora.insights.insights_result import Insights, check_folder
from sentilora.insights.mood.checked_answers import held_out_confusion
from sentilora.insights.mood.mood import measure_mood
from sentilora.insights.mood.periods import LENGTHS
from sentilora.insights.review_texts import choose_review
from sentilora.insights.statement_table import statement_table
from sentilora.insights.statements.encoder import TopicEncoder
from sentilora.insights.statements.statement_reader import ReadStatements, read_statements
from sentilora.insights.statements.statements import Statements
from sentilora.insights.survey.survey_data import correct_by_labels, read_labelled
from sentilora.insights.themes.theme_file import read_themes
from sentilora.insights.themes.theme_search import find_themes
from sentilora.insights.themes.themes import FoundThemes, KeptThemes
from sentilora.message import setting
from sentilora.model.bases.coverage import language_notes


def insights(
    model: SentimentModel | str | Path,
    data: Any,
    *,
    text: str | None = None,
    label: str | None = None,
    labels: str | Sequence[str] | Mapping[str, str] | None = None,
    stars: int | None = None,
    scale: str | None = None,
    any_text: bool = False,
    date: str | None = None,
    date_order: str | None = None,
    segments: Sequence[str] = (),
    id: str | None = None,  # noqa: A002 - the user's word for it
    author: str | None = None,
    aspects: str | Sequence[str] = (),
    aspect_examples: Any = None,
    since: dt.date | str | None = None,
    until: dt.date | str | None = None,
    compare: str | None = None,
    review: int = 0,
    labelled: str | Path | None = None,
    themes: str | Path | None = None,
    output: str | Path | None = None,
    limit: int = MOST_TEXTS,
    seed: int = SEED,
    listener: Listener | None = None,
    **reading: Unpack[ReadOptions],
) -> Insights:
    r"""Tell what a file of feedback says: its mood, its themes, and when and where they differ.

    Args:
        model: loaded model, or the path of a run, its ``model/`` or an export; or ``general``.
        data: file, folder (all its parts are read), hub data set id, or ``sample``; or rows in
            memory: a table, or rows as dicts.
        text: column with the text; found by name when None.
        label: column with labels, which are used instead of the model's answers to whole texts;
            the model answers when None.
        labels: label names of the values of that column, as in ``evaluate``.
        stars: highest rating (5 or 10), if the labels are ratings from 1 on; None if they are not.
        scale: worst and best rating, such as ``0-10``, if the labels are ratings on another scale.
        any_text: whether texts may be nearly all numbers, dates or single words.
        date: column with dates in any common spelling; nothing is told over time when None.
        date_order: ``day-first``, ``month-first`` or ``year-first``, where the dates themselves
            allow more than one reading; an error names them when None.
        segments: columns (product, country, version) whose values are compared.
        id: column with your own id of each row, for the quotes.
        author: column with the writer, who then weighs three texts at most.
        aspects: names of aspects to look for, as a list or with commas.
        aspect_examples: file, or rows in memory, of texts with a column ``aspects``: the names of
            those that a person saw in each; looked for are those of the file when none are named.
        since: first day to take.
        until: last day to take.
        compare: ``day``, ``week`` or ``month``: the last one is compared with those before; or one
            of ``segments``, which is told first.
        review: number of texts worth a label next.
        labelled: labels of some of the texts that ``sentilora label`` asked for, which correct the
            shares of the labels.
        themes: ``themes.toml`` of the last report, whose themes are kept.
        output: folder that the report is written to; nothing is written when None.
        limit: largest number of texts; of more, as many are drawn at random.
        seed: seed of all draws.
        listener: listener to the events ``phase`` (name, total) and ``progress`` (done).
        reading: keywords that say how files are read: ``encoding``, ``delimiter``, ``quoting``,
            ``header``, ``columns``, ``skip_lines``, ``sheet``; found out where they are left out.

    Raises:
        DataError: the data cannot be read, have no such columns or no texts, or their dates can be
            read in two ways.
        ConfigError: a setting means nothing here; the message says what was expected.
        ModelError: there is no such model, its base is not there, or its labels are no sentiments.
        MissingExtraError: packages of the extra ``insights`` are not installed.

    Example:
        >>> import sentilora
        >>> found = sentilora.insights("general", "sample", date="date", segments=["domain"])
        >>> found.report.basis.texts, found.report.period
        (900, 'week')
    """
    _check_extra()
    columns = FeedbackColumns(text, date, segments, id, author)
    asked = Asked(text, label, None, stars, True, Reading(**reading), scale, any_text)
    question = FeedbackQuestion(
        columns,
        asked,
        labels,
        uses_labels=any(one is not None for one in (label, labels, stars, scale)),
        date_order=date_order,
        since=day_named(since, "since"),
        until=day_named(until, "until"),
        limit=limit,
        seed=seed,
    )
    wanted = aspect_names(aspects)
    seen = None if aspect_examples is None else read_aspect_examples(aspect_examples, wanted)
    _check_rest(question, compare, review, labelled)
    checked = None if labelled is None else read_labelled(labelled)
    folder = None if output is None else check_folder(output)
    if not isinstance(model, SentimentModel):
        model = load(model, precision="auto")
    if model.labels.polarities is None:
        raise ModelError(
            f"The labels of {model.artifact.name} are no sentiments: "
            f"{', '.join(model.labels.names)}. Expected a model with labels such as negative and "
            "positive, for instance general."
        )
    base = model.artifact.settings.base
    kept = None if themes is None else read_themes(themes, base=base)
    log = EventLog(listener)
    log.emit("phase", name="read the rows", total=None)
    feedback = read_feedback(data, question, model.labels)
    encoder = TopicEncoder(model)
    read = read_statements(feedback, model, encoder, log)
    log.emit("phase", name="find themes", total=None)
    found = _themes(feedback, read.statements, kept, seed)
    spoken = None
    if seen is not None:
        taught = known_texts(seen, model, encoder)
        spoken = find_by_examples(feedback, read.statements, encoder, taught, seed=seed)
    elif wanted:
        spoken = find_aspects(feedback, read.statements, encoder, wanted, seed=seed)
    log.emit("phase", name="measure the mood", total=None)
    label_ids = _label_ids(feedback, read)
    mood = measure_mood(
        feedback,
        label_ids,
        read.statements,
        found.theme_of,
        [theme.key for theme in found.themes],
        probabilities=read.probabilities,
        confusion=held_out_confusion(model),
        compare=compare,
        since=question.since,
        until=question.until,
        seed=seed,
    )
    if checked is not None:
        assert read.probabilities is not None
        mood = correct_by_labels(checked, feedback, read.probabilities, mood)
    notes = tuple(
        dict.fromkeys(
            (
                *feedback.notes,
                *language_notes(feedback.texts[:5000], base),
                *read.notes,
                *(() if seen is None else seen.notes),
                *mood.notes,
            )
        )
    )
    report = compose_insights(
        Found(feedback, label_ids, read.statements, found, mood, spoken, notes, seed), model
    )
    result = Insights(
        report,
        statement_table(
            feedback,
            read.statements,
            found.theme_of,
            [theme.key for theme in found.themes],
            () if spoken is None else spoken.column(),
        ),
        found.kept,
        choose_review(feedback, read.statements, read.probabilities, review, seed),
        base,
        notes,
        feedback,
    )
    if folder is not None:
        result.write(folder)
    return result


def _themes(
    feedback: Feedback, statements: Statements, kept: KeptThemes | None, seed: int
) -> FoundThemes:
    owner = statements.text_index
    return find_themes(
        statements.vectors,
        [statements.words_of(index, feedback) for index in range(len(statements))],
        text_index=owner,
        kinds=statements.kinds,
        weights=None if feedback.weights is None else feedback.weights[owner],
        seed=seed,
        pinned=kept,
    )


def _label_ids(feedback: Feedback, read: ReadStatements) -> NDArray[np.int64]:
    """Return the label of each text: the given one, or the most probable."""
    if feedback.label_ids is not None:
        return feedback.label_ids
    assert read.probabilities is not None
    most: NDArray[np.int64] = np.argmax(read.probabilities, axis=1)
    return most


def _check_rest(
    question: FeedbackQuestion, compare: str | None, review: int, labelled: str | Path | None
) -> None:
    """Refuse what means nothing before anything is read."""
    columns = question.columns
    if compare is not None and compare not in (*LENGTHS, *columns.segments):
        raise ConfigError(
            f"{setting('compare', compare)}: expected {', '.join(LENGTHS)}, or a column of "
            f"{setting('segments')}."
        )
    if compare is not None and compare not in columns.segments and columns.date is None:
        raise ConfigError(
            f"{setting('compare', compare)} compares by dates, and no column of dates was named. "
            f"Name it with {setting('date', 'COLUMN')}."
        )
    if isinstance(review, bool) or not isinstance(review, int) or review < 0:
        raise ConfigError(f"{setting('review', review)}: expected a number of texts, or 0.")
    for name, value in (("review", review or None), ("labelled", labelled)):
        if value is not None and question.uses_labels:
            raise ConfigError(
                f"{setting(name, value)}: expected texts that the model answers, and a column "
                "holds their labels. Leave one of both out."
            )


def _check_extra() -> None:
    if importlib.util.find_spec("ruptures") is None:
        raise MissingExtraError("An insights report", "insights")
