"""Whether the words that a tokenizer knows are those that a base was trained with.

transformers makes an empty tokenizer for a folder that holds none, which knows a handful of special
tokens: every word of every text is the same unknown one then. Not covered: another tokenizer of the
same size.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sentilora.errors import ModelError

SMALLEST_SHARE = 0.5  # of the embedding table; tables are rounded up, but never that far
_FILES = ("tokenizer*", "vocab*", "merges.txt", "*.model", "*.tiktoken", "*.spm")


def check_tokenizer_files(source: str) -> None:
    """Refuse a folder without a tokenizer; hub ids are left to the hub.

    Raises:
        ModelError: the folder holds no file of one.
    """
    folder = Path(source)
    if folder.is_dir() and not any(next(folder.glob(pattern), None) for pattern in _FILES):
        held = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
        raise ModelError(
            f"The folder {source} holds no tokenizer. Found: {', '.join(held[:6]) or 'nothing'}; "
            "expected tokenizer.json, too (or vocab.txt, or another file of a tokenizer). Copy it "
            "there from where the model comes from: without it no word can be read."
        )


def check_vocabulary(tokenizer: Any, source: str, revision: str) -> None:
    """Compare the size of a vocabulary with the embedding table of the model beside it.

    An adapter's folder, which has no model beside it, is taken as it is.

    Raises:
        ModelError: the tokenizer has more tokens than the table has rows, or far fewer.
    """
    rows, tokens = _embedding_rows(source, revision), len(tokenizer)
    if rows is None or rows * SMALLEST_SHARE <= tokens <= rows:
        return
    raise ModelError(
        f"The tokenizer of {source} does not belong to its model: it knows {tokens:,} tokens, and "
        f"the embedding table has {rows:,} rows. Put the files of the model's own tokenizer there "
        "(tokenizer.json, tokenizer_config.json)."
    )


def _embedding_rows(source: str, revision: str) -> int | None:
    from transformers import AutoConfig

    folder = Path(source)
    if folder.is_dir() and not (folder / "config.json").is_file():
        return None
    try:
        config = AutoConfig.from_pretrained(source, revision=revision)
    except (OSError, ValueError):
        return None  # whoever loads the weights will say so
    size = getattr(config, "vocab_size", None)
    return size if isinstance(size, int) else None
