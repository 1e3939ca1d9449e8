"""What an adaptation should do: a pydantic model, as :mod:`sentilora.config` has for a training.

Only this module knows the defaults of ``sentilora adapt``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from sentilora.data_settings import TableSection
from sentilora.defaults import SEED
from sentilora.errors import ConfigError, explain, several
from sentilora.files import folder_of
from sentilora.section import Section, brief, offered

OUTPUT = "bases"
MAX_TOKENS = 256
# An encoder that has never predicted words has more to learn than one that was trained on it.
LEARNING_RATES = {"fresh": 3e-4, "own": 1e-4}


class AdaptationSection(Section):
    """What an adaptation learns from, and how."""

    base: str = Field(min_length=1, description="name, hub id or local folder")
    texts: list[str] = Field(min_length=1, description="files and folders to read")
    test: list[str] = offered(
        [],
        "file whose texts must not be learnt from; can be given again",
        value="FILE",
        repeats=True,
    )
    text: str | None = offered(None, "column with the text", value="COLUMN")
    skip_bad_rows: bool = offered(False, "leave out rows without a usable text, and count them")
    output: str | None = offered(
        None, f"folder to write; {OUTPUT}/BASE-TEXTS if unset", value="FOLDER"
    )
    minutes: float | None = offered(
        None, "time of updates; reading and measuring come on top", gt=0
    )
    epochs: int | None = offered(
        None, "passes over the texts; 1, or what time allows, if unset", ge=1, le=1000
    )
    max_steps: int | None = offered(None, "updates at most", ge=1)
    max_tokens: int | None = offered(
        None, f"tokens per window; longer texts are cut; {MAX_TOKENS} if unset", ge=8
    )
    batch_rows: int = Field(64, ge=1, description="windows per update at most")
    batch_tokens: int = offered(8192, "padded tokens per update at most", ge=8)
    learning_rate: float | None = offered(
        None,
        f"peak; if unset {brief(LEARNING_RATES['fresh'])}, or {brief(LEARNING_RATES['own'])} for a "
        "base that predicts words",
        gt=0,
        lt=1,
    )
    warmup_share: float = Field(0.06, ge=0, lt=1, description="share of the budget to warm up")
    weight_decay: float = Field(0.01, ge=0, le=1)
    max_grad_norm: float = Field(1.0, gt=0)
    mask_share: float = offered(0.2, "share of the tokens to hide", gt=0, lt=0.9)
    whole_words: bool = offered(False, "hide all pieces of a word, or none")
    sentiment_weight: float = offered(
        1.0, "hide English sentiment words this many times as often as others", ge=0, le=20
    )
    bag_weight: float = offered(
        1.0, "weight of predicting a window's words from its start", ge=0, le=100
    )
    tied: bool = offered(
        True,
        "predict with the word embeddings, not a copy of them",
        name="untied",
        meaning="predict with a copy of the word embeddings",
    )
    held_out_share: float = Field(0.01, gt=0, lt=0.5, description="share of texts to measure on")
    precision: Literal["auto", "fp32", "bf16"] = offered("auto", "number format")
    device: Literal["auto", "cpu", "cuda", "mps"] = offered(
        "auto", "device; auto takes CUDA, else MPS, else the CPU"
    )
    seed: int = offered(SEED, "seed of order, masks and held-out texts", ge=0, lt=2**32)
    checkpoint_minutes: float = Field(5.0, gt=0, description="time between checkpoints at most")


class AdaptConfig(TableSection, AdaptationSection):
    """Everything that decides how an adaptation goes."""

    @model_validator(mode="after")
    def _fill(self) -> AdaptConfig:
        """Fill what was left open, so that the written config is complete."""
        if self.epochs is None and self.max_steps is None and self.minutes is None:
            self.epochs = 1
        if self.output is None:
            self.output = str(Path(OUTPUT) / _name(self.base, self.texts))
        return self

    @property
    def path(self) -> Path:
        """The folder that is written."""
        assert self.output is not None
        return folder_of(self.output)


def make_adapt_config(settings: Mapping[str, Any]) -> AdaptConfig:
    """Check settings.

    Raises:
        ConfigError: one or more are unknown or out of range; all are named.
    """
    try:
        return AdaptConfig.model_validate(dict(settings))
    except ValidationError as error:
        problems = [explain(item, AdaptConfig) for item in error.errors()]
        raise ConfigError(several("the options", problems)) from error


def _name(base: str, texts: list[str]) -> str:
    words = [Path(base).name, *(Path(text).name.split(".")[0] for text in texts[:2])]
    return "-".join(re.sub(r"[^A-Za-z0-9]+", "-", word).strip("-") or "texts" for word in words)
