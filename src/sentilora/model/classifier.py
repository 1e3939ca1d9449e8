"""Encoder + adapter + head: build the model that is trained, and inspect what in it learns.

The head is the one that transformers gives the architecture, so that plain transformers and PEFT
load what is saved. Everything that starts at random is trained and saved whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sentilora.defaults import ALPHA, RANK, SEED
from sentilora.errors import ConfigError, ModelError
from sentilora.labels import Labels, label_names
from sentilora.message import setting
from sentilora.model.bases.resolved_base import ResolvedBase, resolve_base
from sentilora.model.bases.resolved_base import unreachable as _unreachable
from sentilora.model.bases.target_modules import (
    architecture_for,
    check_architecture,
    check_targets,
    has_turned_weights,
)
from sentilora.model.bases.vocabulary import check_tokenizer_files, check_vocabulary
from sentilora.model.four_bit import check_four_bit, four_bit_options
from sentilora.model.quiet import quiet_transformers


def create_model(
    base: str | ResolvedBase,
    labels: Sequence[str] | Labels,
    use_peft: bool = True,
    *,
    rank: int = RANK,
    alpha: float = ALPHA,
    lora_dropout: float = 0.0,
    target_modules: Sequence[str] | None = None,
    dropout: float = 0.0,
    seed: int = SEED,
    load_in_4bit: bool = False,
) -> Any:
    """Build a sequence classifier on a pre-trained encoder, ready for any training loop.

    Args:
        base: name in the table of bases, hub id, or folder; or a base that was found already.
        labels: ordered label names, at least two.
        use_peft: whether to add a LoRA adapter and freeze the rest, except the head; else all
            weights learn.
        rank: inner dimension of the adapter.
        alpha: scale of the adapter: its product is multiplied by ``alpha / rank``.
        lora_dropout: dropout on the adapter's input while training, in ``[0, 1)``.
        target_modules: names of the layers to adapt, matched as suffixes; by default all linear
            layers of the architecture's blocks, found by inspection where it is unknown.
        dropout: dropout inside encoder and head while training, in ``[0, 1)``.
        seed: seed of the fresh head and the adapter.
        load_in_4bit: whether to hold the frozen base in 4 bits (see four_bit.py); CUDA only, with
            an adapter.

    Returns:
        A ``PeftModel``, or a ``PreTrainedModel`` with ``use_peft=False``; label names are in its
        config.

    Raises:
        ModelError: the base cannot be loaded, or its modules are not recognised.
        ConfigError: the labels or target modules cannot be used.
        DeviceError: 4 bits are wanted, and there is no CUDA device.
        MissingExtraError: 4 bits are wanted, and bitsandbytes is not installed.

    Example:
        >>> import sentilora
        >>> network = sentilora.create_model("minilm", ["negative", "positive"], rank=8)
        >>> network.config.id2label
        {0: 'negative', 1: 'positive'}
    """
    import torch

    if load_in_4bit and not use_peft:
        raise ConfigError(
            "load_in_4bit=True with use_peft=False: weights in 4 bits do not learn. Set "
            "use_peft=True, or leave load_in_4bit out."
        )
    if load_in_4bit:
        check_four_bit(torch.device("cuda" if torch.cuda.is_available() else "cpu"))
    names = labels if isinstance(labels, Labels) else Labels(label_names(labels))
    resolved = base if isinstance(base, ResolvedBase) else resolve_base(base)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model, missing = load_base_classifier(
            resolved, names, dropout=dropout, load_in_4bit=load_in_4bit
        )
        if not use_peft:
            return model
        architecture = architecture_for(model, missing)
        targets = list(target_modules or architecture.target_modules)
        check_targets(model, targets)
        return _add_lora(
            model, resolved, targets, architecture.head_modules, rank, alpha, lora_dropout
        )


def load_base_classifier(
    base: ResolvedBase, labels: Labels, *, dropout: float = 0.0, load_in_4bit: bool = False
) -> tuple[Any, list[str]]:
    """Load an encoder with a fresh head; also return the names of weights that start at random.

    One that reads padding computes texts of each length apart from here on (padding.py).

    Raises:
        ModelError: it cannot be loaded, or answers one text differently each time.
    """
    from transformers import AutoConfig, AutoModelForSequenceClassification

    from sentilora.model.padding import keep_lengths_apart

    revision = base.revision or "main"
    try:
        with quiet_transformers():
            config = AutoConfig.from_pretrained(
                base.source,
                revision=revision,
                num_labels=len(labels),
                id2label=labels.id2label,
                label2id=labels.label2id,
            )
            check_architecture(config.model_type)
            set_dropout(config, dropout)
            options = four_bit_options(config.model_type) if load_in_4bit else {}
            model, info = AutoModelForSequenceClassification.from_pretrained(
                base.source, revision=revision, config=config, output_loading_info=True, **options
            )
    except (OSError, ValueError) as error:
        raise _unreachable(base, str(error).splitlines()[0]) from error
    if not load_in_4bit:
        model = model.float()
    with quiet_transformers():
        keep_lengths_apart(model)
    return model, sorted(info["missing_keys"])


def load_tokenizer(source: str, revision: str | None = None) -> Any:
    """Load a tokenizer from a folder or hub id.

    Raises:
        ModelError: there is none, it is not a fast one, or it is not that of the model beside it.
    """
    from transformers import AutoTokenizer

    check_tokenizer_files(source)
    revision = revision or "main"
    try:
        with quiet_transformers():
            tokenizer = AutoTokenizer.from_pretrained(source, revision=revision)
    except (ImportError, OSError, TypeError, ValueError) as error:
        raise _no_tokenizer(source, error) from error
    except Exception as error:
        if type(error) is not Exception:  # of a damaged file tokenizers raises just that
            raise
        raise _no_tokenizer(source, error) from error
    if not tokenizer.is_fast:
        raise ModelError(
            f"{source} has a tokenizer of the slow kind ({type(tokenizer).__name__}), expected one "
            "that the tokenizers library computes (tokenizer.json). Choose another base."
        )
    check_vocabulary(tokenizer, source, revision)
    return tokenizer


def _no_tokenizer(source: str, error: Exception) -> ModelError:
    reason = str(error).strip().splitlines() or [type(error).__name__]
    said = f"No tokenizer could be loaded from {source}: {reason[0]}"
    if Path(source).is_dir():
        return ModelError(said)
    return ModelError(
        f"{said.rstrip('.')}. Use the embedded base: {setting('base', 'minilm')}; or give a folder "
        "with the model."
    )


def set_dropout(config: Any, dropout: float) -> None:
    """Set every dropout probability of a config, whatever the architecture calls it."""
    for name, value in vars(config).items():
        if "dropout" in name and isinstance(value, int | float) and not isinstance(value, bool):
            setattr(config, name, dropout)
    if getattr(config, "classifier_dropout", 0.0) is None:
        config.classifier_dropout = dropout


def _add_lora(
    model: Any,
    base: ResolvedBase,
    targets: list[str],
    heads: Sequence[str],
    rank: int,
    alpha: float,
    dropout: float,
) -> Any:
    from peft import LoraConfig, TaskType, get_peft_model, prepare_model_for_kbit_training

    if getattr(model, "is_loaded_in_4bit", False):
        model = prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)
    config = LoraConfig(
        task_type=TaskType.SEQ_CLS,
        fan_in_fan_out=has_turned_weights(model, targets),
        r=rank,
        lora_alpha=alpha,
        lora_dropout=dropout,
        target_modules=targets,
        # PEFT itself adds "classifier" (and "score") to these.
        modules_to_save=[name for name in heads if name != "classifier"],
    )
    with quiet_transformers():
        peft_model = get_peft_model(model, config)
    # What is stored is where anyone finds the base, not where this machine keeps it.
    stored = peft_model.peft_config["default"]
    stored.base_model_name_or_path = base.hub_id
    stored.revision = getattr(model.config, "_commit_hash", None) or base.revision
    return peft_model


def count_parameters(model: Any) -> tuple[int, int]:
    """Return the numbers of trainable and of deployed parameters.

    PEFT keeps the original of each module that is saved whole; those copies are not counted.
    """
    trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)
    total = sum(p.numel() for n, p in model.named_parameters() if ".original_module." not in n)
    return trainable, total
