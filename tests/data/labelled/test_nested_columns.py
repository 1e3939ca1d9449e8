from __future__ import annotations

import json
import runpy

import pytest

from sentilora.data.labelled.reader import read_examples
from sentilora.errors import DataError

TICKETS = [
    {"id": f"0{row}", "text": f"Ticket é {row}", "satisfaction": given}
    for row, given in enumerate([{"score": "good"}, {"score": "bad"}, None] * 6)
]


@pytest.mark.parametrize("label", [None, "satisfaction"])
@pytest.mark.parametrize("name", ["tickets.json", "tickets.jsonl"])
def test_objects_are_told_with_a_command_that_makes_columns_of_them(
    tmp_path, monkeypatch, name, label
):
    lines = [json.dumps(one, ensure_ascii=False) for one in TICKETS]
    path = tmp_path / name
    content = "\n".join(lines) if path.suffix == ".jsonl" else f"[{','.join(lines)}]"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=r"'satisfaction' hold objects.*'satisfaction\.score'") as e:
        read_examples(path, label=label)
    code = str(e.value).split('python -c "')[1].split('"')[0]
    (tmp_path / "told.py").write_text(code, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    runpy.run_path("told.py")
    found = read_examples(
        tmp_path / "tickets-flat.csv", label="satisfaction.score", skip_bad_rows=True
    )
    assert (len(found), len(found.skipped)) == (12, 6)
    assert found.texts[0] == "Ticket é 0"


def test_objects_in_a_list_within_an_object_have_no_command(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"tickets": TICKETS}), encoding="utf-8")
    with pytest.raises(DataError, match=r"'satisfaction\.score', and give the file with these\."):
        read_examples(path)
