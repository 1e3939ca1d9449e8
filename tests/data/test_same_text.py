"""When two texts are the same text, and which rows hang together."""

import numpy as np
import pytest

from sentilora.data.files.streams import number_of
from sentilora.data.same_text import components, text_hashes


def test_case_and_white_space_make_no_other_text():
    same, too, other = text_hashes(["Great  film", " great\nFILM ", "great film!"]).tolist()
    assert same == too
    assert same != other


def test_rows_hang_together_by_way_of_others():
    numbers = components(np.asarray([0, 1, 4, 3, 2]), np.asarray([1, 2, 5, 3, 2]))
    assert numbers.dtype == np.int32
    assert numbers.tolist() == [0, 0, 2, 1, 0]


def test_no_rows_have_no_components():
    assert components(np.zeros(0, np.int64), np.zeros(0, np.int64)).tolist() == []


@pytest.mark.parametrize(
    ("value", "number"),
    [("4.5", 4.5), (" 3 ", 3.0), (2, 2.0), (0.5, 0.5), ("-1e3", -1000.0)]
    + [(value, None) for value in (None, "", "four", True, False, "nan", float("inf"), [1], b"x")],
)
def test_values_are_read_as_finite_numbers_or_not_at_all(value, number):
    assert number_of(value) == number
