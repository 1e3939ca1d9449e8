"""Options that several commands share."""

from typing import Annotated

import typer

Text = Annotated[str | None, typer.Option(help="Column with the text.")]
Label = Annotated[str | None, typer.Option(help="Column with the label.")]
Group = Annotated[str | None, typer.Option(help="Column (customer, film) that no two parts share.")]
LabelNames = Annotated[
    str | None,
    typer.Option(
        help="Label names: of ids in order, of other numbers from the lowest up; or VALUE=NAME,…"
    ),
]
Stars = Annotated[int | None, typer.Option(help="Labels are ratings from 1 to 5 or 10.")]
Scale = Annotated[
    str | None,
    typer.Option(
        metavar="WORST-BEST",
        help="Labels are ratings from the worst to the best, e.g. 0-10 or -1-1.",
    ),
]
AnyText = Annotated[
    bool,
    typer.Option(
        "--any-text", help="Take texts that are nearly all numbers, dates or single words."
    ),
]
SkipBadRows = Annotated[
    bool, typer.Option("--skip-bad-rows", help="Leave out unusable rows, and count them.")
]
Validation = Annotated[str | None, typer.Option(help="Validation file.")]
Test = Annotated[str | None, typer.Option(help="Test file.")]
PairsColumns = Annotated[
    str | None, typer.Option(help="Names of its columns: text_preferred=a,text_other=b.")
]
PairsTexts = Annotated[
    str | None, typer.Option(help="File that holds the texts that the pairs refer to.")
]
PairsKey = Annotated[str | None, typer.Option(help="Column of that file that the pairs name.")]
Engine = Annotated[
    str, typer.Option(help="auto (what the folder is made for), torch, onnxruntime or openvino.")
]
Precision = Annotated[str, typer.Option(help="fp32 (as proved in training), bf16, fp16 or auto.")]
DateOrder = Annotated[
    str | None,
    typer.Option(help="day-first, month-first or year-first, where dates do not tell."),
]
