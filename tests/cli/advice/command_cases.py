"""What predict, evaluate and pairs say, and what is typed then."""

from __future__ import annotations

from tests.cli.advice.tables import FILE, PLAIN, PRAISE, TEXTS, table
from tests.helpers.advice_following import Case

RATED = {
    FILE: table(
        ["text", "stars", "item"],
        [(text, 1 + row % 5, f"item{row // 6}") for row, text in enumerate(TEXTS)],
    )
}
EDITS = {
    FILE: table(["text", "label", "pair"], [(*one, row // 2) for row, one in enumerate(PRAISE)])
}
PETS = {
    FILE: table(
        ["text", "label", "pair"],
        [(text, ["cat", "dog"][row % 2], row // 2) for row, text in enumerate(TEXTS)],
    )
}
SCORED = {
    FILE: table(
        ["text", "score", "pair"],
        [(text, row % 11, row // 6) for row, text in enumerate(TEXTS)],
    )
}
OTHERS = {"others.csv": table(["better", "worse"], [*zip(TEXTS[::2], TEXTS[1::2], strict=True)])}
REVIEWS = {"reviews.csv": PLAIN[FILE], FILE: PLAIN[FILE]}
FOLDER = {"out.csv/in it": "", FILE: PLAIN[FILE]}


PREDICT = (
    Case("predict", ("predict_command:_named sentilora predict",)),
    Case(
        "predict $RUN",
        (
            "predict_request:_check_texts sentilora predict",
            "predict_request:_check_texts sentilora predict#2",
            "predict_request:_check_texts sentilora predict#3",
        ),
        REVIEWS,
        stdin="one text\nand another\n",
    ),
    Case(
        f"predict $RUN 'a text' --input '{FILE}'",
        ("predict_request:check_request sentilora predict",),
        PLAIN,
    ),
    Case(
        f"predict $RUN --input '{FILE}' --resume",
        ("predict_request:check_request “--resume”",),
        PLAIN,
        words="--output FILE",
        fill={"FILE": "out.csv"},
    ),
    Case(
        f"predict $RUN --input '{FILE}' --escape-formulas",
        ("predict_request:check_request “--escape-formulas”",),
        PLAIN,
        words="--output FILE.csv",
        fill={"FILE.csv": "out.csv"},
    ),
    Case(
        f"predict $RUN --input '{FILE}' --output out.csv --explain",
        ("predict_request:check_request sentilora predict#2",),
        {FILE: table(["text"], [[text] for text in TEXTS[:2]])},
        fill={"FILE": FILE},
        loads=True,
    ),
    Case(
        "predict $RUN --encoding utf-8",
        ("predict_request:_check_texts “--input”",),
        PLAIN,
        words="--input",
        fill={"--input": FILE},
    ),
    Case(f"predict $RUN '{FILE}'", ("predict_request:_check_texts sentilora predict#4",), PLAIN),
    Case(
        f"predict $RUN --input '{FILE}' --output out.csv",
        ("predict_command:_following sentilora evaluate",),
        PLAIN,
    ),
    Case(
        f"predict $RUN --input '{FILE}' --output out.csv",
        ("predict_command:_following sentilora predict",),
        RATED,
    ),
    Case(
        f"predict $RUN --input '{FILE}' --output '{FILE}'",
        ("predict_file:check_output --output",),
        PLAIN,
    ),
    Case(
        f"predict $RUN --input '{FILE}' --output out.csv",
        ("predict_file:check_output --output#2",),
        FOLDER,
    ),
    Case("predict $RUN 'a text' --threshold 7", ("prediction:check_threshold --threshold",)),
    Case(
        "predict $RUN --input -",
        ("text_lines:LineStream.__init__ sentilora predict",),
        stdin="",
        piped="Great film\n",
    ),
    Case(
        "predict $RUN --input - --text body",
        ("text_lines:LineStream.__init__ --text#2",),
        stdin="one text\nand another\n",
        leaves_out=True,
    ),
    Case(
        "predict $RUN --input - --encoding ascii",
        ("text_lines:_as_utf8 --encoding",),
        stdin="a café\nand another\n",
        fill={"--encoding": "utf-8"},
    ),
    Case(
        "predict $RUN --input -",
        (("predict_command:_opened --text", "predict_command:_opened --delimiter"),),
        stdin="text\nI like it, and would buy it again\n",
    ),
    Case("predict nowhere 'a text'", ("artifact:find_artifact sentilora runs",)),
)
EVALUATE = (
    Case(
        f"evaluate $RUN '{FILE}'",
        ("report_tables:show_evaluation sentilora predict",),
        PLAIN,
    ),
    Case(
        f"evaluate $RUN '{FILE}' --train '{FILE}'",
        ("evaluate:evaluate --baselines",),
        PLAIN,
        loads=True,
    ),
    Case(
        f"evaluate $RUN '{FILE}' --train '{FILE}'",
        ("evaluate:evaluate --train",),
        PLAIN,
        leaves_out=True,
    ),
    Case(
        f"evaluate $RUN '{FILE}' --baselines",
        ("model_baselines:run_model_baselines --train",),
        PLAIN,
        fill={"--train": FILE},
        loads=True,
    ),
    Case(
        f"evaluate $RUN '{FILE}' --labels no,yes",
        ("model_rows:given_labels --labels",),
        PETS,
        fill={"--labels": "cat=negative,dog=positive"},
    ),
    Case(
        f"evaluate $RUN '{FILE}' --pairs-columns a=b",
        ("evaluate_command:_pair_file “--pairs”",),
        {**PLAIN, **OTHERS},
        words="--pairs FILE",
        fill={"FILE": "others.csv"},
        then="no column 'b' for a",
    ),
    Case(
        f"evaluate $RUN '{FILE}' --pairs others.csv",
        ("pair_columns:_advice --pairs-columns",),
        {**PLAIN, **OTHERS},
        fill={
            "text_preferred=NAME,text_other=NAME": "text_preferred=better,text_other=worse",
        },
    ),
    Case(
        f"evaluate $RUN '{FILE}' --pairs '{FILE}'",
        ("pair_columns:_neither sentilora pairs",),
        {FILE: table(["text", "label", "points"], [(*one, r) for r, one in enumerate(PRAISE)])},
        fill={"DATA": FILE, "COL": "points"},
    ),
    Case(
        f"evaluate $RUN '{FILE}' --html nowhere/x.html",
        ("evaluate_command:_check_page “--html”",),
        PLAIN,
        words="--html report.html",
    ),
)
PAIRS = (
    Case(
        f"pairs '{FILE}' --rating stars --stars 5 --scale 1-5 --group item",
        ("from_ratings:_scale --scale", "from_ratings:_scale --stars"),
        RATED,
        leaves_out=True,
    ),
    Case(
        f"pairs '{FILE}' --rating stars --group text",
        ("from_ratings:pairs_from_ratings --group",),
        {
            FILE: table(
                ["body", "stars", "text"],
                [(t, 1 + r % 5, f"my note {r}") for r, t in enumerate(TEXTS)],
            )
        },
        leaves_out=True,
    ),
    Case(
        f"pairs '{FILE}' --rating stars --stars 5 --group item",
        ("pairs_command:_show sentilora train",),
        RATED,
        quick="--base $BASE --dry-run",
    ),
    Case(
        f"pairs '{FILE}' --counterfactual --group pair",
        ("from_edits:_grades --kind",),
        PETS,
    ),
    Case(
        f"pairs '{FILE}' --counterfactual --group other",
        ("from_edits:pairs_from_edits --group",),
        {
            FILE: table(
                ["text", "label", "pair", "other"],
                [(*one, row // 2, row) for row, one in enumerate(PRAISE)],
            )
        },
        fill={"--group": "pair"},
    ),
    Case(
        f"pairs '{FILE}'",
        ("pairs_command:_check “--rating”",),
        RATED,
        words="--rating COL",
        fill={"COL": "stars"},
    ),
    Case(
        f"pairs '{FILE}' --counterfactual",
        ("pairs_command:_check “--counterfactual”",),
        EDITS,
        words="--group COL",
        fill={"COL": "pair"},
    ),
    Case(
        f"pairs '{FILE}' --rating stars --kind labels",
        ("pairs_command:_check “--kind”#2",),
        RATED,
        words="--kind labels",
        leaves_out=True,
    ),
    Case(
        f"pairs '{FILE}' --counterfactual --group pair",
        ("label_numbers:advice --scale",),
        SCORED,
    ),
    Case(
        f"pairs '{FILE}' --counterfactual --group pair",
        ("column_values:no_text_problem --any-text",),
        {
            FILE: table(
                ["text", "label", "pair"],
                [(f"word{row}", one[1], row // 2) for row, one in enumerate(PRAISE)],
            )
        },
    ),
)
CASES = (*PREDICT, *EVALUATE, *PAIRS)
