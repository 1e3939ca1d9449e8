"""What a training is to be: the data, what it starts from, how long it takes, its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from sentilora import samples
from sentilora.config import PRESETS, RunConfig, TrainingConfig
from sentilora.defaults import BASE
from sentilora.errors import SentiloraError
from sentilora.labels import TERNARY
from sentilora.model.bases.embedded_base import base_at_hand
from sentilora.model.bases.known_bases import BASES
from sentilora.section import limits_of
from sentilora.ui import session
from sentilora.ui.data_choices import DataChoices
from sentilora.ui.data_form import ask_for_data, show_understood
from sentilora.ui.display import page_words
from sentilora.ui.display.error_messages import page_text, show_error
from sentilora.ui.jobs import training_jobs
from sentilora.ui.jobs.training_jobs import Job
from sentilora.ui.understood_rows import Understood, understand_labels

SAMPLE, UPLOAD = "Sample reviews", "My file"
GENERAL = "general (goes on from the model that ships)"
FEW_ROWS = 2000  # up to here, what general has learned before is worth more than a fresh start

_WHAT_IT_TAKES = {
    "fast": "a first look",
    "balanced": "the default",
    "best": "reads longest, trains longest",
}


def ask_for_training(runs: Path) -> Job | None:
    """Show all boxes of a training; return it once it was started."""
    session.begin("train-source", SAMPLE)
    source = st.radio("Data", [SAMPLE, UPLOAD], horizontal=True, key="train-source")
    session.keep("train-source", source)
    choices: DataChoices | None = None
    found: Understood | None = None
    if source == UPLOAD:
        choices = ask_for_data("A file with texts and labels", "train", has_labels=True)
        if choices is not None:
            found = show_understood(choices, understand_labels, is_complete=choices.has_both)
    else:
        st.caption("600 short reviews that ship with SentiLoRA, and 300 to test on.")
    settings = _ask_how(choices, found)
    is_ready = source == SAMPLE or (found is not None and found.is_usable)
    if not st.button("Train", type="primary", icon=":material/play_arrow:", disabled=not is_ready):
        return None
    data = {"data.train": samples.NAME, "data.label": "label"}
    if choices is not None:
        data = choices.settings()
    try:
        return training_jobs.start({**data, **settings}, runs)
    except SentiloraError as error:
        show_error(page_text(error.message, {} if choices is None else choices.upload.names))
        return None


def _ask_how(choices: DataChoices | None, found: Understood | None) -> dict[str, Any]:
    """Show how it is trained."""
    key = "train-base" if choices is None else f"train-base-{choices.upload.key}"
    names = tuple(found.counts) if found is not None else None
    key = f"{key}-{names}"
    session.begin(key, GENERAL if _is_like_general(found) else base_at_hand() or BASE)
    base = st.selectbox(
        page_words.START_FROM,
        [*BASES, GENERAL],
        key=key,
        accept_new_options=True,
        help="A base by name, by its id on the Hugging Face hub, or a folder. minilm and general "
        "need no hub. general has learned sentiment from English texts already, which is worth "
        "most where your rows are few.",
    )
    session.keep(key, base)
    session.begin("train-preset", RunConfig.model_fields["preset"].default)
    preset = st.segmented_control(
        page_words.PRESET,
        list(PRESETS),
        required=True,
        key="train-preset",
        format_func=lambda name: f"{name}: {_WHAT_IT_TAKES[name]}",
    )
    session.keep("train-preset", preset)
    name = st.text_input(
        page_words.NAME, key="train-name", placeholder="time, base and file, if you leave it empty"
    )
    with st.expander("More settings", key="train-more"):
        epochs = st.number_input(
            page_words.EPOCHS,
            *limits_of(TrainingConfig, "epochs"),
            value=None,
            placeholder="the preset decides",
            key="train-epochs",
        )
        group = None
        if choices is not None:
            group = st.selectbox(
                page_words.GROUP_COLUMN,
                [one for one in choices.columns if one not in (choices.text, choices.label)],
                index=None,
                placeholder="none",
                key=f"train-group-{choices.upload.key}",
                help="A customer, a film: rows of one value never stand both among those that are "
                "trained on and among those that are measured with.",
            )
    return {
        "base": None if base == GENERAL else base,
        "start_from": samples.GENERAL if base == GENERAL else None,
        "preset": preset,
        "name": name.strip() or None,
        "training.epochs": epochs,
        **({"data.group": group} if group is not None else {}),
    }


def _is_like_general(found: Understood | None) -> bool:
    """Tell whether a file is so small, and its labels such, that general is the better start."""
    if found is None or not found.counts:
        return False
    return found.usable <= FEW_ROWS and set(found.counts) <= set(TERNARY)
