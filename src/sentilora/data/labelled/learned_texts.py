"""The texts that a model learned from, kept as hashes in its run folder.

A model that is measured on texts it has learned from looks better than it is. With the hashes, such
texts are found in any file, by the rule of ``same_text.py``, without a text being kept. They stand
in the run folder alone: an export can be given away, and hashes tell who has a text whether it was
learned from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sentilora.data.same_text import text_hashes
from sentilora.errors import RunError
from sentilora.files import write_atomically

LEARNED_TEXTS = "learned_texts.safetensors"

Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class SeenRows:
    """Which rows a model has seen; no row is in both.

    Attributes:
        train: ``(N,)`` bool, whether the model learned from the text.
        validation: ``(N,)`` bool, whether its checkpoint and its calibration were chosen by it.
    """

    train: npt.NDArray[np.bool_]
    validation: npt.NDArray[np.bool_]

    @property
    def unseen(self) -> npt.NDArray[np.bool_]:
        """``(N,)`` bool, whether the text is new to the model."""
        return ~(self.train | self.validation)


@dataclass(frozen=True)
class LearnedTexts:
    """Hashes of the texts of a training.

    Attributes:
        train: ``(T,)`` uint64 of the texts that were learned from, with labels or in pairs.
        validation: ``(V,)`` uint64 of those that the checkpoint was chosen and calibrated by.
    """

    train: Hashes
    validation: Hashes

    def joined(self, earlier: LearnedTexts | None) -> LearnedTexts:
        """Add what the adapter that a training started from has seen."""
        if earlier is None:
            return self
        return LearnedTexts(
            np.union1d(self.train, earlier.train), np.union1d(self.validation, earlier.validation)
        )

    def seen(self, texts: Sequence[str] | Iterable[str]) -> SeenRows:
        """Find the texts among these, in their order."""
        hashes = text_hashes(texts)
        train = np.isin(hashes, self.train)
        return SeenRows(train, np.isin(hashes, self.validation) & ~train)

    def write(self, folder: Path) -> None:
        """Write the hashes into a run folder, whole or not at all."""
        from safetensors.numpy import save

        parts = {"train": np.unique(self.train), "validation": np.unique(self.validation)}
        write_atomically(folder / LEARNED_TEXTS, save(parts))

    @classmethod
    def read(cls, folder: Path) -> LearnedTexts | None:
        """Read the hashes of a run folder; None where there are none.

        Raises:
            RunError: the file is there, and is not what was written.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load

        file = folder / LEARNED_TEXTS
        try:
            parts = load(file.read_bytes())
            return cls(parts["train"], parts["validation"])
        except FileNotFoundError:
            return None
        except (OSError, SafetensorError, KeyError) as error:
            raise RunError(
                f"{file} cannot be read: {error!r}. It says which texts the model learned from. "
                "Copy it again from where the run was trained, or remove it."
            ) from error
