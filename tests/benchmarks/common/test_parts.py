"""The parts that all sides read."""

import numpy as np

from benchmarks.common.parts import read_parts, write_parts
from sentilora.data.labelled.reader import read_examples
from tests.helpers.texts import make_texts, write_csv


def test_no_text_stands_in_two_parts(tmp_path):
    rows = make_texts(200, seed=3)
    data = write_csv(tmp_path / "rows.csv", rows + [(text.upper(), label) for text, label in rows])
    parts = read_parts(str(data), heldout_rows=60, rows=None, seed=1)
    seen = [set(part.text_hashes().tolist()) for part in parts.values()]
    assert sum(map(len, seen)) == len(set.union(*seen)) == 200
    assert sum(map(len, parts.values())) == 400
    assert abs(len(parts["heldout"]) - 60) <= 2


def test_fewer_rows_leave_the_held_out_ones_alone(tmp_path):
    data = write_csv(tmp_path / "rows.csv", make_texts(200, seed=3))
    few = read_parts(str(data), heldout_rows=40, rows=50, seed=1)
    many = read_parts(str(data), heldout_rows=40, rows=None, seed=1)
    assert few["heldout"].texts == many["heldout"].texts
    assert len(few["train"]) + len(few["validation"]) == 50
    assert np.bincount(few["heldout"].label_ids).tolist() == [20, 20]


def test_what_is_written_is_read_again(parts, tmp_path):
    write_parts(parts, tmp_path)
    for name, part in parts.items():
        again = read_examples(tmp_path / f"{name}.parquet", labels=part.labels)
        assert again.texts == part.texts
        assert again.label_ids.tolist() == part.label_ids.tolist()
