#!/usr/bin/env bash
# pandas 3.1.1: read_json() makes numbers of ids that are texts in the file, and two ids become one.
# One expects "id": "4000000000000000001" in quotes to stay a text: that is why services write long ids so, beside or in
# place of the number. read_json() tries numbers for every column of texts: leading zeros go ("007" is 7), "1e5" is
# 100000, and where one row has no id, the others become floats, which cannot hold them. Two reviews then share an id,
# and a join by it doubles rows. No error, no warning; dtype=False or a type for the column keeps the texts.
# SentiLoRA reads JSON by itself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q pandas==3.1.1
"$folder/venv/bin/python" -W error - <<'PYTHON'
import io
import json
import sys

import pandas

rows = [{"id": "4000000000000000001", "shop": "007"}, {"id": "4000000000000000002", "shop": "1e5"}, {"shop": "12"}]
written = "\n".join(map(json.dumps, rows))
found = pandas.read_json(io.StringIO(written), lines=True)
print(written, found, sep="\n")
print("distinct ids:", found["id"].nunique(), "- types:", found.dtypes.astype(str).to_dict())
kept = pandas.read_json(io.StringIO(written), lines=True, dtype=False)
if found["id"].nunique() != 1 or found["shop"].tolist() != [7, 100000, 12] or kept["id"].nunique() != 2:
    sys.exit("The behaviour has changed.")
PYTHON
