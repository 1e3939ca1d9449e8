"""Baselines beside a model that is there: which of them can answer, and why others cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.errors import MissingExtraError, ModelError
from sentilora.evaluation.baselines import BASELINES, Baseline, Features, run_baselines
from sentilora.evaluation.model_rows import Rows
from sentilora.events import EventLog
from sentilora.inference.scoring import Progress, score_with_features
from sentilora.inference.sentiment_model import SentimentModel
from sentilora.message import Message, setting
from sentilora.model.artifact import base_of
from sentilora.model.classifier import load_base_classifier


@dataclass(frozen=True)
class Compared:
    """What baselines said.

    Attributes:
        done: baselines that answered.
        skipped: reason for each baseline that did not answer.
        train: rows that they learned from, if there were any.
    """

    done: Mapping[str, Baseline]
    skipped: Mapping[str, str]
    train: Rows | None


def run_model_baselines(
    names: Sequence[str],
    model: SentimentModel,
    train: Rows | None,
    test: Rows,
    seed: int,
    log: EventLog,
) -> Compared:
    """Run baselines; without training texts only the one that needs none.

    Args:
        names: names of the baselines.
        model: model beside them, which gives the device, the text rule and the base of ``frozen``.
        train: rows that they learn from, if there are any.
        test: rows that they answer.
        seed: seed of the baselines that draw.
        log: log that is told of the phase, of progress, and why a baseline was left out.

    Raises:
        ConfigError: a name is unknown.
    """
    skipped: dict[str, Message] = {}
    wanted = list(names)
    if train is None:
        needing = [name for name in wanted if name in BASELINES and BASELINES[name].is_trained]
        why = f"it learns from training texts; give them with {setting('train')}"
        skipped = dict.fromkeys(needing, Message(why))
    features: Features | None = None
    if "frozen" in wanted and train is not None:
        try:
            features = _frozen_features(model, log.count)
        except (ModelError, MissingExtraError) as error:
            skipped["frozen"] = error.message
    learned = 0 if train is None else len(train.texts)
    total = learned + len(test.texts) if features is not None else None
    log.emit("phase", name="baselines", total=total)
    done, left_out = run_baselines(
        [name for name in wanted if name not in skipped],
        [] if train is None else train.texts,
        np.zeros(0, np.int64) if train is None else train.label_ids,
        test.texts,
        model.labels,
        features=features,
        seed=seed,
    )
    skipped |= {name: Message(why) for name, why in left_out.items()}
    for name, why in skipped.items():
        text = Message(f"baseline '{name}' left out: {why.template}")
        log.emit("note", text=text)
    return Compared(done, skipped, train)


def _frozen_features(model: SentimentModel, progress: Progress) -> Features:
    """Load the base as it was pre-trained, to compute features with.

    Raises:
        ModelError, MissingExtraError: the base is not on this machine.
    """
    network, _ = load_base_classifier(base_of(model.artifact), model.labels)
    network = network.to(model.device)

    def features(texts: Sequence[str]) -> NDArray[Any]:
        return score_with_features(
            network,
            model.encoder,
            texts,
            device=model.device,
            precision=model.precision,
            progress=progress,
        )[1]

    return features
