"""What a config stands for: data, base, device and start, read and checked; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sentilora.config import RunConfig
from sentilora.data.files.read_options import reading_of
from sentilora.data.labelled.split import read_parts
from sentilora.inference.engines.device import pick_device, pick_precision
from sentilora.labels import Labels, parse_labels
from sentilora.model.bases.coverage import remarks_by
from sentilora.model.bases.resolved_base import ResolvedBase, resolve_base
from sentilora.model.classifier import create_model, load_tokenizer
from sentilora.model.four_bit import check_four_bit
from sentilora.model.tokens import TextEncoder, TextRule
from sentilora.model.warm_start import Start, create_started_model
from sentilora.training.context.start_settings import resolve_start
from sentilora.training.preference.pair_data import read_config_pairs

if TYPE_CHECKING:
    import torch

    from sentilora.data.labelled.examples import Parts
    from sentilora.data.pairs.held_out import PairParts


@dataclass(frozen=True, kw_only=True)
class ResolvedRun:
    """A run before it has a folder.

    Attributes:
        config: all settings, with what ``start`` decides filled in.
        parts: the labelled texts to train on, to validate with and to test with.
        base: the pre-trained encoder.
        encoder: encoder that turns texts into windows of tokens.
        device: the device of the training.
        precision: the number format of the training: ``fp32``, ``bf16`` or ``fp16``.
        start: the trained adapter that the training starts from, if there is one.
        pairs: preferences to train on and to measure with, if there are any.
    """

    config: RunConfig
    parts: Parts
    base: ResolvedBase
    encoder: TextEncoder
    device: torch.device
    precision: str
    start: Start | None = None
    pairs: PairParts | None = None

    @property
    def labels(self) -> Labels:
        """The label names, from the train part."""
        return self.parts.train.labels


def resolve(config: RunConfig) -> ResolvedRun:
    """Read and check all that a config names; nothing is written.

    Raises:
        ConfigError, DataError, DeviceError, ModelError: as the message says.
    """
    config, start = resolve_start(config)
    device = pick_device(config.device)
    precision = pick_precision(config.training.precision, device)
    if config.lora.load_in_4bit:
        check_four_bit(device)
    base = start.base if start else resolve_base(config.base)
    encoder = TextEncoder(load_tokenizer(base.source, base.revision), _text_rule(config))
    parts = read_config_parts(config)
    pairs = read_config_pairs(config, parts)
    if pairs is not None:
        parts = replace(parts, notes=(*parts.notes, *pairs.notes))
    backend = encoder.tokenizer.backend_tokenizer
    remarks = remarks_by(backend, encoder.unknown_id, base.name)(parts.train.sample_texts())
    parts = replace(parts, notes=(*parts.notes, *remarks))
    return ResolvedRun(
        config=config,
        parts=parts,
        base=base,
        encoder=encoder,
        device=device,
        precision=precision,
        start=start,
        pairs=pairs,
    )


def create_network(resolved: ResolvedRun, *, load_in_4bit: bool = False) -> Any:
    """Build the network that training starts with; the same one for the same config."""
    config = resolved.config
    if resolved.start is not None:
        return create_started_model(
            resolved.start,
            resolved.labels,
            lora_dropout=config.lora.dropout,
            dropout=config.training.dropout,
            seed=config.seed,
            load_in_4bit=load_in_4bit,
        )
    return create_model(
        config.base,
        resolved.labels,
        use_peft=config.method == "lora",
        rank=config.lora.rank,
        alpha=config.lora.alpha,
        lora_dropout=config.lora.dropout,
        target_modules=config.lora.target_modules,
        dropout=config.training.dropout,
        seed=config.seed,
        load_in_4bit=load_in_4bit,
    )


def _text_rule(config: RunConfig) -> TextRule:
    """Return how much of a text is read."""
    assert config.text.max_tokens is not None  # the preset has filled it
    return TextRule(config.text.max_tokens, config.text.long_text, config.text.head_share)


def read_config_parts(config: RunConfig) -> Parts:
    """Read the parts that a config names."""
    data = config.data
    return read_parts(
        data.train,
        validation=data.validation,
        test=data.test,
        text=data.text,
        label=data.label,
        group=data.group,
        labels=parse_labels(data.labels),
        stars=data.stars,
        scale=data.scale,
        any_text=data.any_text,
        skip_bad_rows=data.skip_bad_rows,
        validation_share=data.validation_share,
        test_share=data.test_share,
        limit=data.limit,
        seed=config.seed,
        reading=reading_of(data),
    )
