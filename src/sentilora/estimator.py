"""A scikit-learn estimator: texts and labels in, a trained model inside, labels out.

Every fit is a training as ``train`` does it, but for the report: it is calibrated and proved to
reload, and not measured, as scikit-learn's own tools measure. Not covered: sample weights, and
tables with more than one column; texts are one column.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self
from uuid import uuid4

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import NotFittedError
from sklearn.utils import check_consistent_length, check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

from sentilora.config import RunConfig, make_config
from sentilora.data.frames import column_at, column_names, is_frame
from sentilora.data.labelled.reader import read_examples
from sentilora.data.labelled.split import split
from sentilora.data.labelled.values.label_spellings import fold, spell
from sentilora.data.labelled.values.label_spellings import is_missing as is_missing_word
from sentilora.data.text_entries import checked_texts, is_missing, open_entries
from sentilora.defaults import SEED, VALIDATION_SHARE
from sentilora.errors import DataError
from sentilora.events import Listener
from sentilora.inference.sentiment_model import SentimentModel, load
from sentilora.labels import Labels
from sentilora.runs.run_folder import Run
from sentilora.training.context.train_keywords import settings_of
from sentilora.training.train import train_unmeasured

_SHOWN = ("epochs", "max_steps", "learning_rate", "rank", "max_tokens")


class SentimentClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier of texts for pipelines, cross-validation and grid search.

    Args:
        base: base to train on: a name, hub id or local folder; decided by ``start_from`` where that
            is given.
        preset: ``fast``, ``balanced`` or ``best``: how much is read and how long is trained.
        start_from: run or ``general`` whose adapter is trained on; None for a new one.
        method: ``lora`` for an adapter, ``full`` for all weights.
        epochs: passes over the training texts; the preset decides when None.
        max_steps: largest number of updates; no limit when None.
        learning_rate: peak of the learning rate; the method decides when None.
        rank: rank of the adapter; the default of ``train`` when None.
        max_tokens: number of tokens read of a text; the preset decides when None.
        validation_share: share of the texts, in ``(0, 0.5)``, that are kept from training, for the
            choice of the best checkpoint and for calibration.
        settings: any other settings of ``train`` by their names; None for their defaults.
        device: device to compute on: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        random_state: seed of the split, of fresh weights and of the order; a random one when None.
        output: folder in which the run of each fit is kept; a temporary one, which is removed, when
            None.
        listener: function that is told every event of a training.

    Attributes:
        classes_: ``(C,)`` labels as they were given to ``fit``, in the order of ``predict_proba``.
        model_: the loaded model, with ``explain`` and all else.
        run_: the run of the fit; None without ``output``.

    Example:
        >>> import sentilora
        >>> texts = ["I love it", "Lovely", "Great film", "So good", "Bad", "It broke", "I hate it",
        ...     "Awful"]
        >>> stars = [5, 5, 5, 5, 1, 1, 1, 1]
        >>> classifier = sentilora.SentimentClassifier(max_steps=2, max_tokens=16)
        >>> classifier.fit(texts, stars).classes_.tolist()
        [1, 5]
    """

    def __init__(
        self,
        base: str = "minilm",
        *,
        preset: str = "balanced",
        start_from: str | None = None,
        method: str = "lora",
        epochs: int | None = None,
        max_steps: int | None = None,
        learning_rate: float | None = None,
        rank: int | None = None,
        max_tokens: int | None = None,
        validation_share: float = VALIDATION_SHARE,
        settings: Mapping[str, Any] | None = None,
        device: str = "auto",
        random_state: int | np.random.RandomState | None = SEED,
        output: str | Path | None = None,
        listener: Listener | None = None,
    ) -> None:
        self.base = base
        self.preset = preset
        self.start_from = start_from
        self.method = method
        self.epochs = epochs
        self.max_steps = max_steps
        self.learning_rate = learning_rate
        self.rank = rank
        self.max_tokens = max_tokens
        self.validation_share = validation_share
        self.settings = settings
        self.device = device
        self.random_state = random_state
        self.output = output
        self.listener = listener

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803 - scikit-learn's name
        """Train on texts and their labels.

        Args:
            X: ``(N,)`` texts in order: a list, a column or an array; or a table of one column.
            y: ``(N,)`` labels of any kind that can be sorted: strings, integers, booleans.

        Raises:
            DataError: something is not a text, a label is missing or has too few texts.
            ConfigError, ModelError, DeviceError, RunError: as for ``train``.
        """
        texts = checked_texts(open_entries(_one_column(X)))
        labels = _labels(y)
        check_consistent_length(texts, labels)
        self.classes_, ids = np.unique(labels, return_inverse=True)
        names = _names(self.classes_)
        rows = {"text": texts, "label": [names[place] for place in ids]}
        self.run_: Run | None = None
        self._model: SentimentModel | None = None
        with self._place() as folder:
            run = self._train(rows, names, Path(folder))
            self._keep(run.path, load(run.path, device=self.device))
        self.run_ = None if self.output is None else run
        return self

    def _place(self) -> AbstractContextManager[str | Path]:
        """Return the folder for the run, which goes after the training if no output was named."""
        if self.output is not None:
            return nullcontext(self.output)
        return TemporaryDirectory(prefix="sentilora-fit-", ignore_cleanup_errors=True)

    def predict(self, X: Any) -> np.ndarray:  # noqa: N803
        """Return the ``(N,)`` most probable labels, as they were given to ``fit``.

        Raises:
            DataError: something is not a text.
            NotFittedError: ``fit`` was not called.
        """
        chosen = self.predict_proba(X).argmax(axis=1)
        answers: np.ndarray = self.classes_[chosen]
        return answers

    def predict_proba(self, X: Any) -> np.ndarray:  # noqa: N803
        """Return calibrated ``(N, C)`` float64 probabilities, in the order of ``classes_``.

        Raises:
            DataError: something is not a text.
            NotFittedError: ``fit`` was not called.
        """
        return self.model_.predict_proba(_one_column(X))

    @property
    def model_(self) -> SentimentModel:
        """The loaded model; an estimator that was unpickled loads it when it is first asked."""
        if not self.__sklearn_is_fitted__():
            raise NotFittedError(
                f"This {type(self).__name__} is not fitted yet. Call fit(texts, labels) first."
            )
        if self._model is None:
            with TemporaryDirectory(prefix="sentilora-fit-", ignore_cleanup_errors=True) as folder:
                for name, content in self._files.items():
                    (Path(folder) / name).write_bytes(content)
                self._model = load(folder, device=self.device)
        return self._model

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_files")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        return tags

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = dict(super().__getstate__())
        if "_model" in state:
            state["_model"] = None  # it is made again from the files
        return state

    def _keep(self, run: Path, model: SentimentModel) -> None:
        folder = model.artifact.path
        assert folder.is_relative_to(run)
        self._files = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
        self._model = model

    def _train(self, rows: dict[str, list[str]], names: list[str], output: Path) -> Run:
        config = self._config(names, output)
        examples = read_examples(rows, labels=Labels(tuple(names)))
        train, held = split(examples, self.validation_share, seed=config.seed)
        places = held.numbers("row") - 1
        parts = {"train": train.numbers("row") - 1, "validation": places, "test": places}
        chosen = {
            part: {key: [values[place] for place in picked] for key, values in rows.items()}
            for part, picked in parts.items()
        }
        return train_unmeasured(config, chosen, self.listener)

    def _config(self, names: list[str], output: Path) -> RunConfig:
        seed = self.random_state
        if seed is None or not isinstance(seed, int | np.integer):
            seed = check_random_state(seed).randint(2**31)
        given = {name: getattr(self, name) for name in ("preset", "method", "device")}
        given["base" if self.start_from is None else "start_from"] = self.start_from or self.base
        given |= {name: value for name in _SHOWN if (value := getattr(self, name)) is not None}
        given |= {"labels": names, "seed": int(seed), "output": str(output), "data.train": "rows"}
        given["name"] = f"{time.strftime('%Y-%m-%d-%H%M%S')}-fit-{uuid4().hex[:8]}"
        settings, problems = settings_of({**given, **(self.settings or {})})
        return make_config(settings, problems=problems)


def _one_column(texts: Any) -> Any:
    """Return what holds the texts, where a tool has put them into a table of one column."""
    if is_frame(texts) and len(column_names(texts)) == 1:
        return column_at(texts, 0)
    is_column = isinstance(texts, np.ndarray) and texts.ndim == 2 and texts.shape[1] == 1
    return texts[:, 0] if is_column else texts


def _labels(y: Any) -> np.ndarray:
    if y is None:
        raise ValueError("SentimentClassifier requires y to be passed, but the target y is None")
    labels: np.ndarray = column_or_1d(np.asarray(y), warn=True)
    missing = [place for place, label in enumerate(labels.tolist()) if is_missing(label)]
    if missing:
        told = ", ".join(map(str, missing[:10]))
        raise DataError(f"{len(missing)} labels are missing, at the places {told}. Leave them out.")
    check_classification_targets(labels)
    return labels


def _names(classes: np.ndarray) -> list[str]:
    """Name the labels in the model: as they are, if that is a name in a file of data as well."""
    names = [str(label) for label in classes.tolist()]
    is_plain = all(spell(name) == name and not is_missing_word(name) for name in names)
    if is_plain and len({fold(name) for name in names}) == len(names):
        return names
    return [f"class {place}" for place in range(len(names))]
