"""What there is to say about a model: labels, size, and its card."""

from __future__ import annotations

import re
from pathlib import Path

from sentilora.evaluation.reports import wording
from sentilora.inference.sentiment_model import SentimentModel
from sentilora.ui.models.single_answer import machine_of

CARD = "README.md"
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_PICTURE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")


def model_tiles(model: SentimentModel) -> list[dict[str, str]]:
    """Describe a model, one card a fact that anyone asks for."""
    settings = model.artifact.settings
    files = [file for file in model.artifact.path.rglob("*") if file.is_file()]
    return [
        {
            "name": "Labels",
            "value": str(len(settings.labels)),
            "note": ", ".join(settings.labels.names),
        },
        {
            "name": "Size on disk",
            "value": wording.size(sum(file.stat().st_size for file in files)),
            "note": f"beside its base, {settings.base}" if settings.kind == "adapter" else "in all",
        },
        {
            "name": "Reads at most",
            "value": f"{settings.rule.max_tokens:,} tokens",
            "note": f"of a text, about {settings.rule.max_tokens * 3 // 4:,} words",
        },
    ]


def model_details(model: SentimentModel) -> list[dict[str, str]]:
    """Describe how a model computes, one card a fact."""
    settings = model.artifact.settings
    kinds = {"adapter": "LoRA adapter on", "model": "all weights of"}
    return [
        {
            "name": "Kind",
            "value": settings.kind,
            "note": f"{kinds.get(settings.kind, settings.kind + ' of')} {settings.base}",
        },
        {
            "name": "Of a longer text",
            "value": settings.rule.long_text,
            "note": "part that is read",
        },
        {
            "name": "Temperature",
            "value": f"{settings.calibration.temperature:.2f}",
            "note": wording.calibrated_by(settings.calibration),
        },
        {"name": "Computed by", "value": model.engine.name, "note": machine_of(model)},
    ]


def card_of(folder: Path, run: Path | None) -> str | None:
    """Return the model card as Markdown, without what is for programs; None if there is none.

    Pictures are left out: a page must not fetch anything from elsewhere.
    """
    for place in (run, folder):
        if place is not None and (place / CARD).is_file():
            text = (place / CARD).read_text(encoding="utf-8")
            return _below_the_title(_PICTURE.sub(r"\1", _FRONT_MATTER.sub("", text, count=1)))
    return None


def _below_the_title(card: str) -> str:
    """Put the headings of a card below that of the page, and drop the title, which is the same."""
    lines, is_code = [], False
    for line in card.strip().splitlines():
        is_code ^= line.startswith("```")
        if is_code or not line.startswith("#"):
            lines.append(line)
        elif not line.startswith("# "):
            lines.append(f"##{line}")
    return "\n".join(lines).strip()
