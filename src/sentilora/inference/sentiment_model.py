"""A loaded model that predicts."""

from __future__ import annotations

from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from sentilora.data.text_entries import checked_texts, open_entries
from sentilora.inference.cascade import score_in_stages
from sentilora.inference.engines.engine import Engine, open_engine
from sentilora.inference.explanation import Explanation
from sentilora.inference.pickled_model import check_remembered, remember
from sentilora.inference.prediction import (
    Prediction,
    Predictions,
    check_threshold,
    make_predictions,
)
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
        turn: lock of the thread that computes.

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
        self.turn = RLock()

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return self.engine.device

    @property
    def precision(self) -> str:
        """In which number format."""
        return self.engine.precision

    @property
    def classes_(self) -> np.ndarray:
        """The label names as scikit-learn has them, ``(C,)`` object, in their order."""
        return np.asarray(self.labels.names, dtype=object)

    def __repr__(self) -> str:
        labels = ", ".join(self.labels.names)
        how = f"{self.engine.name} on {self.device.type}, {self.precision}"
        return f"<SentimentModel {self.artifact.name}: {labels}; {how}>"

    def __reduce__(self) -> tuple[Any, ...]:
        """Be pickled as the folder that it was loaded from, its device and its precision."""
        how = {"device": self.device.type, "precision": self.precision, "engine": self.engine.name}
        return _load_again, (*remember(self.artifact), how)

    @overload
    def predict(self, texts: str, *, threshold: float | None = None) -> Prediction: ...

    @overload
    def predict(
        self,
        texts: Any,
        *,
        text: str | None = None,
        threshold: float | None = None,
        progress: Progress | None = None,
    ) -> Predictions: ...

    def predict(
        self,
        texts: Any,
        *,
        text: str | None = None,
        threshold: float | None = None,
        progress: Progress | None = None,
    ) -> Prediction | Predictions:
        """Predict one text, or many.

        Args:
            texts: one text, which gives one prediction; or texts in order (a list, a generator, a
                column of pandas, polars, numpy, pyarrow or ``datasets``), which give a list of
                predictions in the same order; or a table, together with ``text``.
            text: column of the table that holds the texts; None for anything but a table.
            threshold: smallest score that counts as an answer, in ``[0, 1]``; answers below it are
                marked ``abstained``.
            progress: function that is called with the number of texts each time some are done,
                such as ``bar.update`` of a progress bar.

        Raises:
            DataError: something in ``texts`` is not a string, or is empty; or there are no texts
                in what was given.
            ConfigError: the threshold is out of range, or ``text`` was given without a table.
        """
        check_threshold(threshold)
        entries = open_entries(texts, text)
        rows = checked_texts(entries)
        scored = self._score(rows, progress=progress)
        predictions = make_predictions(
            self.probabilities(scored.logits),
            scored.truncated,
            self.labels,
            threshold,
            early=scored.early,
            unknown=scored.unknown,
            row_index=entries.index,
        )
        return predictions[0] if isinstance(texts, str) else predictions

    def __call__(self, texts: Any, **options: Any) -> Prediction | Predictions:
        """Do the same as :meth:`predict`."""
        answer: Prediction | Predictions = self.predict(texts, **options)
        return answer

    def predict_proba(self, texts: Any, *, text: str | None = None) -> np.ndarray:
        """Return calibrated ``(N, C)`` float64 probabilities, in the order of ``classes_``.

        Args:
            texts: as for :meth:`predict`; one string counts as one row.
            text: as for :meth:`predict`.

        Raises:
            DataError, ConfigError: as for :meth:`predict`.
        """
        return self.probabilities(self.score(texts, text=text).logits)

    def predict_frame(
        self,
        frame: Any,
        *,
        text: str | None = None,
        threshold: float | None = None,
        skip_bad_rows: bool = False,
        progress: Progress | None = None,
    ) -> Any:
        """Return a table with the answers beside its rows, in columns as ``predict_file`` has them.

        Args:
            frame: table of pandas, polars, pyarrow or ``datasets``; it stays as it is.
            text: column with the texts; by default the one named text, review, sentence or content.
            threshold: as for :meth:`predict`.
            skip_bad_rows: whether to leave the added columns empty where a row has no text,
                instead of raising.
            progress: as for :meth:`predict`.

        Returns:
            A table of the same library, with its own columns first; a name that it has already
            gets the prefix ``predicted_``.

        Raises:
            DataError: it is no table, has no such column, or rows without a text.
            ConfigError: the threshold is out of range.
        """
        from sentilora.inference.frames.answered_frame import predict_frame

        return predict_frame(
            self,
            frame,
            text=text,
            threshold=threshold,
            skip_bad_rows=skip_bad_rows,
            progress=progress,
        )

    @overload
    def explain(self, texts: str, label: str | None = None) -> Explanation: ...

    @overload
    def explain(
        self, texts: Any, label: str | None = None, *, text: str | None = None
    ) -> list[Explanation]: ...

    def explain(
        self, texts: Any, label: str | None = None, *, text: str | None = None
    ) -> Explanation | list[Explanation]:
        """Tell what each word of a text contributed to its label, or to another one.

        By integrated gradients on torch, by hiding each word in turn on other engines; see
        :mod:`sentilora.inference.attribution`.

        Args:
            texts: as for :meth:`predict`: one text, which gives one explanation, or many, which
                give a list.
            label: label to explain; the most probable one of each text when None.
            text: as for :meth:`predict`.

        Raises:
            DataError: something is not a string, or is empty, or there is no such label.
        """
        from sentilora.inference.attribution import explain

        rows = checked_texts(open_entries(texts, text))
        with self.turn:
            explanations = [explain(self, row, label) for row in rows]
        return explanations[0] if isinstance(texts, str) else explanations

    def score(
        self,
        texts: Any,
        *,
        text: str | None = None,
        budget: BatchBudget | None = None,
        progress: Progress | None = None,
    ) -> Scored:
        """Compute uncalibrated ``(N, C)`` logits.

        Args:
            texts: as for :meth:`predict`; all are tokenised at once, so hand over a file in pieces.
            text: as for :meth:`predict`.
            budget: largest number of padded tokens in a batch; ``BATCH_TOKENS`` when None.
            progress: function that is called with the number of texts each time some are done.

        Raises:
            DataError, ConfigError: as for :meth:`predict`.
        """
        return self._score(checked_texts(open_entries(texts, text)), budget, progress)

    def _score(
        self, texts: list[str], budget: BatchBudget | None = None, progress: Progress | None = None
    ) -> Scored:
        with self.turn:
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


def _load_again(folder: str, sha256: str, how: dict[str, str]) -> SentimentModel:
    check_remembered(folder, sha256)
    return load(folder, **how)
