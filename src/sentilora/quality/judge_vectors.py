"""What the model that ships says of texts, as vectors that a classifier of any labels learns from.

``general`` was trained on none of the user's labels, so that it is an honest judge of them, except
on the sets that its card names. Its last vector before the logits is taken, not its answer: the
labels to be judged may be others than its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sentilora import samples
from sentilora.events import EventLog
from sentilora.inference.engines.engine import TorchEngine
from sentilora.inference.scoring import find_repeats, score_windows
from sentilora.inference.sentiment_model import SentimentModel, load
from sentilora.model.bases.embedded_base import embedded_folder, is_cached
from sentilora.model.bases.known_bases import BASES
from sentilora.model.outputs import output_layer

if TYPE_CHECKING:
    import torch

_BASE = "minilm"  # of the model that ships
_AT_ONCE = 4096


def is_at_hand() -> bool:
    """Tell whether the base of the model that ships is on this machine."""
    return embedded_folder(BASES[_BASE]) is not None or is_cached(BASES[_BASE])


def judge_vectors(texts: Sequence[str], log: EventLog) -> NDArray[np.float32]:
    """Return what the model that ships makes of each text before its logits, and these.

    Args:
        texts: N texts.
        log: log that is told ``phase`` and ``progress``.

    Returns:
        ``(N, H + 3)`` float32: the vector that its output layer reads, and its three logits.

    Raises:
        ModelError: its base is not on this machine.
    """
    model = load(samples.GENERAL, precision="auto")
    engine = _VectorEngine(model)
    unique, owners = find_repeats(texts)
    log.emit("phase", name="read the texts", total=len(unique))
    pieces = []
    for start in range(0, len(unique), _AT_ONCE):
        windows = model.encoder.encode(unique[start : start + _AT_ONCE]).windows
        pieces.append(
            score_windows(
                engine, windows, model.encoder, progress=lambda batch: log.count(len(batch))
            )
        )
    engine.close()
    found: NDArray[np.float32] = np.concatenate(pieces)[owners]
    return found


class _VectorEngine:
    """Computes, in the place of logits, what the output layer reads, with the logits behind it."""

    def __init__(self, model: SentimentModel) -> None:
        assert isinstance(model.engine, TorchEngine)  # no export ships
        self._engine = model.engine
        _, layer = output_layer(self._engine.network)
        self.name, self.device, self.precision = "vectors", model.device, model.precision
        self.labels = layer.in_features + layer.out_features
        self._read: torch.Tensor | None = None
        self._hook = layer.register_forward_pre_hook(self._keep)

    def _keep(self, _: Any, inputs: tuple[torch.Tensor, ...]) -> None:
        self._read = inputs[0]

    def logits(self, inputs: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """Return ``(B, H + C)`` float32."""
        import torch

        logits = self._engine.logits(inputs)
        assert self._read is not None
        return torch.cat([self._read.float(), logits], dim=1)

    def prepared(self, texts: int) -> AbstractContextManager[Any]:
        """Return a block inside which so many texts are computed."""
        return self._engine.prepared(texts)

    def close(self) -> None:
        """Leave the network as it was."""
        self._hook.remove()
