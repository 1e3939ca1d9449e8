"""How right an export is on labelled texts, beside the run it came from."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
from numpy.typing import NDArray

from sentilora.data.files.read_options import Reading
from sentilora.data.files.sources import locate
from sentilora.data.labelled.learned_texts import LearnedTexts
from sentilora.data.labelled.scan import Asked, LabelledOptions
from sentilora.defaults import RESAMPLES, SEED
from sentilora.errors import ModelError
from sentilora.evaluation.metrics import measure
from sentilora.evaluation.model_figures import measure_unseen
from sentilora.evaluation.model_rows import Rows, given_labels, read_rows
from sentilora.evaluation.report_parts.seen_part import SeenPart
from sentilora.exports.parity import Parity, compare_logits
from sentilora.inference.cascade import score_in_stages
from sentilora.inference.scoring import score_texts

if TYPE_CHECKING:
    from sentilora.inference.engines.engine import Engine
    from sentilora.model.first_stage import FirstStage
    from sentilora.model.model_settings import ModelSettings
    from sentilora.model.tokens import TextEncoder


@dataclass(frozen=True)
class Accuracy:
    """How right a model is on labelled rows; all three in ``[0, 1]``."""

    macro_f1: float
    accuracy: float
    ece: float


@dataclass(frozen=True)
class Judged:
    """An export and its run on the same labelled rows.

    Attributes:
        source: name of the file with the rows.
        parity: agreement of the logits of the networks.
        run: accuracy of the run.
        export: accuracy of the export, both stages of a cascade together.
        early_share: share of the texts that the first stage answered; None without one.
        changed_share: share of the texts with another label than the run's, both stages together.
        seen: number of the texts that the run has seen, and figures of the export on the others;
            None if it has seen none, or that is not known.
    """

    source: str
    parity: Parity
    run: Accuracy
    export: Accuracy
    early_share: float | None
    changed_share: float
    seen: SeenPart | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain values, for JSON."""
        seen = None if self.seen is None else self.seen.to_dict()
        return {**asdict(self), "seen": seen}


def read_labelled(
    data: Any,
    settings: ModelSettings,
    *,
    text: str | None = None,
    label: str | None = None,
    **how: Unpack[LabelledOptions],
) -> Rows:
    """Read the texts to judge an export on; of a folder, its ``test`` part.

    Raises:
        DataError: they cannot be read, or have labels that the model does not know.
        ConfigError: ``labels`` are not the model's, or a keyword cannot be meant.
    """
    options: dict[str, Any] = {**how}
    given = given_labels(options.pop("labels", None), settings.labels)
    meant = {
        name: options.pop(name)
        for name in ("stars", "scale", "any_text", "skip_bad_rows")
        if name in options
    }
    asked = Asked(text, label, reading=Reading(**options), **meant)
    return read_rows(locate(data, asked.reading), "test", asked, given, settings.labels)


def judge_export(
    rows: Rows,
    source: str,
    settings: ModelSettings,
    encoder: TextEncoder,
    *,
    run: Engine,
    export: Engine,
    stage: FirstStage | None,
    layers: int | None,
    learned: LearnedTexts | None = None,
) -> Judged:
    """Let a run and its export answer labelled texts.

    Args:
        rows: labelled rows, from :func:`read_labelled`.
        source: name of the rows in the report.
        settings: settings of the export.
        encoder: tokenizer of the export, with its text rule.
        run: network of the run.
        export: network of the export.
        stage: first stage of the export, where it has one.
        layers: number of layers of the network, which the tolerance of its logits follows; None for
            int8, whose answers may differ.
        learned: texts that the run learned from; None where they are not known.

    Raises:
        ModelError: the networks differ by more.
    """
    expected = score_texts(run, encoder, rows.texts).logits
    found = score_texts(export, encoder, rows.texts).logits
    parity = compare_logits(expected, found, settings.calibration, layers=layers)
    early_share = None
    if stage is not None:
        staged = score_in_stages(stage, export, encoder, rows.texts, settings.calibration)
        assert staged.early is not None
        found, early_share = staged.logits, float(staged.early.mean())
    seen = measure_unseen(
        learned,
        rows.texts,
        rows.label_ids,
        settings.calibration.probabilities(check_numbers(found)),
        settings.labels,
        resamples=RESAMPLES,
        seed=SEED,
    )
    return Judged(
        source=source,
        parity=parity,
        run=judge(expected, rows.label_ids, settings),
        export=judge(found, rows.label_ids, settings),
        early_share=early_share,
        changed_share=float((expected.argmax(axis=1) != found.argmax(axis=1)).mean()),
        seen=seen,
    )


def judge(logits: NDArray[Any], label_ids: NDArray[Any], settings: ModelSettings) -> Accuracy:
    """Compare ``(N, C)`` logits with the truth.

    Raises:
        DataError: there are no rows.
        ModelError: a logit is not finite.
    """
    probabilities = settings.calibration.probabilities(check_numbers(logits))
    metrics = measure(label_ids, probabilities, settings.labels).metrics
    return Accuracy(metrics["macro_f1"], metrics["accuracy"], metrics["ece"])


def check_numbers(logits: NDArray[Any]) -> NDArray[Any]:
    """Return logits, all of which have to be finite.

    Raises:
        ModelError: one is not.
    """
    if not np.isfinite(logits).all():
        raise ModelError("It answers some texts with logits that are not numbers.")
    return logits
