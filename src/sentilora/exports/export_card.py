"""The model card of an export: the run's own, with how to use this folder instead of the run's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sentilora.evaluation.reports.wording import calibrated_in_torch
from sentilora.exports.int8.int8_result import Quantised
from sentilora.exports.parity import Mates
from sentilora.model.model_settings import ModelSettings

_USE = re.compile(r"^## Use it\n.*?(?=^## )", re.DOTALL | re.MULTILINE)
SAME_LOGIT = 1e-3  # a smaller difference is rounding
_ELSEWHERE = " `config.toml` beside this card repeats the run."


def write_card(
    source: Path | None,
    target: Path,
    settings: ModelSettings,
    quantised: Quantised | None,
    mates: Mates,
) -> None:
    """Copy a run's card into an export; without one nothing is written.

    The front matter names what loads it instead of PEFT. The results are the run's: the export's
    answers were compared with its. What int8 changed is said.
    """
    if source is None:
        return
    from huggingface_hub import ModelCard

    card = ModelCard(source.read_text(encoding="utf-8"), ignore_metadata_errors=True)
    about: Any = card.data
    about.library_name = _LIBRARIES.get(settings.kind, settings.kind)
    if getattr(about, "base_model", None):
        about.base_model_relation = "finetune"
    use = (
        _how_to_use(settings) + _what_padding_does(settings) + _what_int8_changed(quantised, mates)
    )
    text = card.text.replace(_ELSEWHERE, "")
    text = _USE.sub(lambda _: use, text, count=1) if _USE.search(text) else f"{use}\n{text}"
    target.write_text(f"---\n{about.to_yaml()}\n---\n\n{text.strip()}\n", encoding="utf-8")


def _how_to_use(settings: ModelSettings) -> str:
    rule = settings.rule
    kept = {
        "head": "",
        "head-tail": " SentiLoRA keeps its start and its end.",
        "windows": " SentiLoRA reads it in windows.",
    }[rule.long_text]
    runtime = _RUNTIMES.get(settings.kind, {})
    without = _IN_BROWSER if settings.kind == "browser" else _WITH_TRANSFORMERS
    plain = (_WITH_RUNTIME if runtime else without).format(
        **runtime,
        max_tokens=rule.max_tokens,
        kept=kept,
        calibrated=calibrated_in_torch(settings.calibration),
    )
    return f"""## Use it

{plain}
Or use SentiLoRA:

```python
import sentilora

model = sentilora.load(".")
model.predict("Great movie, highly recommended!")
```

`parity.json` says how far the answers are from those of the run.

"""


def _what_padding_does(settings: ModelSettings) -> str:
    if not settings.reads_padding:
        return ""
    return (
        "**Give it texts of one length at a time, without padding.** This architecture reads "
        "padding in spite of the attention mask, so a text padded to the length of another one "
        "gets another answer. SentiLoRA does that by itself; plain runtimes and `pipeline` do it "
        "with a batch size of 1.\n\n"
    )


def _what_int8_changed(quantised: Quantised | None, mates: Mates) -> str:
    best = quantised.best if quantised else None
    if quantised is None or best is None or best.drop is None or best.flipped_share is None:
        return ""
    return (
        f"Weights are int8 ({best.name}). The results below are the run's in float32. On "
        f"{quantised.rows:,} {quantised.source} int8 changed macro F1 by {-best.drop:+.2f} points, "
        f"and of {quantised.changed_texts:,} texts {best.flipped_share:.2%} of the labels (95% "
        f"sure: at most {best.flipped_bound:.2%} of other texts of this kind)."
        + (f" {quantised.doubt}" if quantised.doubt else "")
        + _what_mates_change(mates)
        + "\n\n"
    )


def _what_mates_change(mates: Mates) -> str:
    if mates.max_logit_difference < SAME_LOGIT:
        return ""
    return (
        " Inputs of layers are rounded by one range a batch, so an answer depends a little on the "
        f"other texts of its batch: of {mates.texts:,} texts alone and in batches, a logit changed "
        f"by {mates.max_logit_difference:.2g} at most, and {mates.flipped_share:.2%} of the "
        "labels. Where that matters, give it one text at a time."
    )


_LIBRARIES = {"model": "transformers", "browser": "transformers.js"}
_IN_BROWSER = """This folder is a web page that classifies in the visitor's browser; no text \
leaves it. From inside the folder:

    python -m http.server

and open http://localhost:8000. Any static web server does. In a page of your own, which the same
server serves:

```js
import {{ loadModel }} from "./sentiment.js";

const model = await loadModel();
const {{ label, score, probabilities }} = await model.predict("Great movie, highly recommended!");
```

That reads a long text as SentiLoRA does, and calibrates. transformers.js loads the folder too, with
`dtype: "fp32"`; it keeps only the start of a text over {max_tokens} tokens, and does not calibrate.
"""
_WITH_TRANSFORMERS = """This folder holds the whole model, the adapter folded in. With plain \
transformers, from inside it:

```python
from transformers import pipeline

classify = pipeline("text-classification", ".", truncation=True, top_k=None)
classify("Great movie, highly recommended!")
```

Of a text over {max_tokens} tokens this keeps the start only.{kept} These probabilities are not
calibrated. Of the logits of the model, `(N, C)`, these are:

```python
{calibrated}
```
"""
_WITH_RUNTIME = """`{file}` is the whole model, the adapter folded in. With {runtime} \
alone, from inside this folder:

```python
import json

import numpy as np
import {package}
from tokenizers import Tokenizer

tokenizer = Tokenizer.from_file("tokenizer.json")
tokenizer.enable_truncation({max_tokens})
{opened}
with open("labels.json", encoding="utf-8") as file:
    names = json.load(file)["label2id"]
text = tokenizer.encode("Great movie, highly recommended!")
inputs = {{"input_ids": np.array([text.ids]), "attention_mask": np.array([text.attention_mask])}}
{answered}
print(dict(zip(names, probabilities[0].tolist())))
```

Of a text over {max_tokens} tokens this keeps the start only.{kept} The probabilities are
calibrated; `logits` is the other output. Batch and length are free, both inputs are int64, and a
batch is padded with an `attention_mask` of 0.
"""
_RUNTIMES = {
    "onnx": {
        "file": "model.onnx",
        "runtime": "ONNX Runtime",
        "package": "onnxruntime",
        "opened": 'session = onnxruntime.InferenceSession("model.onnx")',
        "answered": '(probabilities,) = session.run(["probabilities"], inputs)',
    },
    "openvino": {
        "file": "openvino_model.xml",
        "runtime": "OpenVINO",
        "package": "openvino",
        "opened": 'model = openvino.Core().compile_model("openvino_model.xml", "CPU")',
        "answered": 'probabilities = model(inputs)["probabilities"]',
    },
}
