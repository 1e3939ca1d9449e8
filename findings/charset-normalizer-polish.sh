#!/usr/bin/env bash
# charset-normalizer 3.5.2: of Polish text in Windows-1250, best() says language "Polish" and encoding "cp1252".
# One expects the code page in which Polish can be written, as its letters fit that one; ł, ę and ś are not in
# Windows-1252. The text that comes back is "by³ pêkniêty" for "był pęknięty", with chaos 0.0: as sure as it gets, and
# more text of the same kind does not help. Of Swedish text, more is worse: one paragraph is read rightly, twenty times
# the same one as cp1250 and "Hungarian", with "ĺ" for each "å".
# Met where files from spreadsheets were read: the texts look read, and every word with such a letter is another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -q charset-normalizer==3.5.2
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import charset_normalizer

POLISH = (
    "Produkt przyszedł szybko, ale ekran był pęknięty. Trzy razy pisałem do obsługi i nikt nie odpowiedział. "
    "Nie polecam nikomu, chcę zwrotu pieniędzy. Drugie zamówienie było bardzo dobre, jestem zadowolony. "
)
SWEDISH = (
    "Produkten kom snabbt men skärmen var trasig. Jag skrev tre gånger och ingen svarade. "
    "Jag rekommenderar den inte, jag vill ha mina pengar åter. "
)
print("charset-normalizer", charset_normalizer.__version__)
said = []
for text, encoding in ((POLISH, "cp1250"), (POLISH * 20, "cp1250"), (SWEDISH, "cp1252"), (SWEDISH * 20, "cp1252")):
    best = charset_normalizer.from_bytes(text.encode(encoding)).best()
    said.append((best.encoding, best.language, str(best) == text))
    print(f"{len(text):5} characters in {encoding}: {best.encoding}, {best.language}, chaos {best.chaos}: {str(best)[:54]}")
if said[0] != ("cp1252", "Polish", False) or said[1][2] or not said[2][2] or said[3][2]:
    sys.exit("The behaviour has changed.")
PYTHON
