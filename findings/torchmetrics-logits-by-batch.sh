#!/usr/bin/env bash
# torchmetrics 1.9.0: a metric answers otherwise when the same logits come in other batches.
# One expects update() to add up: the accuracy of six rows is the same in one batch as in two. Happens: whether scores
# are logits is guessed anew for each batch, by whether any lies outside 0 to 1 (the guess is documented, that it may
# change on the way is not). A batch of small logits is taken for probabilities and compared with 0.5; beside one larger
# logit the same rows are squeezed first, which compares them with 0.
# Six right answers have an accuracy of 1.0 in one batch and of 0.5 in two; of three classes, the calibration error of
# logits between 0 and 1 is that of numbers which are no probabilities. Nothing is raised, nothing is told.
# Met with models early in their training, whose logits are small, and with last batches of a few rows.
# SentiLoRA computes its figures from probabilities of all rows at once.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q -c "$root/constraints.txt" torch==2.13.0 torchmetrics==1.9.0
"$folder/venv/bin/python" -W error::UserWarning - <<'PYTHON'
import sys

import torch
from torchmetrics.classification import BinaryAccuracy, MulticlassCalibrationError

logits = torch.tensor([0.3, 0.4, 0.2, 0.3, -0.4, 2.0])
labels = torch.tensor([1, 1, 1, 1, 0, 1])
accuracies = []
for rows in (6, 3):
    metric = BinaryAccuracy()
    for start in range(0, 6, rows):
        metric.update(logits[start : start + rows], labels[start : start + rows])
    accuracies.append(metric.compute().item())
    print(f"accuracy of the same six logits in batches of {rows}: {accuracies[-1]}")

scores = torch.linspace(0, 1, 90).reshape(30, 3)
error = MulticlassCalibrationError(num_classes=3)
classes = torch.arange(30) % 3
errors = [error(given, classes).item() for given in (scores, scores.softmax(1))]
print("calibration error of logits, of their softmax:", [round(value, 2) for value in errors])
if accuracies != [1.0, 0.5] or abs(errors[0] - errors[1]) < 0.05:
    sys.exit("The behaviour has changed.")
PYTHON
