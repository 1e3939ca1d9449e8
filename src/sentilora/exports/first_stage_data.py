"""The data of a run, read again; and what a first stage learns from them and from the network."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sentilora.config import read_config
from sentilora.errors import ModelError
from sentilora.exports.first_stage_fit import Cascaded, fit_first_stage, let_in
from sentilora.inference.scoring import score_texts
from sentilora.inference.sentiment_model import load
from sentilora.message import setting
from sentilora.runs.environment import describe_files
from sentilora.runs.run_folder import CONFIG
from sentilora.training.context.resolved_run import read_config_parts
from sentilora.training.context.run_context import ENVIRONMENT

if TYPE_CHECKING:
    from sentilora.data.labelled.examples import Parts
    from sentilora.inference.engines.engine import Engine
    from sentilora.model.artifact import Artifact
    from sentilora.model.first_stage import FirstStage
    from sentilora.model.tokens import TextEncoder


def make_first_stage(
    artifact: Artifact,
    parts: Parts,
    engine: Engine,
    encoder: TextEncoder,
    *,
    max_disagreement: float,
) -> tuple[FirstStage, Cascaded]:
    """Fit a first stage to a run's network, and choose on validation texts what it may answer.

    The training texts are scored by the run in the quickest number format there is, the validation
    texts by the network that is shipped beside the first stage.

    Args:
        artifact: the ``model/`` of a finished run.
        parts: data of the run by part, from :func:`read_run_parts`.
        engine: the network of the export.
        encoder: tokenizer of the run, with its text rule.
        max_disagreement: share of texts that may get another label, in ``(0, 1)``.

    Raises:
        ModelError: no first stage keeps the conditions.
    """
    teacher = load(artifact.path, precision="auto")
    answers = teacher.probabilities(teacher.score(parts.train.texts).logits)
    stage = fit_first_stage(encoder.tokenise(parts.train.texts), answers)
    validation = parts.validation
    return let_in(
        stage,
        encoder.tokenise(validation.texts),
        score_texts(engine, encoder, validation.texts).logits,
        validation.label_ids,
        max_disagreement=max_disagreement,
    )


def has_run(artifact: Artifact) -> bool:
    """Whether it is the model of a run, which names its data."""
    return artifact.run_folder is not None and (artifact.run_folder / CONFIG).is_file()


def read_run_parts(artifact: Artifact) -> Parts:
    """Read the data of a run again, split as the training split them.

    Raises:
        DataError: they cannot be read.
        ModelError: it is no run, or the data have changed.
    """
    run = artifact.run_folder
    if run is None or not has_run(artifact):
        raise ModelError(
            f"{artifact.path} is not the model of a run: {setting('cascade')} and "
            f"{setting('quantize')} measure on the texts that {CONFIG} of a run names. Give the "
            f"run folder, with its data in place; or, for {setting('quantize')} alone, labelled "
            f"texts to measure on: {setting('data', 'FILE')}"
        )
    parts = read_config_parts(read_config(run / CONFIG))
    written = json.loads((run / ENVIRONMENT).read_text(encoding="utf-8"))["data"]
    known = {file["sha256"] for file in written}
    files = dict.fromkeys(file for part in (parts.train, parts.validation) for file in part.files)
    changed = [one["file"] for one in describe_files(list(files)) if one["sha256"] not in known]
    if changed:
        raise ModelError(
            f"{', '.join(changed)}: not what {run.name} was trained on, so nobody knows which rows "
            "are validation rows. Put the old file back, or train again."
        )
    return parts


def cascade_line(cascaded: Cascaded) -> str:
    """Return what a first stage does, for people."""
    return (
        f"the first stage answers {cascaded.answered_share:.1%} of {cascaded.rows:,} validation "
        f"texts; at most {cascaded.disagreement_bound:.2%} of labels change "
        f"({cascaded.certainty:.0%} certain); accuracy {cascaded.accuracy:.4f}, "
        f"{cascaded.accuracy_alone:.4f} without"
    )
