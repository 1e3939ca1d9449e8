"""What a cell of a file has to be to count as a text: the same for all that read texts.

Not covered: texts that a caller hands over in Python or types, which are what they are.
"""

from __future__ import annotations

from sentilora.data.files.streams import text_problem
from sentilora.data.labelled.values.label_spellings import is_missing


def cell_problem(value: object) -> str | None:
    """Say why a cell is no text to learn from or to predict; None when it is one.

    A word for none, such as ``nan``, is none.
    """
    return text_problem(value) or ("a word for no text" if is_missing(value) else None)
