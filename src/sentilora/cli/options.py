"""Options that several commands share."""

from typing import Annotated

import typer

PairsColumns = Annotated[
    str | None, typer.Option(help="Names of its columns: text_preferred=a,text_other=b.")
]
PairsTexts = Annotated[
    str | None, typer.Option(help="File that holds the texts that the pairs refer to.")
]
PairsKey = Annotated[str | None, typer.Option(help="Column of that file that the pairs name.")]
