#!/usr/bin/env bash
# pyarrow 26.0.1: Table.from_pylist takes the names of the columns from the first row alone.
# One expects, as of pandas.DataFrame(rows) or a file of JSON lines, a column for each key of any row. A key that the
# first row lacks is dropped with all its values, without an error or a warning. Met where rows in memory that are
# dicts become a table: labels that begin in the second row would be gone.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q pyarrow==26.0.1
"$folder/venv/bin/python" - <<'PY'
import sys

import pyarrow as pa

rows = [{"text": "It broke"}, {"text": "Lovely", "label": "positive"}]
table = pa.Table.from_pylist(rows)
print("pyarrow", pa.__version__, "columns:", table.column_names, "of rows:", rows)
print("back again:", table.to_pylist())
if table.column_names != ["text"]:
    sys.exit("The behaviour has changed.")
PY
