#!/usr/bin/env bash
# peft 0.21.2: merge_and_unload(adapter_names=["second"]) merges that adapter and keeps the head of the active one.
# One expects the classifier that "second" is: its LoRA weights in the base, and its own head, which PEFT trains and
# stores with each adapter of a sequence classifier. Happens: adapter_names chooses the weights of the encoder alone,
# and whatever modules_to_save holds (the head) is that of the adapter which is active. The merged model is neither of
# the two, its answers are about those of the first, and nothing warns. set_adapter("second") before it heals it.
# Met where several adapters lie on one encoder and one is to be shipped. SentiLoRA merges models with one adapter.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q -c "$root/constraints.txt" torch==2.13.0 transformers==5.23.0 peft==0.21.2
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import warnings

import torch
from peft import LoraConfig, get_peft_model
from transformers import BertConfig, BertForSequenceClassification

torch.manual_seed(0)
sizes = {"vocab_size": 100, "hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
encoder = BertForSequenceClassification(BertConfig(**sizes, intermediate_size=64, num_labels=3))
lora = {"task_type": "SEQ_CLS", "target_modules": ["query", "value"], "init_lora_weights": False}
model = get_peft_model(encoder, LoraConfig(**lora), adapter_name="first")
model.add_adapter("second", LoraConfig(**lora))
texts = torch.randint(5, 100, (8, 10))


@torch.no_grad()
def logits(model):
    return model.eval()(input_ids=texts).logits


heads, answers = {}, {}
for name, head in model.base_model.model.classifier.modules_to_save.items():
    torch.nn.init.normal_(head.weight)  # as after a training: each adapter has a head of its own
    heads[name] = head.weight.detach().clone()
    model.set_adapter(name)
    answers[name] = logits(model)
model.set_adapter("first")
with warnings.catch_warnings():
    warnings.simplefilter("error")
    merged = model.merge_and_unload(adapter_names=["second"])
found = {name: (logits(merged) - answer).abs().max().item() for name, answer in answers.items()}
print("the merged model differs:", {f"from {name}": round(value, 4) for name, value in found.items()})
whose = [name for name, head in heads.items() if torch.equal(head, merged.classifier.weight)]
print("its head is that of", whose)
if whose != ["first"] or found["second"] < 0.5 or found["first"] == 0:
    sys.exit("The behaviour has changed.")
PYTHON
