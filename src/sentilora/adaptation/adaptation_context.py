"""What all steps of an adaptation stand on: base, texts, device, and what follows from them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sentilora.adaptation.adaptation_config import LEARNING_RATES, MAX_TOKENS, AdaptConfig
from sentilora.adaptation.masking import MaskingRule, Vocabulary, describe_vocabulary
from sentilora.adaptation.objective import WordModel
from sentilora.adaptation.pretraining import Material, Recipe
from sentilora.adaptation.schedule import Schedule
from sentilora.adaptation.windows import TextWindows, encode_corpus
from sentilora.data.corpus import Corpus, read_corpus
from sentilora.data.files.read_options import reading_of
from sentilora.errors import ConfigError
from sentilora.files import sha256_of
from sentilora.inference.engines.device import pick_device, pick_precision
from sentilora.message import setting
from sentilora.model.bases.known_bases import by_hub_id
from sentilora.model.bases.local_bases import fingerprint
from sentilora.model.bases.resolved_base import ResolvedBase, resolve_base
from sentilora.model.classifier import load_tokenizer
from sentilora.model.tokens import TextEncoder, TextRule
from sentilora.model.word_head import build_head, load_encoder

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch


REPORT = "adapt.json"
SLACK_BYTES = 50_000_000


@dataclass(frozen=True)
class AdaptationContext:
    """The resolved surroundings of an adaptation.

    Attributes:
        encoder: the network that is adapted.
        dropouts: settings of its config to put back before it is saved.
        text_encoder: encoder that makes windows of texts.
        precision: number format: ``fp32`` or ``bf16``.
    """

    config: AdaptConfig
    base: ResolvedBase
    encoder: Any
    dropouts: dict[str, Any]
    text_encoder: TextEncoder
    vocabulary: Vocabulary
    device: torch.device
    precision: str

    def encode(
        self, corpus: Corpus, folder: Path, progress: Callable[[int], None] | None = None
    ) -> TextWindows:
        """Tokenise the texts into a folder."""
        return encode_corpus(
            corpus,
            self.text_encoder,
            folder,
            is_special=self.vocabulary.is_special,
            vocabulary_size=self.encoder.get_input_embeddings().num_embeddings,
            held_out_share=self.config.held_out_share,
            seed=self.config.seed,
            progress=progress,
        )

    def material(self, windows: TextWindows) -> Material:
        """Return what batches are made of."""
        config = self.config
        rule = MaskingRule(config.mask_share, config.whole_words, config.sentiment_weight)
        return Material(
            windows,
            self.text_encoder,
            self.vocabulary,
            rule,
            config.seed,
            train=np.flatnonzero(~windows.is_held_out),
            held_out=np.flatnonzero(windows.is_held_out),
        )

    def schedule(self, windows: TextWindows) -> Schedule:
        """Return the batches and the budget."""
        config = self.config
        return Schedule(
            windows.lengths[~windows.is_held_out],
            batch_rows=config.batch_rows,
            batch_tokens=config.batch_tokens,
            seed=config.seed,
            epochs=config.epochs,
            max_steps=config.max_steps,
            seconds=None if config.minutes is None else config.minutes * 60,
            warmup_share=config.warmup_share,
        )

    def model(self, windows: TextWindows) -> WordModel:
        """Put the head on the encoder, on the device."""
        head = build_head(
            self.base,
            self.encoder,
            windows.word_counts,
            windows.text_counts,
            tied=self.config.tied,
        )
        model = WordModel(
            self.encoder, head, bag_weight=self.config.bag_weight, precision=self.precision
        )
        return model.to(self.device)

    def recipe(self, model: WordModel) -> Recipe:
        """Return how weights are updated."""
        config = self.config
        return Recipe(
            learning_rate=config.learning_rate
            or LEARNING_RATES["own" if model.head.is_own else "fresh"],
            weight_decay=config.weight_decay,
            max_grad_norm=config.max_grad_norm,
            checkpoint_s=config.checkpoint_minutes * 60,
        )

    def needed_bytes(self, texts: int) -> int:
        """Estimate the disk that is needed: two checkpoints with moments, the base, the tokens."""
        weights = 4 * int(sum(p.numel() for p in self.encoder.parameters()))
        return 7 * weights + texts * 300 * 4 + SLACK_BYTES


def resolve_adaptation(config: AdaptConfig) -> AdaptationContext:
    """Resolve device and base; nothing is written.

    Raises:
        ConfigError: the base cannot read windows of the wanted length.
        DeviceError, MissingExtraError, ModelError: as the message says.
    """
    device = pick_device(config.device)
    precision = pick_precision(config.precision, device)
    base = resolve_base(config.base)
    tokenizer = load_tokenizer(base.source, base.revision)
    vocabulary = describe_vocabulary(tokenizer)
    encoder, dropouts = load_encoder(base)
    rule = TextRule(_max_tokens(config, encoder, tokenizer))
    return AdaptationContext(
        config,
        base,
        encoder,
        dropouts,
        TextEncoder(tokenizer, rule),
        vocabulary,
        device,
        # The oldest CUDA devices have fp16 only, which would need its losses scaled.
        "fp32" if precision == "fp16" else precision,
    )


def read_texts(config: AdaptConfig) -> Corpus:
    """Find the texts that a config names."""
    return read_corpus(
        config.texts,
        guards=config.test,
        text=config.text,
        skip_bad_rows=config.skip_bad_rows,
        reading=reading_of(config),
    )


def describe_data(corpus: Corpus) -> dict[str, Any]:
    """Count the texts, and name the files without their folders, with size and sha256."""
    return {
        "texts": corpus.counts.to_dict(),
        "files": _describe_files(corpus.files),
        "guards": _describe_files(corpus.guard_files),
    }


def _describe_files(files: tuple[Path, ...]) -> list[dict[str, Any]]:
    return [
        {"file": file.name, "bytes": file.stat().st_size, "sha256": sha256_of(file)}
        for file in files
    ]


def describe_base(base: ResolvedBase) -> dict[str, Any]:
    """Say what a base is, without a path: name, hub id and revision, or the hash of its weights."""
    known = by_hub_id(base.hub_id)
    is_folder = base.revision is None
    licence = known.licence if known else _stored_licence(Path(base.source)) if is_folder else None
    return {
        "name": base.name,
        "hub_id": None if is_folder else base.hub_id,
        "revision": base.revision,
        "sha256": fingerprint(base),
        "licence": licence,
    }


def _stored_licence(folder: Path) -> str | None:
    """Return the licence that an adapted base has from its own base."""
    report = folder / REPORT
    if not report.is_file():
        return None
    licence = json.loads(report.read_text(encoding="utf-8"))["base"]["licence"]
    return None if licence is None else str(licence)


def _max_tokens(config: AdaptConfig, encoder: Any, tokenizer: Any) -> int:
    positions = getattr(encoder.config, "max_position_embeddings", None) or MAX_TOKENS
    if encoder.config.model_type in ("roberta", "xlm-roberta", "camembert"):
        positions -= encoder.config.pad_token_id + 1  # they count from behind the padding id
    limit = min(int(positions), int(tokenizer.model_max_length))
    wanted = config.max_tokens or min(MAX_TOKENS, limit)
    if wanted > limit:
        raise ConfigError(
            f"{setting('max_tokens', wanted)}: the base '{config.base}' reads {limit} tokens at "
            f"most. Choose up to {limit}; longer texts are cut into several windows."
        )
    return wanted
