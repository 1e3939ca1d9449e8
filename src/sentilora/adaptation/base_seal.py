"""From an adapted encoder to a folder that is a base: written, proved, described, sealed last.

FOLDER/
  config.json, model.safetensors           the encoder, as transformers writes it
  tokenizer.json, tokenizer_config.json    the base's tokenizer
  adapt.json                               what was done, and how well words are predicted
  README.md                                the same as a card for the Hugging Face hub
  manifest.json                            sha256 of every file, WRITTEN LAST
"""

from __future__ import annotations

import json
import shutil
import time
from importlib import metadata
from pathlib import Path
from typing import Any

import torch

from sentilora.adaptation.adaptation_context import REPORT, AdaptationContext, describe_base
from sentilora.adaptation.adaptation_state import AdaptationProgress
from sentilora.adaptation.base_card import render_card
from sentilora.adaptation.base_proof import prove_base
from sentilora.adaptation.pretraining import Material, Recipe
from sentilora.adaptation.windows import TextWindows
from sentilora.model.artifact import write_manifest
from sentilora.model.quiet import quiet_transformers
from sentilora.runs.cost import peak_memory_bytes

FORMAT = 1
PROOF_ROWS = 8
PACKAGES = ("sentilora", "torch", "transformers", "tokenizers")


def save_base(context: AdaptationContext, material: Material, folder: Path) -> float:
    """Write the encoder and prove that it loads; it is not sealed yet.

    Returns:
        The largest difference of a hidden state between the saved network and the one in memory.

    Raises:
        ModelError: it does not load, or computes something else.
    """
    encoder, tokenizer = context.encoder.to(torch.device("cpu")), context.text_encoder.tokenizer
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    without = {name: getattr(encoder.config, name) for name in context.dropouts}
    vars(encoder.config).update(context.dropouts)
    with quiet_transformers():
        encoder.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    vars(encoder.config).update(without)
    rows = material.windows.rows(material.held_out[:PROOF_ROWS])
    return prove_base(folder, encoder, tokenizer, rows, context.config.path)


def seal_base(folder: Path, final: Path) -> None:
    """Hash every file, write the manifest last, and move the folder to its final name."""
    # safetensors writes for the owner alone; a base is shared like any other file.
    mode = (folder / REPORT).stat().st_mode
    for file in folder.iterdir():
        file.chmod(mode)
    write_manifest(folder)
    final.parent.mkdir(parents=True, exist_ok=True)
    folder.rename(final)


def write_base_report(
    folder: Path,
    context: AdaptationContext,
    windows: TextWindows,
    data: dict[str, Any],
    progress: AdaptationProgress,
    recipe: Recipe,
    measured: dict[str, dict[str, float]],
    *,
    head_is_own: bool,
    difference: float,
) -> dict[str, Any]:
    """Write ``adapt.json`` and the card.

    Args:
        folder: the unsealed base.
        context: the adaptation.
        windows: the texts as tokens.
        data: facts of the data: files and counts of texts.
        progress: how far the adaptation went.
        recipe: recipe of the adaptation, with the learning rate that was used.
        measured: figures ``before`` and ``after`` on the held-out texts.
        head_is_own: whether the checkpoint brought a head for masked words.
        difference: largest difference that the proof found.
    """
    config = context.config
    report = {
        "format": FORMAT,
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "name": config.path.name,
        "base": describe_base(context.base),
        "data": data,
        "objective": {
            "mask_share": config.mask_share,
            "whole_words": config.whole_words,
            "sentiment_weight": config.sentiment_weight,
            "bag_weight": config.bag_weight,
            "tied": config.tied,
            "head": "the base's own" if head_is_own else "fresh",
            "max_tokens": context.text_encoder.rule.max_tokens,
        },
        "training": {
            "steps": progress.global_step,
            "epochs": round(progress.tokens / max(1, _train_tokens(windows)), 3),
            "tokens": progress.tokens,
            "hidden_tokens": progress.hidden,
            "seconds": round(progress.seconds, 1),
            "tokens_per_second": round(progress.tokens / max(progress.seconds, 1e-9), 1),
            "peak_memory_bytes": peak_memory_bytes(context.device.type),
            "learning_rate": recipe.learning_rate,
            "weight_decay": recipe.weight_decay,
            "batch_rows": config.batch_rows,
            "batch_tokens": config.batch_tokens,
            "seed": config.seed,
            "device": context.device.type,
            "precision": context.precision,
        },
        "held_out": {"texts": windows.held_out_texts, **measured},
        "loss_curve": progress.curve,
        "proof": {"max_difference": difference},
        "packages": {name: metadata.version(name) for name in PACKAGES},
    }
    text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
    (folder / REPORT).write_text(text, encoding="utf-8")
    (folder / "README.md").write_text(render_card(report), encoding="utf-8")
    return report


def _train_tokens(windows: TextWindows) -> int:
    return int(windows.lengths[~windows.is_held_out].sum())
