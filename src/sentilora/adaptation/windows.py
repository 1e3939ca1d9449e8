"""A corpus as token ids on disk: every text whole, in windows of like length that do not overlap.

corpus/
  tokens.int32   ids of all windows one after the other, special tokens included
  windows.npz    where each window starts, which are held out, how often each word occurs
                 WRITTEN LAST
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sentilora.data.corpus import Corpus
from sentilora.errors import DataError
from sentilora.files import replacing
from sentilora.model.tokens import TextEncoder

TOKENS = "tokens.int32"
WINDOWS = "windows.npz"
CHUNK = 1000
# Of few texts a tenth is held out, up to 50; of many no more than are read in seconds.
LEAST_HELD_OUT, MOST_HELD_OUT = 50, 1000


@dataclass(frozen=True)
class TextWindows:
    """Token ids, mapped into memory.

    Attributes:
        starts: ``(W + 1,)`` place of the first token of each window.
        is_held_out: ``(W,)`` whether a window is of a text that is only measured on.
        word_counts: ``(V,)`` number of times that each word occurs in the other windows.
        text_counts: ``(V,)`` number of texts among them that each word occurs in.
        texts, held_out_texts: numbers of all texts, and of those held out.
    """

    tokens: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int64]
    is_held_out: npt.NDArray[np.bool_]
    word_counts: npt.NDArray[np.int64]
    text_counts: npt.NDArray[np.int64]
    texts: int
    held_out_texts: int

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Tokens of each window, ``(W,)``."""
        return np.diff(self.starts)

    def rows(self, windows: Sequence[int] | npt.NDArray[np.int64]) -> list[list[int]]:
        """Return the ids of some windows."""
        return [self.tokens[self.starts[w] : self.starts[w + 1]].tolist() for w in windows]


def encode_corpus(
    corpus: Corpus,
    encoder: TextEncoder,
    folder: Path,
    *,
    is_special: npt.NDArray[np.bool_],
    vocabulary_size: int,
    held_out_share: float,
    seed: int,
    progress: Callable[[int], None] | None = None,
) -> TextWindows:
    """Tokenise all texts once, into a folder.

    Args:
        corpus: the texts.
        encoder: encoder whose rule says how many tokens a window has at most.
        folder: folder to write to; made when it is not there.
        is_special: ``(V,)`` whether a token is never hidden; windows of nothing but these are left
            out, as there is nothing to hide.
        vocabulary_size: number of words in the vocabulary, V.
        held_out_share: share of the texts to measure on; at least 50 (a tenth of fewer than 500),
            at most 1,000.
        seed: seed of the choice of these texts.
        progress: function that is told how many texts are done, now and then.

    Raises:
        DataError: nothing is left to train on, or to measure on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    is_held_out_text = _hold_out(corpus.counts.kept, held_out_share, seed)
    lengths: list[int] = []
    is_held_out: list[bool] = []
    counts = np.zeros((2, vocabulary_size), np.int64)
    number = 0
    with (folder / TOKENS).open("wb") as file:
        for texts in corpus.batches():
            for start in range(0, len(texts), CHUNK):
                chunk = texts[start : start + CHUNK]
                pieces, owners = _windows(chunk, encoder, is_special)
                held_out = is_held_out_text[number + owners]
                rows = [[*encoder.prefix, *piece.tolist(), *encoder.suffix] for piece in pieces]
                file.writelines(np.asarray(row, np.int32).tobytes() for row in rows)
                lengths += map(len, rows)
                is_held_out += held_out.tolist()
                read = [piece for piece, is_out in zip(pieces, held_out, strict=True) if not is_out]
                counts[0] += _count(read, vocabulary_size)
                counts[1] += _count([np.unique(piece) for piece in read], vocabulary_size)
                number += len(chunk)
                if progress is not None:
                    progress(len(chunk))
    _check(is_held_out, corpus)
    with replacing(folder / WINDOWS) as stream:
        np.savez(
            stream,
            starts=np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]),
            is_held_out=np.asarray(is_held_out),
            counts=counts,
            texts=np.asarray([number, int(is_held_out_text.sum())]),
        )
    windows = open_windows(folder)
    assert windows is not None
    return windows


def open_windows(folder: Path) -> TextWindows | None:
    """Map a tokenised corpus into memory; None when the folder holds no finished one."""
    if not (folder / WINDOWS).is_file():
        return None
    with np.load(folder / WINDOWS, allow_pickle=False) as stored:
        counts, texts = stored["counts"], stored["texts"]
        return TextWindows(
            tokens=np.memmap(folder / TOKENS, dtype=np.int32, mode="r"),
            starts=stored["starts"],
            is_held_out=stored["is_held_out"],
            word_counts=counts[0],
            text_counts=counts[1],
            texts=int(texts[0]),
            held_out_texts=int(texts[1]),
        )


def _hold_out(texts: int, share: float, seed: int) -> npt.NDArray[np.bool_]:
    least = max(1, min(LEAST_HELD_OUT, texts // 10))
    count = min(max(least, round(texts * share)), MOST_HELD_OUT)
    chosen = np.zeros(texts, np.bool_)
    chosen[np.random.default_rng(seed).permutation(texts)[:count]] = True
    return chosen


def _windows(
    texts: list[str], encoder: TextEncoder, is_special: npt.NDArray[np.bool_]
) -> tuple[list[npt.NDArray[np.int32]], npt.NDArray[np.int64]]:
    """Cut texts into as few windows as fit, of nearly the same length; also whose each is."""
    pieces, owners = [], []
    rows = encoder.tokenizer(
        texts,
        add_special_tokens=False,
        return_attention_mask=False,
        return_token_type_ids=False,
        verbose=False,
    )["input_ids"]
    for owner, row in enumerate(rows):
        ids = np.asarray(row, np.int32)
        for piece in np.array_split(ids, max(1, -(-len(ids) // encoder.room))):
            if not is_special[piece].all():
                pieces.append(piece)
                owners.append(owner)
    return pieces, np.asarray(owners, np.int64)


def _count(pieces: list[npt.NDArray[np.int32]], size: int) -> npt.NDArray[np.int64]:
    words = np.concatenate([np.zeros(0, np.int32), *pieces])
    return np.bincount(words, minlength=size).astype(np.int64)


def _check(is_held_out: list[bool], corpus: Corpus) -> None:
    held_out = sum(is_held_out)
    if held_out and held_out < len(is_held_out):
        return
    names = ", ".join(source.table.name for source in corpus.sources)
    raise DataError(
        f"{names}: {corpus.counts.kept:,} different text(s) are too few to adapt to: "
        f"{len(is_held_out) - held_out:,} to train on and {held_out:,} to measure on have words "
        "that the base knows. Give more texts."
    )
