"""Options that several commands share."""

from typing import Annotated

import typer

Text = Annotated[str | None, typer.Option(help="Column with the text.")]
Label = Annotated[str | None, typer.Option(help="Column with the label.")]
Group = Annotated[str | None, typer.Option(help="Column (customer, film) that no two parts share.")]
LabelNames = Annotated[
    str | None, typer.Option(help="Label names in id order: negative,neutral,positive.")
]
Stars = Annotated[int | None, typer.Option(help="Labels are ratings from 1 to 5 or 10.")]
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
