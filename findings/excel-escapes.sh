#!/usr/bin/env bash
# pandas 3.1.1: read_excel() gives other texts by its two engines for .xlsx. A carriage return in a cell is
# stored as "_x000D_" (ECMA-376, part 1, 22.4.2.4), as XML would drop it, and Excel writes that for texts that
# were pasted with Windows line ends. One expects the text back; the default engine (openpyxl 3.1.5) hands on
# the seven characters "_x000D_", engine="calamine" (python-calamine 0.9.1) the carriage return.
# Seen while reviews were read from workbooks: the characters became tokens of the text.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q pandas==3.1.1 openpyxl==3.1.5 python-calamine==0.9.1
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import pandas, zipfile

# What Excel stores for the text "good\r\nbad": the escape, then the line feed.
pandas.DataFrame({"text": ["good_x000D_\nbad"]}).to_excel("reviews.xlsx", index=False)
assert b"good_x000D_\nbad" in b"".join(map(zipfile.ZipFile("reviews.xlsx").read, zipfile.ZipFile("reviews.xlsx").namelist()))

found = {engine: pandas.read_excel("reviews.xlsx", engine=engine)["text"][0] for engine in ("openpyxl", "calamine")}
for engine, text in found.items():
    print(f"{engine:9}", repr(text))
assert found == {"openpyxl": "good_x000D_\nbad", "calamine": "good\r\nbad"}, "the behaviour has changed"
PYTHON
