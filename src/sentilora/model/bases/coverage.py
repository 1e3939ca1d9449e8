"""How much of texts a base knows: its unknown tokens, and texts in languages that it never read.

A tokenizer that meets what it has no token for writes the same ``[UNK]`` for it, whatever it was.
Byte-level tokenizers (GPT-2, RoBERTa) know no unknown; whether their base has ever read a language
is not covered.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sentilora.data.languages import LanguageCount
from sentilora.errors import ModelError
from sentilora.message import setting
from sentilora.model.bases.known_bases import BASES, by_hub_id
from sentilora.model.tokens import MOSTLY_UNKNOWN

TOLD_SHARE = 0.01  # of all tokens, or of the texts that are mostly unknown
REFUSED_SHARE = 0.9  # of all tokens, from which a training is refused
EXAMPLES = 3


@dataclass(frozen=True)
class Coverage:
    """What a base knows of some texts.

    Attributes:
        share: share of all tokens that are unknown, in ``[0, 1]``.
        texts: number of texts.
        unread: number of texts of which half of the tokens or more are unknown.
        examples: most frequent unknown words.
    """

    share: float
    texts: int
    unread: int
    examples: tuple[str, ...]


def measure_coverage(backend: Any, unknown_id: int | None, texts: Sequence[str]) -> Coverage:
    """Count unknown tokens.

    Args:
        backend: ``tokenizers.Tokenizer`` of the base.
        unknown_id: id of its token for all that is unknown; None if it has none.
        texts: the texts, at most some thousands.
    """
    backend.no_truncation()
    backend.no_padding()
    tokens = unknown = unread = 0
    words: Counter[str] = Counter()
    encoded = backend.encode_batch(list(texts), add_special_tokens=False)
    for text, one in zip(texts, encoded, strict=True):
        places = [place for place, token in enumerate(one.ids) if token == unknown_id]
        words.update(text[slice(*one.offsets[place])] for place in places)
        tokens += len(one.ids)
        unknown += len(places)
        unread += len(places) >= MOSTLY_UNKNOWN * len(one.ids)
    examples = tuple(word for word, _ in words.most_common(EXAMPLES))
    return Coverage(unknown / max(1, tokens), len(texts), unread, examples)


def notes_on(coverage: Coverage, base: str) -> list[str]:
    """Say what a base does not know, where it is more than a little.

    Raises:
        ModelError: it is nine tenths of all tokens or more.
    """
    seen = f"{coverage.share:.1%} of the tokens are unknown to the base {base}"
    if coverage.examples:
        seen += f", such as {', '.join(repr(_shortened(word)) for word in coverage.examples)}"
    if coverage.share >= REFUSED_SHARE:
        raise ModelError(
            f"{seen}: next to nothing can be learned from these texts with it. Expected a base "
            "that knows their language and script, such as "
            f"{setting('base', 'FacebookAI/xlm-roberta-base')}."
        )
    if max(coverage.share, coverage.unread / max(1, coverage.texts)) < TOLD_SHARE:
        return []
    unread = f"; {coverage.unread:,} of {coverage.texts:,} texts are mostly unknown"
    return [f"{seen}{unread if coverage.unread else ''}"]


def language_notes(texts: Sequence[str], base: str) -> list[str]:
    """Say how many texts do not look English, if the base reads little else.

    Args:
        texts: the texts, or a sample of them.
        base: name or hub id of the base.
    """
    name = english_base(base)
    if name is None:
        return []
    count = LanguageCount()
    count.add(texts)
    return count.notes(name)


def english_base(base: str) -> str | None:
    """Return the name of a base that has read little but English; None of one not known to.

    Args:
        base: name or hub id of the base.
    """
    known = BASES.get(base) or by_hub_id(base)
    return known.name if known else None


def remarks_of(folder: Path, base: str) -> Callable[[Sequence[str]], list[str]]:
    """Return a function that remarks on texts as the base in a folder sees them.

    It loads the tokenizer alone, without transformers.
    """
    from tokenizers import Tokenizer

    path = folder / "tokenizer.json"
    model = json.loads(path.read_text(encoding="utf-8"))["model"]
    backend = Tokenizer.from_file(str(path))
    unknown = model.get("unk_id")
    if model.get("unk_token") is not None:
        unknown = backend.token_to_id(model["unk_token"])
    return remarks_by(backend, unknown, base)


def remarks_by(
    backend: Any, unknown_id: int | None, base: str
) -> Callable[[Sequence[str]], list[str]]:
    """Return a function that remarks on texts as a base sees them: their tokens and language.

    Args:
        backend: ``tokenizers.Tokenizer`` of the base.
        unknown_id: id of its token for all that is unknown; None if it has none.
        base: name of the base.
    """
    return lambda texts: [
        *notes_on(measure_coverage(backend, unknown_id, texts), base),
        *language_notes(texts, base),
    ]


def _shortened(word: str) -> str:
    return word if len(word) <= 12 else f"{word[:11]}…"
