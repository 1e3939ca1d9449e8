"""The model card of an export: the run's own, with how to use this folder instead of the run's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sentilora.evaluation.wording import calibrated_in_torch
from sentilora.model.artifact import Settings

_USE = re.compile(r"^## Use it\n.*?(?=^## )", re.DOTALL | re.MULTILINE)
_ELSEWHERE = " `config.toml` beside this card repeats the run."


def write_card(source: Path | None, target: Path, settings: Settings) -> None:
    """Copy a run's card into an export; without one nothing is written.

    The front matter names transformers instead of PEFT. The results are the run's: the export's
    answers were compared with its.
    """
    if source is None:
        return
    from huggingface_hub import ModelCard

    card = ModelCard(source.read_text(encoding="utf-8"), ignore_metadata_errors=True)
    about: Any = card.data
    about.library_name = "transformers"
    if getattr(about, "base_model", None):
        about.base_model_relation = "finetune"
    use = _how_to_use(settings)
    text = card.text.replace(_ELSEWHERE, "")
    text = _USE.sub(lambda _: use, text, count=1) if _USE.search(text) else f"{use}\n{text}"
    target.write_text(f"---\n{about.to_yaml()}\n---\n\n{text.strip()}\n", encoding="utf-8")


def _how_to_use(settings: Settings) -> str:
    rule = settings.rule
    kept = {
        "head": "",
        "head-tail": " SentiLoRA keeps its start and its end.",
        "windows": " SentiLoRA reads it in windows.",
    }[rule.long_text]
    return f"""## Use it

This folder holds the whole model, the adapter folded in. With plain transformers, from inside it:

```python
from transformers import pipeline

classify = pipeline("text-classification", ".", truncation=True, top_k=None)
classify("Great movie, highly recommended!")
```

Of a text over {rule.max_tokens} tokens this keeps the start only.{kept} These probabilities are not
calibrated. Of the logits of the model, `(N, C)`, these are:

```python
{calibrated_in_torch(settings.calibration)}
```

Or use SentiLoRA:

```python
import sentilora

model = sentilora.load(".")
model.predict("Great movie, highly recommended!")
```

`parity.json` says how far the answers are from those of the run.

"""
