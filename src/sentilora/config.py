"""What a run should do: a pydantic model, read from TOML and options, written back complete.

Defaults stand here, and in ``defaults.py`` those that several rooms share. Inside the package,
functions take plain values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import Field, model_validator

from sentilora.data_settings import CorrectionsConfig, DataConfig
from sentilora.defaults import (
    ALPHA,
    BASE,
    HEAD_SHARE,
    LONG_TEXT,
    RANK,
    RESAMPLES,
    SEED,
    SHOWN_MISTAKES,
)
from sentilora.errors import ConfigError, several
from sentilora.message import setting
from sentilora.section import Section, Settings, brief, faults, offered
from sentilora.settings_file import merge_settings, read_settings, write_settings

Preset = Literal["fast", "balanced", "best"]
Method = Literal["lora", "full"]
LongText = Literal["head", "head-tail", "windows"]
BaselineName = Literal["majority", "vader", "tfidf", "frozen"]
SelectBy = Literal["macro_f1", "accuracy", "macro_recall", "log_loss"]

# What a preset decides, and nothing else does: how much text is read and how long is trained.
# `epochs` grows on small data until `min_steps` updates are reached, never beyond `max_epochs`.
PRESETS: dict[str, dict[str, Any]] = {
    "fast": {"max_tokens": 128, "epochs": 1, "min_steps": 240, "max_epochs": 8},
    "balanced": {"max_tokens": 256, "epochs": 2, "min_steps": 480, "max_epochs": 12},
    "best": {"max_tokens": 512, "epochs": 2, "min_steps": 800, "max_epochs": 16},
}
LEARNING_RATES = {"lora": 7e-4, "full": 5e-5}


class TextConfig(Section):
    """How a text becomes tokens."""

    max_tokens: int | None = offered(
        None, "tokens read per text; the preset decides if unset", ge=8
    )
    long_text: LongText = offered(LONG_TEXT, "what is kept of a text over the limit")
    head_share: float = Field(
        HEAD_SHARE, ge=0, le=1, description="share of the limit kept at the start"
    )


class LoraConfig(Section):
    """The adapter (Hu et al. 2021, LoRA)."""

    rank: int = offered(RANK, "inner dimension of the two factors of LoRA", ge=1, le=512)
    alpha: float = Field(ALPHA, gt=0, description="scaling is alpha / rank")
    dropout: float = Field(0.0, ge=0, lt=1, description="on the adapter's input")
    target_modules: list[str] | None = Field(None, description="layers to adapt; base decides")
    load_in_4bit: bool = offered(
        False, "hold the frozen base in 4 bits while training (QLoRA); CUDA only"
    )


class TrainingConfig(Section):
    """The loop."""

    epochs: int | None = offered(
        None, "passes over train; the preset decides if unset", ge=1, le=100
    )
    max_steps: int | None = Field(None, ge=1, description="stop after this many updates")
    learning_rate: float | None = offered(
        None,
        f"peak; if unset {' and '.join(f'{brief(x)} for {m}' for m, x in LEARNING_RATES.items())}",
        gt=0,
        lt=1,
    )
    head_learning_rate: float | None = Field(None, gt=0, lt=1, description="like the rest if unset")
    schedule: Literal["linear", "cosine", "constant_with_warmup"] = Field(
        "linear", description="how the learning rate goes on after the warm-up"
    )
    warmup_share: float = Field(0.06, ge=0, lt=1, description="share of updates to warm up")
    weight_decay: float = Field(
        0.01, ge=0, le=1, description="of AdamW; biases and norms are left alone"
    )
    max_grad_norm: float = Field(1.0, ge=0, description="0 switches clipping off")
    label_smoothing: float = Field(
        0.0, ge=0, lt=1, description="share of each target that is spread over all labels"
    )
    dropout: float = Field(
        0.0, ge=0, lt=1, description="in the encoder; 0 is twice as quick on CPU"
    )
    batch_rows: int = Field(16, ge=1, description="texts per update at most")
    batch_tokens: int = Field(8192, ge=8, description="padded tokens per update at most")
    class_weights: Literal["none", "auto"] = Field("auto", description="auto: if 1.5 times uneven")
    evaluations_per_epoch: int = Field(
        2, ge=1, le=100, description="how often the validation part is scored in one pass"
    )
    patience: int = Field(4, ge=0, description="evaluations without gain before stopping; 0: never")
    select_by: SelectBy = Field("macro_f1", description="what the best checkpoint is best at")
    precision: Literal["auto", "fp32", "bf16", "fp16"] = offered("auto", "number format")
    checkpoint_minutes: float = Field(5.0, gt=0, description="time between checkpoints at most")


class PairsConfig(Section):
    """Preferences to learn from, beside labelled texts or alone."""

    file: str | None = offered(
        None, "file of graded texts or label preferences to learn from", name="pairs", value="FILE"
    )
    weight: float = offered(
        1.0, "weight of their loss beside that of labelled texts", name="pairs_weight", gt=0
    )
    only: bool = offered(
        False, "train on pairs alone; labelled texts only measure", name="pairs_only"
    )
    beta: float = Field(1.0, gt=0, description="label preferences: hold to the reference")
    reference: Literal["auto", "uniform", "start"] = Field(
        "auto", description="label preferences: 'start' is the model that training starts with"
    )
    margin_scale: float = Field(1.0, ge=0, description="graded texts: logits that margin 1 means")
    held_out_share: float = Field(0.1, ge=0, lt=1, description="share kept back to measure with")
    columns: dict[str, str] = offered(
        {}, "names of columns that are called otherwise", name="pairs_columns"
    )
    texts: str | None = offered(
        None, "file that the pairs refer to, if not written out", name="pairs_texts", value="FILE"
    )
    key: str | None = offered(
        None, "column of that file that the pairs name", name="pairs_key", value="COLUMN"
    )

    @model_validator(mode="after")
    def _check_together(self) -> PairsConfig:
        """Refuse settings that would be without effect."""
        if self.only and self.file is None:
            raise ValueError(
                f"only = true, but there are no pairs; name a file with {setting('pairs', 'FILE')}"
            )
        if self.key is not None and self.texts is None:
            raise ValueError(f"key = {self.key!r} names a column of pairs.texts, which is not set")
        if self.texts is not None and self.key is None:
            raise ValueError(f"texts = {self.texts!r} needs pairs.key, the column of its keys")
        return self


class ReportConfig(Section):
    """What is measured at the end."""

    baselines: list[BaselineName] = Field(
        default_factory=lambda: list(get_args(BaselineName)),
        description="what the model is compared with",
    )
    resamples: int = Field(RESAMPLES, ge=100, description="bootstrap resamples for intervals")
    mistakes: int = Field(
        SHOWN_MISTAKES, ge=0, description="wrong test texts shown at most; 0 keeps texts out"
    )
    country: str | None = offered(
        None,
        "ISO code for the CO2 figure, e.g. DEU; if unset, the world",
        min_length=3,
        max_length=3,
    )


class RunConfig(Settings):
    """Everything that decides how a run goes; ``config.toml`` of a run folder repeats it.

    Example:
        >>> import sentilora
        >>> config = sentilora.RunConfig(base="minilm", preset="fast")
        >>> config.text.max_tokens
        128
    """

    base: str = offered(BASE, "base: a name, hub id or local folder", min_length=1)
    start_from: str | None = offered(
        None,
        "run or 'general' whose adapter is trained on; decides base",
        name="from",
        value="RUN",
        min_length=1,
    )
    method: Method = offered("lora", "adapter, or all weights for comparison")
    preset: Preset = offered("balanced", "how much is read and how long is trained")
    output: str = offered("runs", "folder in which the run folder is made", value="FOLDER")
    name: str | None = offered(None, "name of the run folder")
    seed: int = offered(
        SEED, "seed of the split, of fresh weights and of the order", ge=0, lt=2**32
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = offered(
        "auto", "device; auto takes CUDA, else MPS, else the CPU"
    )
    data: DataConfig = DataConfig()
    text: TextConfig = TextConfig()
    lora: LoraConfig = LoraConfig()
    training: TrainingConfig = TrainingConfig()
    pairs: PairsConfig = PairsConfig()
    corrections: CorrectionsConfig = CorrectionsConfig()
    report: ReportConfig = ReportConfig()

    @model_validator(mode="after")
    def _check_four_bit(self) -> RunConfig:
        """Refuse what does not go with a base in 4 bits."""
        if self.lora.load_in_4bit and self.method != "lora":
            raise ValueError(
                f"lora.load_in_4bit = true with method = {self.method!r}: weights in 4 bits do not "
                "learn; set method = 'lora', or leave load_in_4bit out"
            )
        if self.lora.load_in_4bit and self.pairs.file is not None:
            raise ValueError(
                f"lora.load_in_4bit = true with pairs.file = {self.pairs.file!r}: these do not go "
                "together yet; leave one of them out"
            )
        return self

    @model_validator(mode="after")
    def _apply_preset(self) -> RunConfig:
        """Fill what was left open, so that the written config is complete."""
        if self.text.max_tokens is None:
            self.text.max_tokens = PRESETS[self.preset]["max_tokens"]
        if self.training.learning_rate is None:
            self.training.learning_rate = LEARNING_RATES[self.method]
        return self

    def epochs_for(self, steps_per_epoch: int) -> int:
        """Return the number of epochs: as set, or the preset's, more when the data are few."""
        if self.training.epochs is not None:
            return self.training.epochs
        preset = PRESETS[self.preset]
        wanted = -(-int(preset["min_steps"]) // max(1, steps_per_epoch))
        return int(min(preset["max_epochs"], max(preset["epochs"], wanted)))


def make_config(
    settings: Mapping[str, Any], *, title: str = "the settings", problems: Sequence[str] = ()
) -> RunConfig:
    """Build a config from nested or dotted settings (``{"lora.rank": 8}``).

    Args:
        settings: the settings; a later one wins.
        title: what they are called in a message.
        problems: what was found wrong with them before, to be told together with the rest.

    Raises:
        ConfigError: one or more settings are unknown or out of range; all are named.
    """
    nested: dict[str, Any] = {}
    problems = [*problems, *merge_settings(nested, settings)]
    try:
        config = RunConfig.model_validate(nested)
    except ConfigError as error:
        problems += faults(error.__cause__, RunConfig)
        raise ConfigError(several(title, problems)) from error
    if problems:
        raise ConfigError(several(title, problems))
    return config


def read_config(
    path: str | Path,
    overrides: Mapping[str, Any] | None = None,
    *,
    problems: Sequence[str] = (),
) -> RunConfig:
    """Read and check a TOML file; ``overrides`` are dotted settings that win over the file.

    ``problems`` were found before, and are told together with the rest.
    """
    settings = read_settings(path)
    _forget_derived(settings, overrides or {})
    problems = [*problems, *merge_settings(settings, overrides or {})]
    return make_config(settings, title=str(path), problems=problems)


def _forget_derived(settings: dict[str, Any], overrides: Mapping[str, Any]) -> None:
    """Drop what the file's preset or method had filled in, when another one is asked for.

    The ``config.toml`` of a run is complete, so it cannot tell derived values from chosen ones; a
    value that differs from the derived one was chosen, and stays.
    """
    sections = [settings.get(name) for name in ("text", "training")]
    text, training = (section if isinstance(section, dict) else {} for section in sections)
    preset = PRESETS.get(str(settings.get("preset", "balanced")), {})
    if "preset" in overrides and text.get("max_tokens") == preset.get("max_tokens"):
        text.pop("max_tokens", None)
    rate = LEARNING_RATES.get(str(settings.get("method", "lora")))
    if "method" in overrides and training.get("learning_rate") == rate:
        training.pop("learning_rate", None)


def write_config(config: RunConfig, path: Path) -> None:
    """Write the complete config as TOML; unset values are left out, as TOML has no null."""
    write_settings(config.model_dump(exclude_none=True), path)
