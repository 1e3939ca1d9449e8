#!/usr/bin/env bash
# transformers 5.23.0, torch 2.13.0 (CPU): MRA reads no word of a text on a machine without CUDA.
# Expected: a classifier answers other texts otherwise; what cannot be computed here raises an error, or
# warns. Happens: where its own CUDA kernel is not compiled, MRA's attention returns zeros. No token sees
# another, and as the classifier reads the first token, [CLS], every text gets the same logits. Nothing is
# raised and nothing is told; a training runs through and its loss stays that of guessing.
# Seen when a tiny random model of each architecture was trained: no gradient reached its attention.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.13.0 transformers==5.23.0
CUDA_VISIBLE_DEVICES="" "$folder/venv/bin/python" - <<'PYTHON'
import logging
import sys
import warnings

import torch
from transformers import AutoConfig, AutoModelForSequenceClassification

torch.manual_seed(0)
sizes = {"vocab_size": 100, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
sizes |= {"intermediate_size": 48, "max_position_embeddings": 128, "initializer_range": 0.3}
texts = torch.randint(5, 100, (8, 64))
texts[:, 0] = 2  # all begin with the same token, as texts do
found, said = {}, []
teller = logging.Handler(logging.WARNING)
teller.emit = said.append
logging.getLogger("transformers").addHandler(teller)
for kind in ("bert", "mra"):
    model = AutoModelForSequenceClassification.from_config(AutoConfig.for_model(kind, **sizes)).eval()
    with warnings.catch_warnings(record=True) as told, torch.no_grad():
        logits = model(input_ids=texts, attention_mask=torch.ones_like(texts)).logits
    found[kind] = (logits - logits[0]).abs().max().item()
    said += told
    print(f"{kind}: 8 texts, largest difference of their logits {found[kind]:.1e}, {len(said)} warnings")
if found["bert"] < 1e-2:
    sys.exit("BERT, which is here to compare with, does not tell texts apart.")
if found["mra"] > 1e-5 or said:
    sys.exit(f"MRA reads texts now, or says that it does not: this behaviour has changed. {said}")
PYTHON
