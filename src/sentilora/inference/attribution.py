"""What each word of a text contributed to a label.

On torch by integrated gradients (integrated_gradients.py): contributions add up to the difference
between the log-odds of the text and those of the text with all words hidden. Other engines have no
gradients, some networks embed a text more than once or elsewhere (T5, BART) or turned over (XLNet),
and of some the integral is not found with the points there are: there each word is hidden in turn
(occlusion), all in one batch. Not covered: words that speak only together, whose joint effect both
methods split up or miss.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from sentilora.data.problems import shortened
from sentilora.errors import DataError
from sentilora.inference.engines.engine import TorchEngine
from sentilora.inference.explanation import Explanation, WordContribution
from sentilora.inference.scoring import score_windows
from sentilora.model.padding import computes_lengths_apart

if TYPE_CHECKING:
    from torch import Tensor

    from sentilora.inference.engines.engine import Engine
    from sentilora.labels import Labels
    from sentilora.model.tokens import TextEncoder

# Chinese and Japanese write no spaces: there a character stands for a word.
_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_IDEOGRAPHS}]|[^\s{_IDEOGRAPHS}]+")


@dataclass(frozen=True)
class _Reading:
    """A text as the model reads it.

    Attributes:
        windows: token ids of the text, one list a window.
        words: first and last position ``(start, end)``, in characters, of the words that have a
            token.
        owners: index of the word of each token of each window; -1 where it has none.
        truncated: whether the text was longer than the model reads.
    """

    windows: list[list[int]]
    words: list[tuple[int, int]]
    owners: list[list[int]]
    truncated: bool

    def hide(self, word: int | None, hidden_id: int) -> list[list[int]]:
        """Return the windows with one word hidden, or all of them."""
        return [
            [
                hidden_id if owner >= 0 and word in (None, owner) else token
                for token, owner in zip(window, owners, strict=True)
            ]
            for window, owners in zip(self.windows, self.owners, strict=True)
        ]


class Explained(Protocol):
    """A model whose answers can be explained.

    Attributes:
        labels: ordered label names.
        engine: engine that computes the logits.
        encoder: tokenizer of the model, with its text rule.
    """

    labels: Labels
    engine: Engine
    encoder: TextEncoder

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Return calibrated ``(N, C)`` probabilities of ``(N, C)`` logits."""


def explain(model: Explained, text: str, label: str | None = None) -> Explanation:
    """Explain one answer; see ``SentimentModel.explain``."""
    names = model.labels.names
    if label is not None and not (isinstance(label, str) and label in names):
        raise DataError(
            f"There is no label '{shortened(str(label))}'. Expected one of: {', '.join(names)}."
        )
    encoder, engine = model.encoder, model.engine
    reading = _read(encoder, text)
    hidden_id = _hidden_id(encoder)
    blank = reading.hide(None, hidden_id)
    logits = score_windows(engine, [reading.windows, blank], encoder)
    probabilities = model.probabilities(logits[:1])[0]
    label_id = int(probabilities.argmax()) if label is None else names.index(label)
    whole, nothing = (float(value) for value in log_odds(logits, label_id))
    method, error, values = "integrated gradients", None, None
    if isinstance(engine, TorchEngine) and _embeds_once(engine, encoder, reading):
        values = _integrated(engine, encoder, reading, blank, label_id)
    if values is None:
        method = "occlusion"
        values = whole - _without_each(engine, encoder, reading, hidden_id, label_id)
    else:
        error = whole - nothing - float(values.sum())
    return Explanation(
        label=names[label_id],
        score=float(probabilities[label_id]),
        log_odds=whole,
        blank_log_odds=nothing,
        words=tuple(
            WordContribution(text[start:end], start, end, float(value))
            for (start, end), value in zip(reading.words, values, strict=True)
        ),
        method=method,
        error=error,
        truncated=reading.truncated,
    )


def log_odds(logits: np.ndarray, label_id: int) -> np.ndarray:
    """Return the ``(N,)`` log-odds of a label under the softmax of ``(N, C)`` logits."""
    import torch

    from sentilora.inference.integrated_gradients import log_odds_of

    result: np.ndarray = log_odds_of(torch.from_numpy(logits).double(), label_id).numpy()
    return result


def _read(encoder: TextEncoder, text: str) -> _Reading:
    """Find out which token belongs to which word; words that a token spans are taken as one."""
    spans = encoder.spans(text)
    words = [match.span() for match in _WORD.finditer(text)]
    word_at = np.full(len(text), -1)
    for index, (start, end) in enumerate(words):
        word_at[start:end] = index
    # A token may bring the space before it, which belongs to no word.
    covered = [
        [sorted({*word_at[start:end].tolist()} - {-1}) for start, end in row] for row in spans
    ]
    first = list(range(len(words)))
    for found in (found for row in covered for found in row if len(found) > 1):
        for word in range(found[0] + 1, found[-1] + 1):
            first[word] = first[found[0]]
    owners = [[first[found[0]] if found else -1 for found in row] for row in covered]
    read = sorted({owner for row in owners for owner in row if owner >= 0})
    place = {owner: index for index, owner in enumerate(read)}
    last = {owner: word for word, owner in enumerate(first)}
    encoded = encoder.encode([text])
    return _Reading(
        windows=encoded.windows[0],
        words=[(words[owner][0], words[last[owner]][1]) for owner in read],
        owners=[[place.get(owner, -1) for owner in row] for row in owners],
        truncated=encoded.truncated[0],
    )


def _hidden_id(encoder: TextEncoder) -> int:
    """Return the token that says nothing: the mask, or padding where there is none."""
    mask = encoder.tokenizer.mask_token_id
    return encoder.pad_id if mask is None else int(mask)


def _without_each(
    engine: Engine, encoder: TextEncoder, reading: _Reading, hidden_id: int, label_id: int
) -> np.ndarray:
    """Return the ``(W,)`` log-odds of the text with each of its words hidden."""
    hidden = [reading.hide(word, hidden_id) for word in range(len(reading.words))]
    return log_odds(score_windows(engine, hidden, encoder), label_id)


def _embeds_once(engine: TorchEngine, encoder: TextEncoder, reading: _Reading) -> bool:
    """Whether the layer that embeds tokens makes one tensor of a text's ids, and only once."""
    import torch

    inputs = _inputs(engine, encoder, reading.windows)
    seen: list[tuple[Tensor, Any]] = []
    embedding = engine.network.get_input_embeddings()
    hook = embedding.register_forward_hook(lambda _, args, output: seen.append((args[0], output)))
    try:
        engine.logits(inputs)
    finally:
        hook.remove()
    if len(seen) != 1 or not isinstance(seen[0][1], torch.Tensor):
        return False
    return torch.equal(seen[0][0], inputs["input_ids"])


def _inputs(
    engine: TorchEngine, encoder: TextEncoder, windows: list[list[int]]
) -> dict[str, Tensor]:
    """Return the windows of a text as the network gets them: where it reads padding, without."""
    padded = encoder.pad(windows)
    if computes_lengths_apart(engine.network):
        padded = {name: x[:, : len(windows[0])] for name, x in padded.items()}  # all are as long
    return {name: x.to(engine.device) for name, x in padded.items()}


def _integrated(
    engine: TorchEngine,
    encoder: TextEncoder,
    reading: _Reading,
    blank: list[list[int]],
    label_id: int,
) -> np.ndarray | None:
    """Return ``(W,)`` contributions of the words; None where they do not add up."""
    from sentilora.inference.integrated_gradients import integrate

    inputs = _inputs(engine, encoder, reading.windows)
    blank_ids = _inputs(engine, encoder, blank)["input_ids"]
    tokens = integrate(engine.network, inputs, blank_ids, label_id)
    if tokens is None:
        return None
    values = np.zeros(len(reading.words) + 1)  # the last one for tokens without a word
    for row, owners in zip(tokens, reading.owners, strict=True):
        np.add.at(values, owners, row[: len(owners)])
    return values[:-1]
