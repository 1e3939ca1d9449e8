"""A loaded model that predicts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from sentilora.errors import DataError, first_ten, several
from sentilora.inference.cascade import score_in_stages
from sentilora.inference.engines.engine import Engine, open_engine
from sentilora.inference.explanation import Explanation
from sentilora.inference.prediction import Prediction, make_predictions
from sentilora.inference.scoring import Progress, Scored, score_texts
from sentilora.inference.token_budget import BatchBudget
from sentilora.labels import Labels
from sentilora.model.artifact import Artifact, open_artifact
from sentilora.model.first_stage import load_first_stage
from sentilora.model.tokens import TextEncoder

if TYPE_CHECKING:
    import torch


class SentimentModel:
    """A model on a device, ready to answer. Made by :func:`load`.

    Threads may share it: one of them computes, the others wait.

    Attributes:
        labels: ordered label names.
        calibration: how logits become probabilities.
        engine: engine that computes the logits.
        first_stage: first stage of a cascade, which answers easy texts; None without one.

    Example:
        >>> import sentilora
        >>> model = sentilora.load("general")
        >>> [one.label for one in model.predict(["Great movie!", "It broke after a day."])]
        ['positive', 'negative']
    """

    def __init__(self, artifact: Artifact, engine: Engine, tokenizer: Any) -> None:
        self.artifact = artifact
        self.labels: Labels = artifact.settings.labels
        self.calibration = artifact.settings.calibration
        self.engine = engine
        self.first_stage = load_first_stage(artifact.path)
        self.encoder = TextEncoder(tokenizer, artifact.settings.rule)
        self._turn = RLock()

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return self.engine.device

    @property
    def precision(self) -> str:
        """In which number format."""
        return self.engine.precision

    @overload
    def predict(  # type: ignore[overload-overlap]  # a string is an iterable of strings, too
        self, texts: str, *, threshold: float | None = None
    ) -> Prediction: ...

    @overload
    def predict(
        self, texts: Iterable[str], *, threshold: float | None = None
    ) -> list[Prediction]: ...

    def predict(
        self, texts: str | Iterable[str], *, threshold: float | None = None
    ) -> Prediction | list[Prediction]:
        """Predict one text, or many.

        Args:
            texts: one text, which gives one prediction; or an iterable of texts, which gives a list
                in the same order.
            threshold: smallest score that counts as an answer, in ``[0, 1]``; answers below it are
                marked ``abstained``.

        Raises:
            DataError: something in ``texts`` is not a string, or is empty.
        """
        if isinstance(texts, str):
            return self.predict([texts], threshold=threshold)[0]
        rows = list(texts)
        check_texts(rows)
        scored = self.score(rows)
        return make_predictions(
            self.probabilities(scored.logits),
            scored.truncated,
            self.labels,
            threshold,
            early=scored.early,
        )

    def explain(self, text: str, label: str | None = None) -> Explanation:
        """Tell what each word of a text contributed to its label, or to another one.

        By integrated gradients on torch, by hiding each word in turn on other engines; see
        :mod:`sentilora.inference.attribution`.

        Raises:
            DataError: the text is not a string, or is empty, or there is no such label.
        """
        from sentilora.inference.attribution import explain

        check_texts([text])
        with self._turn:
            return explain(self, text, label)

    def score(
        self,
        texts: list[str],
        *,
        budget: BatchBudget | None = None,
        progress: Progress | None = None,
    ) -> Scored:
        """Compute uncalibrated ``(N, C)`` logits.

        Args:
            texts: the texts, any number; all are tokenised at once, so hand over a file in pieces.
            budget: largest number of padded tokens in a batch; ``BATCH_TOKENS`` when None.
            progress: function that is called with the number of texts each time some are done.
        """
        with self._turn:
            if self.first_stage is not None:
                return score_in_stages(
                    self.first_stage,
                    self.engine,
                    self.encoder,
                    texts,
                    self.calibration,
                    budget=budget,
                    progress=progress,
                )
            return score_texts(self.engine, self.encoder, texts, budget=budget, progress=progress)

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Return calibrated ``(N, C)`` float64 probabilities of ``(N, C)`` logits."""
        return self.calibration.probabilities(logits)


def load(
    path: str | Path, *, device: str = "auto", precision: str = "fp32", engine: str = "auto"
) -> SentimentModel:
    """Load a model from a run folder, its ``model/``, an export, or the adapter that ships.

    Args:
        path: path of the folder, whose manifest is verified first; or ``general``.
        device: device to compute on: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        precision: number format: ``fp32`` (default: the numbers that were proved), ``bf16``,
            ``fp16`` or ``auto``.
        engine: name of the engine: ``torch``, ``onnxruntime``, ``openvino`` or ``auto``: the one
            that the folder is made for, or another that is installed and can compute it.

    Raises:
        ModelError: the folder is missing, unfinished or damaged, or its base is not there.
        DeviceError: device, precision or engine are not available, or not for this folder.
        MissingExtraError: an export needs a runtime that is not installed.

    Example:
        >>> import sentilora
        >>> sentilora.load("general").labels.names
        ('negative', 'neutral', 'positive')
    """
    artifact = open_artifact(path)
    opened, tokenizer = open_engine(artifact, device=device, precision=precision, engine=engine)
    return SentimentModel(artifact, opened, tokenizer)


def check_texts(texts: list[str]) -> None:
    """Raise one error that names every entry that is not a text."""
    problems = []
    for position, text in enumerate(texts):
        if not isinstance(text, str):
            problems.append(f"entry {position} is {type(text).__name__} {text!r}, not a string")
        elif not text.strip():
            problems.append(f"entry {position} is empty")
    if problems:
        shown = several("the texts", first_ten(problems))
        raise DataError(f"{shown}\nLeave them out, or give them a text.")
