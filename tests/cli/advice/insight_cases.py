"""What insights say of columns, dates and settings, and what is typed then."""

from __future__ import annotations

from collections.abc import Callable

from tests.cli.advice.tables import FILE, TEXTS, table
from tests.helpers.advice_following import Case

LOOK = f"insights $RUN '{FILE}' --text words"


def feedback(day_of: Callable[[int], str]) -> dict[str, str]:
    """Return a file of texts with days, two cities, labels and an empty column."""
    return {
        FILE: table(
            ["words", "day", "city", "label", "empty"],
            [
                (f"{text}. {TEXTS[row - 1]}.", day_of(row), *pair, "")
                for row, text in enumerate(TEXTS)
                for pair in [(("Leeds", "positive"), ("York", "negative"))[row % 2]]
            ],
        )
    }


ISO = feedback(lambda row: f"2026-11-{1 + row % 28:02}")
COLUMNS = (
    Case(
        f"{LOOK} --date other",
        ("feedback_columns:FeedbackColumns._match --role",),
        ISO,
        fill={"--date": "day"},
    ),
    Case(
        LOOK,
        (
            "feedback_columns:FeedbackColumns.notes --date",
            "feedback_columns:FeedbackColumns.notes --label",
        ),
        ISO,
    ),
    Case(
        f"insights $RUN '{FILE}' --text day",
        ("feedback_rows:_read_part --text", "feedback_rows:_read_part --any-text"),
        ISO,
        fill={"NAME": "words"},
        then="are signs that the base",  # figures, to a base of sixty words
    ),
    Case(
        f"insights $RUN '{FILE}' --text empty",
        ("feedback_rows:_no_rows --text",),
        ISO,
        fill={"NAME": "words"},
    ),
)
DATES = (
    Case(
        f"{LOOK} --date day",
        ("dates:DateReader._doubtful --date-order",),
        feedback(lambda row: f"{1 + row % 12:02}/{1 + row % 11:02}/2026"),
    ),
    Case(
        f"{LOOK} --date day",
        ("dates:DateReader._mixture --date-order",),
        feedback(lambda row: "11/25/2026" if row % 4 == 0 else f"{13 + row % 12}/11/2026"),
    ),
    Case(
        f"{LOOK} --date words",
        ("dates:DateReader.finish --date",),
        ISO,
        fill={"NAME": "day"},
    ),
    Case(
        f"{LOOK} --date day",
        ("dates:DateReader._stray_notes --since",),
        feedback(lambda row: f"2026-11-{1 + row % 28:02}" if row else "1970-01-01"),
    ),
    Case(f"{LOOK} --date day --since soon", ("date_spellings:day_named --name#2",), ISO),
    Case(
        f"{LOOK} --since 2026-11-03",
        ("feedback_question:FeedbackQuestion.__post_init__ --date",),
        ISO,
        fill={"COLUMN": "day"},
    ),
    Case(
        f"{LOOK} --date empty --since 2026-11-03",
        ("feedback_rows:_chosen --date",),
        ISO,
        fill={"NAME": "day"},
    ),
    Case(
        f"{LOOK} --date day --since 2030-01-01",
        (("feedback_rows:_chosen --since", "feedback_rows:_chosen --until"),),
        ISO,
    ),
)
SETTINGS = (
    Case(f"{LOOK} --aspects ' , ,'", ("asked_aspects:aspect_names --aspects#3",), ISO),
    Case(
        f"{LOOK} --aspects film --aspect-examples seen.csv",
        ("asked_aspects:read_aspect_examples --aspects",),
        {**ISO, "seen.csv": table(["text", "aspects"], [(TEXTS[0], "film;cast"), (TEXTS[1], "")])},
    ),
    Case(
        f"{LOOK} --label label",
        ("model_rows:left_out_labels --labels",),
        {FILE: ISO[FILE].replace("York,negative", "York,poor", 9)},
        fill={"--labels": "poor=negative,negative=negative,positive=positive"},
    ),
    Case(f"{LOOK} --limit 20", ("feedback_rows:_chosen --limit",), ISO),
    Case(
        f"{LOOK} --compare city",
        ("insights:_check_rest --segments",),
        ISO,
        fill={"--segment": "city"},
    ),
    Case(
        f"{LOOK} --compare week",
        ("insights:_check_rest --date",),
        ISO,
        fill={"COLUMN": "day"},
    ),
    Case(
        LOOK,
        ("insights_command:insights sentilora insights",),
        ISO,
        fill={"NEW_DATA": FILE},
    ),
)
CASES = (*COLUMNS, *DATES, *SETTINGS)
