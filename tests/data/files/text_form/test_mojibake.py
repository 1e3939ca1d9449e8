from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from sentilora.data.files.text_form.charset import find_encoding
from sentilora.data.files.text_form.mojibake import mended, twice_encoded, twice_note
from sentilora.data.labelled.reader import read_examples

TEXTS = [
    "schön und für",
    "déjà vu à côté",
    "it’s “fine” — isn’t it",
    "mañana, señor",
    "hôtel 🙂 où",
]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("middle", ["cp1252", "latin-1"])
def test_text_encoded_twice_is_told_and_mended(tmp_path, text, middle):
    try:
        twice = text.encode().decode(middle)
    except UnicodeDecodeError:
        pytest.skip("Windows-1252 has no character for one of its bytes")
    word, before = twice_encoded(twice)
    assert before in text
    assert mended(twice) == text
    path = tmp_path / "my rows.csv"
    path.write_text(f"text,label\n{twice},good\n", encoding="utf-8")
    encoding, notes = find_encoding(path, "my rows.csv", None)
    assert encoding == "utf-8-sig"
    assert f"words such as '{word}', which stands for '{before}'" in notes[0]
    assert notes[0].endswith("'my rows.csv' 'my rows-mended.csv'")


@pytest.mark.parametrize("name", ["my rows.csv", "it's $HOME.csv", 'a"b`c.csv', "-a.csv"])
def test_the_command_mends_a_file_whatever_it_is_called(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    Path(name).write_text("text\r\nschÃ¶n\r\n", encoding="utf-8", newline="")
    command = twice_note(name, "schÃ¶n", "schön").partition("pip install ftfy, and python ")[2]
    script = f"python() {{ shift; printf '%s\\0' \"$@\"; }}; python {command}"
    told = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    code, *names = told.stdout.split("\0")[:-1]
    ftfy = SimpleNamespace(fix_encoding=lambda line: line.replace("schÃ¶n", "schön"))
    monkeypatch.setitem(sys.modules, "ftfy", ftfy)
    monkeypatch.setattr(sys, "argv", ["-c", *names])
    exec(code, {})
    written = Path(f"{Path(name).stem}-mended.csv").read_bytes()
    assert written.decode() == "text\r\nschön\r\n"


@pytest.mark.parametrize("name", ["rows.csv.gz", "rows.zip", "standard input"])
def test_no_command_opens_what_is_no_plain_file(name):
    note = twice_note(name, "schÃ¶n", "schön")
    assert "ftfy.fix_encoding(text)" in note
    assert "open(" not in note


@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.jsonl"])
def test_it_is_told_once_in_every_format(write, name):
    rows = [{"text": f"nicht schÃ¶n, {i}", "label": ["good", "bad"][i % 2]} for i in range(4)]
    notes = read_examples(write(name, rows)).notes
    assert ["encoded as UTF-8 twice" in note for note in notes].count(True) == 1


@pytest.mark.parametrize(
    "text",
    [*TEXTS, "Ãœber Mojibake", "IRMÃ » e IRMÃ", "ÂME, À ÇA", "Việt Nam, rất tốt", "плохо", "最高"],
)
def test_other_text_is_not(tmp_path, text):
    assert twice_encoded(text) is None
    path = tmp_path / "a.csv"
    path.write_text(f"text,label\n{text},good\n", encoding="utf-8")
    assert find_encoding(path, "a.csv", None) == ("utf-8-sig", ())
