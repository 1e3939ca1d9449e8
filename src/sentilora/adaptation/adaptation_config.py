"""What an adaptation should do: a pydantic model, as :mod:`sentilora.config` has for a training.

Only this module knows the defaults of ``sentilora adapt``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from sentilora.config import Section
from sentilora.errors import ConfigError, explain, several

OUTPUT = "bases"
MAX_TOKENS = 256
# An encoder that has never predicted words has more to learn than one that was trained on it.
LEARNING_RATES = {"fresh": 3e-4, "own": 1e-4}


class AdaptConfig(Section):
    """Everything that decides how an adaptation goes."""

    base: str = Field(min_length=1, description="name, hub id or local folder")
    texts: list[str] = Field(min_length=1, description="files and folders to read")
    test: list[str] = Field(
        default_factory=list, description="files whose texts must not be learnt from"
    )
    text: str | None = Field(None, description="column with the text")
    skip_bad_rows: bool = Field(False, description="leave out rows without a usable text")
    output: str | None = Field(None, description="folder to write; bases/BASE-TEXTS if unset")
    epochs: int | None = Field(None, ge=1, le=1000, description="passes over the texts")
    max_steps: int | None = Field(None, ge=1, description="stop after this many updates")
    minutes: float | None = Field(None, gt=0, description="stop after this much time of updates")
    max_tokens: int | None = Field(
        None, ge=8, description="per window; longer texts are cut into several; 256 if unset"
    )
    batch_rows: int = Field(64, ge=1, description="windows per update at most")
    batch_tokens: int = Field(8192, ge=8, description="padded tokens per update at most")
    learning_rate: float | None = Field(
        None, gt=0, lt=1, description="peak; 3e-4, or 1e-4 for a base with a head for masked words"
    )
    warmup_share: float = Field(0.06, ge=0, lt=1, description="share of the budget to warm up")
    weight_decay: float = Field(0.01, ge=0, le=1)
    max_grad_norm: float = Field(1.0, gt=0)
    mask_share: float = Field(0.2, gt=0, lt=0.9, description="share of the tokens to hide")
    whole_words: bool = Field(False, description="hide all pieces of a word, or none")
    sentiment_weight: float = Field(
        1.0, ge=0, le=20, description="how much more often sentiment words are hidden than others"
    )
    bag_weight: float = Field(
        1.0, ge=0, le=100, description="of the second objective, the words of the whole text"
    )
    tied: bool = Field(True, description="predict with the word embeddings, not a copy of them")
    held_out_share: float = Field(0.01, gt=0, lt=0.5, description="share of texts to measure on")
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    seed: int = Field(13, ge=0, lt=2**32)
    checkpoint_minutes: float = Field(5.0, gt=0, description="time between checkpoints at most")

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
        return Path(self.output).expanduser()


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
