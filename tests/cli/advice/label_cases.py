"""What is said of columns, labels and ratings, and what is typed then."""

from __future__ import annotations

from tests.cli.advice.tables import CHECK, FILE, PLAIN, PRAISE, TEXTS, rated, table
from tests.helpers.advice_following import RUN, Case

NUMBERED = [(row, *one) for row, one in enumerate(PRAISE)]
DATED = [(f"{1 + row % 28}.09.2026", *one) for row, one in enumerate(PRAISE)]
ONE_HOT = {
    FILE: table(
        ["text", "negative", "positive"],
        [(text, row % 2, 1 - row % 2) for row, text in enumerate(TEXTS)],
    )
}
MANY = [(f"no-{row}-{place}", *one) for row in range(22) for place, one in enumerate(PRAISE)]

LINES = "my rows.jsonl"

COLUMNS = (
    Case(
        f"{CHECK} --text text --label text",
        (("columns:choose_columns --text", "columns:choose_columns --label"),),
        {FILE: table(["text", "body", "mood"], NUMBERED)},
        fill={"--text": "body", "--label": "mood"},
    ),
    Case(
        CHECK,
        ("columns:_pick --role",),
        {FILE: table(["text", "label", "sentiment"], [(*row, row[1]) for row in PRAISE])},
    ),
    Case(CHECK, ("columns:_advice --label",), ONE_HOT),
    Case(CHECK, ("columns:_advice --role",), {FILE: table(["body", "my mood"], PRAISE)}),
    Case(
        CHECK,
        ("column_values:no_text_problem --text", "column_values:no_text_problem --any-text"),
        {FILE: table(["text", "body", "label"], DATED)},
    ),
    Case(
        f"{CHECK} --group text",
        ("columns:choose_columns --group",),
        PLAIN,
        leaves_out=True,
    ),
    Case(
        f"predict $RUN --input '{LINES}'",
        ("text_rows:_check_type --text",),
        {LINES: "".join(f'{{"text": {n}, "note": "{one[0]}"}}\n' for n, one in enumerate(PRAISE))},
    ),
    Case(
        f"{CHECK} --label id",
        ("scan:scan --label",),
        {FILE: table(["id", "text", "mood"], MANY)},
        fill={"--label": "mood"},
    ),
    Case(
        CHECK,
        ("scan:scan sentilora predict",),
        {FILE: table(["text"], [[text] for text in TEXTS])},
    ),
)
NUMBERS = (
    Case(
        f"{CHECK} --label price",
        ("label_numbers:advice --label",),
        {
            FILE: table(
                ["text", "price", "mood"],
                [(text, 37 * row % 1000, label) for row, (text, label) in enumerate(PRAISE)],
            )
        },
        fill={"NAME": "mood"},
    ),
    Case(CHECK, ("label_numbers:advice --stars",), rated("stars", 1, 2, 3, 4, 5)),
    Case(CHECK, ("label_numbers:advice --scale",), rated("score", *range(11))),
    Case(CHECK, ("label_numbers:advice --labels",), rated("label", -1, 0, 1)),
    Case(
        CHECK,
        ("label_numbers:advice --labels", "label_numbers:advice --scale"),
        rated("label", 0, 1, 2, 3, 4),
    ),
    Case(CHECK, ("ratings:_ratings_said --stars",), rated("rating", "★☆☆☆☆", "★★★★★")),
    Case(CHECK, ("label_numbers:advice --scale#2",), rated("label", 1, 2, 3, 4, 5)),
    Case(CHECK, ("ratings:_ratings_said --scale",), rated("label", "1 (good)", "2", "3 (bad)")),
    Case(CHECK, ("ratings:_ratings_said --scale#2",), rated("rating", "5%", "50%", "95%")),
    Case(CHECK, ("ratings:_ratings_said --scale#3",), rated("rating", "1/7", "3/7", "7/7")),
    Case(
        CHECK,
        ("label_advice:same_sentiment_notes --labels",),
        rated("label", "neg", "negative", "positive", "angry"),
    ),
    Case(
        f"{CHECK} --scale 1-5",
        ("ratings:read_scaled --scale",),
        rated("label", "1 (very good)", "3", "5 (very bad)"),
    ),
    Case(
        CHECK,
        (("ratings:_ratings_said --stars", "ratings:_ratings_said --skip-bad-rows"),),
        rated("rating", *["1/5", "3/5", "5/5"] * 9, "none of it"),
    ),
    Case(
        f"{CHECK} --stars 5",
        ("label_numbers:advice --scale",),
        rated("stars", *range(11)),
        then="both say how ratings are read. Leave one out.",
    ),
    Case(
        f"{CHECK} --stars 5",
        ("ratings:_other --label",),
        {
            FILE: table(
                ["text", "stars", "points"], [(*row, 1 + n % 5) for n, row in enumerate(PRAISE)]
            )
        },
        fill={"--label": "points"},
    ),
    Case(
        f"{CHECK} --stars 5 --labels no,yes --label mark",
        (("ratings:read_scaled --stars", "ratings:read_scaled --scale#2"),),
        rated("mark", 0, 1, 5),
        leaves_out=True,
        then="which --labels does not fit",
    ),
    Case(f"{CHECK} --label negative", ("label_numbers:sign_problem --label",), ONE_HOT),
    Case(
        f"{CHECK} --label complaint",
        ("label_numbers:sign_problem --labels",),
        rated("complaint", 0, 1),
    ),
    Case(
        f"{CHECK} --scale 5",
        ("rating_scale:parse_scale --scale#2",),
        rated("rating", 0, 5, 10),
    ),
    Case(
        f"{CHECK} --scale 5",
        ("rating_scale:parse_scale --scale#3",),
        rated("stars", -1, 0, 1),
    ),
    Case(
        f"{CHECK} --stars 5 --scale 0-10",
        ("scan:Asked.__post_init__ --stars#2", "scan:Asked.__post_init__ --scale"),
        rated("stars", 1, 2, 3, 4, 5),
        leaves_out=True,
        then="If the scale is another one, say how many stars there can be: --stars 5 or",
    ),
    Case(
        f"{CHECK} --scale 0-100",
        ("label_numbers:advice --stars",),
        rated("stars", 1, 2, 3, 4, 5),
        then="both say how ratings are read. Leave one out.",
    ),
    Case(
        CHECK,
        ("label_advice: --label",),
        {FILE: table(["text", "label", "mood"], [(text, 1, mood) for text, mood in PRAISE])},
        fill={"--label": "mood"},
    ),
)
LABELS = (
    Case(
        CHECK,
        ("answer_scales:unknown_sentiment_notes --labels",),
        rated("label", "Ja", "Nein"),
    ),
    Case(
        CHECK,
        ("answer_scales:unknown_sentiment_notes --labels#2",),
        rated("label", "Very satisfied", "Neither", "Not satisfied"),
    ),
    Case(
        CHECK,
        (("draft:way_without --labels", "draft:way_without --skip-bad-rows"),),
        {FILE: f"{PLAIN[FILE]}one row alone,neutral\n"},
    ),
    Case(
        CHECK,
        ("meanings: --labels",),
        rated("label", "good", "bad", "nan"),
        fill={"--labels": "bad=negative,good=positive,nan=neutral"},
    ),
    Case(CHECK, ("label_advice:may_be_labels --labels",), rated("label", "+", "-")),
    Case(
        CHECK,
        ("label_advice: --label",),
        {FILE: table(["text", "label", "mood"], [(text, "good", mood) for text, mood in PRAISE])},
        fill={"--label": "mood"},
    ),
    Case(
        CHECK,
        (("label_advice:mixed_problem --labels", "label_advice:mixed_problem --skip-bad-rows"),),
        rated("label", *["good", "bad"] * 20, 1, 2),
    ),
    Case(
        CHECK,
        ("label_advice:mixed_problem --labels#2",),
        rated("label", "good", "bad", 1, 2),
        fill={"--labels": "bad=negative,good=positive,1=negative,2=positive"},
    ),
    Case(
        CHECK,
        (("label_numbers:advice --labels", "label_advice:mixed_problem --skip-bad-rows"),),
        rated("label", *[1, 2, 3] * 15, "none of it"),
    ),
    Case(
        CHECK,
        ("label_advice:dates_problem --label",),
        {FILE: table(["text", "label", "mood"], [(t, "2026-05-04", mood) for t, mood in PRAISE])},
        fill={"--label": "mood"},
    ),
    Case(
        f"{CHECK} --labels negative,neutral,positive",
        ("label_advice:numbers_problem --labels",),
        rated("label", 0, 1, 4, 5, 6),
        leaves_out=True,
        then="Name them from the lowest to the highest",
    ),
    Case(
        f"{CHECK} --labels no,yes",
        ("label_advice:names_problem --label",),
        {
            FILE: table(
                ["text", "label", "mood"],
                [(*row, ["no", "yes"][n % 2]) for n, row in enumerate(PRAISE)],
            )
        },
        fill={"NAME": "mood"},
    ),
    Case(
        f"{CHECK} --labels no,yes",
        ("label_advice:names_problem --labels#2",),
        rated("label", "good", "bad"),
        fill={"bad=NAME,good=NAME": "bad=no,good=yes"},
    ),
)
UNSURE = (
    Case(
        CHECK,
        (
            "answer_values:answers_problem --labels",
            "answer_values:ways_of --labels",
            "answer_values:ways_of --labels#2",
        ),
        rated("label", "true", "false"),
    ),
    Case(
        CHECK,
        (("label_advice:lists_problem --labels", "label_advice:lists_problem --skip-bad-rows"),),
        rated("label", *[3, 5, 27] * 5, '"3,27"'),
        fill={"3=NAME,5=NAME,27=NAME": "3=love,5=joy,27=none of them"},
    ),
    Case(
        f"{CHECK} --test other.csv",
        ("label_advice:other_ids_problem sentilora evaluate",),
        {**rated("label", 0, 1, 2), "other.csv": rated("label", 0, 1)[FILE]},
        fill={"FILE": "other.csv", "RUN": RUN},
    ),
    Case(
        CHECK,
        ("sister_columns:_problem --labels", "sister_columns:_problem --labels#2"),
        {
            FILE: table(
                ["text", "label", "mood"],
                [(text, int(label == "negative"), label) for text, label in PRAISE],
            )
        },
    ),
)
CASES = (*COLUMNS, *NUMBERS, *LABELS, *UNSURE)
