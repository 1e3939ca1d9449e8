#!/usr/bin/env bash
# scikit-learn 1.9.1 and torchmetrics 1.9.0: the quadratic kappa of the same star ratings is 0.73 or 0.62.
# One expects of weights="quadratic" that a mistake counts by the square of the distance of the ratings. scikit-learn's
# cohen_kappa_score() counts places among the ratings that occur: without 3 and 4, the ratings 2 and 5 are neighbours,
# and a 5 that was read as a 2 is as small a mistake as a 1 read as a 2. So each part of the data (a month, a product)
# is measured on a scale of its own, without a warning. torchmetrics knows the number of classes and keeps the scale; so
# does scikit-learn with labels=[1, 2, 3, 4, 5].
# SentiLoRA's figures use no weighted kappa.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q -c "$root/constraints.txt" torch==2.13.0 torchmetrics==1.9.0 \
    scikit-learn==1.9.1
"$folder/venv/bin/python" -W error::UserWarning - <<'PYTHON'
import sys

import torch
from sklearn.metrics import cohen_kappa_score
from torchmetrics import CohenKappa

given = [1, 1, 2, 2, 5, 5, 1, 2, 5, 2]
found = [1, 2, 2, 5, 5, 5, 1, 2, 2, 2]
stars = [torch.tensor(ratings) - 1 for ratings in (found, given)]
values = {
    "scikit-learn": cohen_kappa_score(given, found, weights="quadratic"),
    "scikit-learn, labels=1..5": cohen_kappa_score(given, found, weights="quadratic", labels=[1, 2, 3, 4, 5]),
    "torchmetrics": CohenKappa(task="multiclass", num_classes=5, weights="quadratic")(*stars).item(),
}
for name, value in values.items():
    print(f"{name}: {value:.4f}")
if [round(value, 4) for value in values.values()] != [0.7273, 0.6245, 0.6245]:
    sys.exit("The behaviour has changed.")
PYTHON
