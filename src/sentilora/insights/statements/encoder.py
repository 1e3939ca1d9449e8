"""What statements are about: vectors of the base with its adapter off.

An adapter that was trained for moods has forgotten part of what tells topics apart, and the first
token's state, which the quick path of predictions computes alone, says less than the mean of all
tokens. So the base itself reads each statement once more, from the same tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sentilora.inference.batches import token_batches
from sentilora.inference.engines.device import autocast, dtype_of, pick_precision
from sentilora.inference.scoring import mean_state
from sentilora.inference.sentiment_model import SentimentModel
from sentilora.labels import Labels
from sentilora.model.artifact import base_of
from sentilora.model.classifier import load_base_classifier
from sentilora.model.tokens import TextEncoder, average_windows

if TYPE_CHECKING:
    import torch

# Padded tokens of a batch: with twice as many, statements of more different lengths stand in one,
# padding takes up what fewer calls save, and all that is computed needs twice the memory.
BATCH_TOKENS = 4096
_ANY_LABELS = Labels(("no", "yes"))  # of a head that nobody asks


class TopicEncoder:
    """The base of a model, by itself.

    It computes in bf16 where the hardware multiplies it, as the angles between vectors stay.

    Args:
        model: model whose base, tokenizer and device are taken; also an export, which holds no
            weights for torch.

    Attributes:
        width: length of a vector, D.

    Raises:
        MissingExtraError: the base comes with a package that is not installed.
        ModelError: the base is not there, or holds other weights.
    """

    def __init__(self, model: SentimentModel) -> None:
        from sentilora.model.quick.quick_blocks import install_quick_blocks

        self.device = model.device
        self.precision = pick_precision("auto", self.device)
        self._encoder: TextEncoder = model.encoder
        core, _ = load_base_classifier(base_of(model.artifact), _ANY_LABELS)
        self._core = core.to(self.device).eval()
        self.width = int(core.config.hidden_size)
        quick = install_quick_blocks(self._core, dtype_of(self.precision), all_states=True)
        self._inner = None if quick is None else getattr(core, core.base_model_prefix)
        if self._inner is not None and hasattr(self._inner, "pooler"):
            self._inner.pooler = None

    def vectors(
        self,
        windows: Sequence[Sequence[Sequence[int]]],
        *,
        progress: Callable[[int], None] | None = None,
    ) -> NDArray[np.float32]:
        """Return the mean of the last hidden states over the tokens of each text.

        Args:
            windows: windows of token ids of each of S texts, of :class:`TextEncoder`.
            progress: function that is called with the number of texts each time some are done.

        Returns:
            ``(S, D)`` float32, each of length 1.
        """
        lengths = [sum(map(len, text)) for text in windows]
        found = np.empty((len(windows), self.width), np.float32)
        for batch in token_batches(lengths, batch_tokens=lambda: BATCH_TOKENS):
            rows = [window for index in batch for window in windows[index]]
            counts = [len(windows[index]) for index in batch]
            found[batch] = average_windows(self._means(rows), counts).cpu().numpy()
            if progress is not None:
                progress(len(batch))
        found /= np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
        return found

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of texts, ``(S, D)`` float32, each of length 1."""
        return self.vectors(self._encoder.encode(texts).windows)

    def _means(self, rows: Sequence[Sequence[int]]) -> torch.Tensor:
        """Return ``(B, D)`` float32 means over the tokens of each row."""
        import torch

        padded = self._encoder.pad(rows, is_exact=True)
        inputs = {name: x.to(self.device) for name, x in padded.items()}
        with torch.inference_mode(), autocast(self.device, self.precision):
            if self._inner is None:
                out = self._core(**inputs, output_hidden_states=True)
                return mean_state(out, inputs["attention_mask"])
            states = self._inner(**inputs).last_hidden_state
        weights = inputs["attention_mask"][:, :, None].float()
        total: torch.Tensor = (states.float() * weights).sum(dim=1)
        return total / weights.sum(dim=1)
