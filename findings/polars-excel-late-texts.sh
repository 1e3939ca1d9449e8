#!/usr/bin/env bash
# polars 2.1.0: read_excel() empties cells of .xlsx whose kind appears late in their column.
# One expects a column of texts, as from pandas or a database, or an error. The default engine (fastexcel 0.21.0)
# fixes the type by the first 100 rows: if those are numbers, each later cell that is none becomes null. No error,
# no warning, no strict option to say otherwise. engine="openpyxl" gives all cells, so the same call with another
# engine has other data; infer_schema_length=None heals it.
# Met where order numbers begin as plain numbers and are "A-120" later, or where "n/a" stands among stars.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q polars==2.1.0 fastexcel==0.21.0 openpyxl==3.1.5
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import warnings

import openpyxl
import polars

warnings.simplefilter("error")
book = openpyxl.Workbook()
book.active.append(["order", "text"])
for row in range(150):
    book.active.append([row if row < 120 else f"A-{row}", f"review {row}"])
book.save("reviews.xlsx")

lost = {}
for name, options in {
    "default": {},
    "openpyxl": {"engine": "openpyxl"},
    "all rows looked at": {"infer_schema_length": None},
}.items():
    order = polars.read_excel("reviews.xlsx", **options)["order"]
    lost[name] = order.null_count()
    print(f"{name}: {order.dtype}, the last {order[-1]!r}, empty {lost[name]} of {len(order)}")
if lost != {"default": 30, "openpyxl": 0, "all rows looked at": 0}:
    sys.exit("The behaviour has changed.")
PYTHON
