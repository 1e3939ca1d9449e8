"""Files of texts whose aspects a person saw, in the spellings that people have."""

import json

import numpy as np
import pandas as pd
import pytest

import sentilora
from sentilora.errors import DataError
from sentilora.insights.aspects.asked_aspects import aspect_names, read_aspect_examples
from tests.helpers.texts import make_texts


def test_several_aspects_are_parted_by_marks_or_stand_in_a_list(tmp_path):
    path = tmp_path / "seen.csv"
    path.write_text(
        'text,aspects\nToo dear and late,price; delivery\nRude at the door,"staff, Delivery"\n'
        "It is fine,\nNice enough,n/a\n,price\nLate again, delivery ;\n"
    )
    found = read_aspect_examples(path, ())
    assert found.names == ("price", "delivery", "staff")
    assert found.texts[:2] == ["Too dear and late", "Rude at the door"]
    told = [[found.names[at] for at in np.flatnonzero(row)] for row in found.answers]
    assert told == [["price", "delivery"], ["delivery", "staff"], [], [], ["delivery"]]
    assert found.notes == (f"aspects learned from 5 texts of {path}",)
    lines = tmp_path / "seen.jsonl"
    rows = [("Too dear", ["price"]), ("Rude and late", ["staff", "price"]), ("Fine", [])]
    lines.write_text("\n".join(json.dumps({"text": a, "aspects": b}) for a, b in rows))
    listed = read_aspect_examples(lines, ("Staff", "price", "app"))
    assert listed.answers.tolist() == [[False, True, False], [True, True, False], [False] * 3]
    assert listed.notes[1].startswith("none or all of these texts mention 'app'")


def test_all_unknown_names_are_told_at_once(tmp_path):
    path = tmp_path / "seen.csv"
    path.write_text("text,aspects\nToo dear,price;parking\nLate,delivery\nLate,parking\n")
    with pytest.raises(DataError) as caught:
        read_aspect_examples(path, ("price",))
    told = str(caught.value)
    assert (
        "has aspects that were not asked for: parking (2), delivery (1). Expected 'price'" in told
    )
    assert 'aspects=["price", "parking", "delivery"]' in told


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("text,aspect\nLate,delivery\n", "has no column 'aspects'. Found: 'text', 'aspect'"),
        ("text,aspects\nLate,\nFine,\n", "names no aspect of any text"),
        ("text,aspects\n", "names no aspect of any text"),
        ("a,b,aspects\n1,2,price\n", "text"),
    ],
)
def test_files_that_are_none_are_refused(tmp_path, rows, told):
    path = tmp_path / "seen.csv"
    path.write_text(rows)
    with pytest.raises(DataError) as caught:
        read_aspect_examples(path, ())
    assert told in str(caught.value)


def test_names_are_taken_once():
    assert aspect_names("price, staff ,price") == ("price", "staff")
    assert aspect_names("") == aspect_names([]) == ()


def test_insights_learn_from_them(tiny_run):
    model = sentilora.load(tiny_run.path)
    texts = [text for text, _ in make_texts(90, seed=9)]
    rows = pd.DataFrame({"text": texts})
    words = "good"
    seen = [{"text": text, "aspects": ["taste"] if words in text else []} for text in texts[:40]]
    found = sentilora.insights(model, rows, any_text=True, aspect_examples=seen)
    (taste,) = found.report.aspects
    assert taste.name == "taste"
    spoken = set(found.statements["row"][found.statements["aspect"].notna()])
    assert spoken & set(range(40)) == {place for place in range(40) if words in texts[place]}
    assert taste.texts == len(spoken)
    assert any("aspects learned from 40 texts" in note for note in found.report.basis.notes)
    assert "by 40 texts whose aspects people saw" in found.report.basis.methods["aspects"]
    alone = sentilora.insights(model, rows, any_text=True, aspects="taste")
    assert "people saw" not in alone.report.basis.methods["aspects"]
