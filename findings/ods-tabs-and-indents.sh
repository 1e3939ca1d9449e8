#!/usr/bin/env bash
# pandas 3.1.1 with python-calamine 0.9.1 or odfpy 1.4.1: a tab in a cell of .ods is lost, and two words become one.
# One expects a tab, or at least a space. OpenDocument writes it as <text:tab/>, and so does SheetJS (xlsx 0.18.5 of
# npm), with which web pages offer .ods. Both engines leave it out: "screen<tab>bad" is "screenbad", a word that no
# model knows. A <text:line-break/> is lost by calamine alone. SheetJS also puts each cell on a line of its own, as XML
# allows; calamine then raises an error about an unknown format, while odfpy reads the file.
# Seen when workbooks of other programs were read. SentiLoRA mends both before calamine reads, and has a test.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q pandas==3.1.1 python-calamine==0.9.1 odfpy==1.4.1
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys
import zipfile

import pandas

SPACES = "urn:oasis:names:tc:opendocument:xmlns:"
KIND = "application/vnd.oasis.opendocument.spreadsheet"
names = " ".join(f'xmlns:{name}="{SPACES}{name}:1.0"' for name in ("office", "table", "text"))
cells = ["text", "screen<text:tab/>bad", "good<text:line-break/>bad"]


def read(engine, between):
    rows = "".join(
        f'<table:table-row>{between}<table:table-cell office:value-type="string"><text:p>{cell}</text:p>'
        f"</table:table-cell>{between}</table:table-row>"
        for cell in cells
    )
    with zipfile.ZipFile("reviews.ods", "w") as file:
        file.writestr("mimetype", KIND)
        file.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{SPACES}manifest:1.0" manifest:version="1.3">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{KIND}"/>'
            '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
            "</manifest:manifest>",
        )
        file.writestr(
            "content.xml",
            f'<office:document-content {names} office:version="1.3"><office:body><office:spreadsheet><table:table '
            f'table:name="S">{rows}</table:table></office:spreadsheet></office:body></office:document-content>',
        )
    try:
        return pandas.read_excel("reviews.ods", engine=engine)["text"].tolist()
    except Exception as error:
        return type(error).__name__


found = {(engine, how): read(engine, how) for engine in ("calamine", "odf") for how in ("", "\n  ")}
for (engine, how), texts in found.items():
    print(f"{engine:8} {'cells on their own lines' if how else 'cells in one line':24}", texts)
odf = ["screenbad", "good\nbad"]
if list(found.values()) != [["screenbad", "goodbad"], "CalamineError", odf, odf]:
    sys.exit("The behaviour has changed.")
PYTHON
