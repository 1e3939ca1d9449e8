"""Graded pairs from ratings."""

from __future__ import annotations

import pytest

from sentilora.data.pairs.built_pairs import write_pairs
from sentilora.data.pairs.from_ratings import pairs_from_ratings
from sentilora.data.pairs.pair_reader import read_pairs
from sentilora.errors import ConfigError, DataError
from sentilora.labels import BINARY, Labels

ROWS = [
    ("lamp a", 5, "lamp"),
    ("lamp b", 1, "lamp"),
    ("lamp c", 3, "lamp"),
    ("lamp d", 3, "lamp"),
    ("sofa a", 4, "sofa"),
    ("sofa b", 2, "sofa"),
    ("vase a", 4, "vase"),
]


def rows(values=ROWS):
    return [dict(zip(("text", "stars", "product"), row, strict=True)) for row in values]


def compared(built):
    texts = built.pairs.texts
    return {tuple(texts[side] for side in sides) for sides in built.pairs.sides}


def test_the_higher_rating_of_one_product_is_preferred(write):
    built = pairs_from_ratings(write("a.csv", rows()), rating="stars", group="product")
    assert compared(built) == {
        ("lamp a", "lamp b"),
        ("lamp a", "lamp c"),
        ("lamp a", "lamp d"),
        ("lamp c", "lamp b"),
        ("lamp d", "lamp b"),
        ("sofa a", "sofa b"),
    }
    margins = dict(zip(map(tuple, built.pairs.sides), built.pairs.margins, strict=True))
    assert max(margins.values()) == 1.0  # 5 against 1, the widest gap of the file
    assert min(margins.values()) == 0.5


def test_stars_scale_the_margin(write):
    path = write("a.csv", rows([("good", 4, "x"), ("bad", 2, "x")]))
    assert pairs_from_ratings(path, rating="stars").pairs.margins.tolist() == [1.0]
    assert pairs_from_ratings(path, rating="stars", stars=5).pairs.margins.tolist() == [0.5]


def test_a_scale_reads_spellings_and_says_which_end_is_good(write):
    path = write("a.csv", rows([("good", "8/10", "x"), ("bad", "3/10", "x"), ("fine", "60%", "x")]))
    built = pairs_from_ratings(path, rating="stars", scale="0-10")
    assert compared(built) == {("good", "bad"), ("good", "fine"), ("fine", "bad")}
    assert sorted(built.pairs.margins) == pytest.approx([0.2, 0.3, 0.5])
    school = write("b.csv", rows([("bad", 5, "x"), ("good", 1, "x"), ("no grade", 7, "x")]))
    built = pairs_from_ratings(school, rating="stars", scale="6-1", skip_bad_rows=True)
    assert compared(built) == {("good", "bad")}
    assert built.pairs.margins.tolist() == [0.8]
    assert (built.more["rating_preferred"], built.more["rating_other"]) == ([1.0], [5.0])
    with pytest.raises(DataError, match=r"rating outside 6 … 1: row 3 \(line 4: '7'\)"):
        pairs_from_ratings(school, rating="stars", scale="6-1")
    with pytest.raises(ConfigError, match="both say how ratings are read"):
        pairs_from_ratings(school, rating="stars", scale="6-1", stars=5)


def test_texts_that_are_none_are_asked_about(write):
    path = write("a.csv", rows([(f"word{n}", n % 5, "x") for n in range(30)]))
    with pytest.raises(DataError, match=r"hardly holds texts: 30 of .*Say any_text=True if"):
        pairs_from_ratings(path, rating="stars")
    assert len(pairs_from_ratings(path, rating="stars", any_text=True)) > 100


def test_without_a_group_any_two_texts_are_compared(write):
    built = pairs_from_ratings(write("a.csv", rows()), rating="stars")
    assert ("sofa a", "lamp b") in compared(built)
    assert "group" not in built.more


def test_the_gap_and_both_limits_hold(write):
    path = write("a.csv", rows())
    built = pairs_from_ratings(path, rating="stars", group="product", min_gap=4)
    assert compared(built) == {("lamp a", "lamp b")}
    built = pairs_from_ratings(path, rating="stars", group="product", per_group=1)
    assert sorted(built.more["group"]) == ["lamp", "sofa"]
    built = pairs_from_ratings(path, rating="stars", group="product", max_pairs=2)
    assert len(built) == 2
    assert "2 of 6 pairs taken at random" in built.notes
    again = pairs_from_ratings(path, rating="stars", group="product", max_pairs=2)
    assert compared(again) == compared(built)


def test_texts_of_the_test_are_left_out(write, tmp_path):
    path = write("a.csv", rows())
    test = write("t.csv", [{"text": "LAMP  a", "label": "x"}])
    built = pairs_from_ratings(path, rating="stars", group="product", leave_out=[test])
    assert compared(built) == {
        ("lamp c", "lamp b"),
        ("lamp d", "lamp b"),
        ("sofa a", "sofa b"),
    }
    assert "1 texts left out: they stand in the test" in built.notes


def test_the_test_part_of_a_folder_is_left_out_by_itself(write, tmp_path):
    write("folder/train.csv", rows())
    write("folder/test.csv", rows([("sofa a", 4, "sofa")]))
    built = pairs_from_ratings(tmp_path / "folder", rating="stars", group="product")
    assert not any("sofa a" in pair for pair in compared(built))


def test_a_text_with_two_ratings_in_one_group_is_left_out(write):
    values = [*ROWS, ("Sofa A", 1, "sofa"), ("lamp b", 1, "lamp")]
    built = pairs_from_ratings(write("a.csv", rows(values)), rating="stars", group="product")
    assert not any("sofa" in text for pair in compared(built) for text in pair)
    assert len(built) == 5  # the repeated lamp counts once
    assert "1 texts left out: they have several ratings in one group" in built.notes


def test_texts_that_are_ordered_both_ways_are_left_out(write):
    values = [("fine", 4, "x"), ("okay", 2, "x"), ("fine", 1, "y"), ("okay", 5, "y")]
    values += [("superb", 5, "x")]
    built = pairs_from_ratings(write("a.csv", rows(values)), rating="stars", group="product")
    assert compared(built) == {("superb", "fine"), ("superb", "okay")}
    assert "2 pairs left out: the same two texts are ordered both ways" in built.notes


def test_bad_rows_are_told_with_their_numbers_or_left_out(write):
    values = [*ROWS, ("", 3, "lamp"), ("x", "many", "lamp"), ("y", 9, "lamp"), ("z", 3, "")]
    path = write("a.csv", rows(values))
    with pytest.raises(DataError, match=r"4 problems in") as error:
        pairs_from_ratings(path, rating="stars", group="product", stars=5)
    said = str(error.value)
    assert "empty text: row 8 (line 9)" in said
    assert "rating that is no number: row 9 (line 10: 'many')" in said
    assert "rating outside 1 … 5: row 10 (line 11: '9')" in said
    assert "no value in the group column: row 11 (line 12)" in said
    built = pairs_from_ratings(path, rating="stars", group="product", stars=5, skip_bad_rows=True)
    assert len(built) == 6
    assert any("4 rows left out" in note for note in built.notes)


def test_what_cannot_be_paired_is_refused(write):
    path = write("a.csv", rows([("a", 3, "x"), ("b", 3, "x"), ("c", 1, "y")]))
    with pytest.raises(DataError, match=r"no two texts of one group .* Found 3 texts in 2 groups"):
        pairs_from_ratings(path, rating="stars", group="product")
    with pytest.raises(DataError, match=r"no column 'score' for rating=…. Found: 'text', 'stars'"):
        pairs_from_ratings(path, rating="score")
    with pytest.raises(ConfigError, match=r"expected at least 1 pair a group"):
        pairs_from_ratings(path, rating="stars", per_group=0)


@pytest.mark.parametrize("name", ["p.parquet", "p.csv", "p.jsonl"])
def test_written_pairs_are_read_as_they_were_built(write, tmp_path, name):
    built = pairs_from_ratings(write("a.csv", rows()), rating="stars", group="product")
    write_pairs(built, tmp_path / name)
    pairs = read_pairs(tmp_path / name, labels=Labels(BINARY))
    texts = pairs.texts
    assert {tuple(texts[side] for side in sides) for sides in pairs.sides} == compared(built)
    assert pairs.margins.tolist() == built.pairs.margins.tolist()


def test_a_word_for_none_is_no_text_of_a_pair(write):
    path = write("a.csv", rows([*ROWS, ("nan", 1, "lamp"), ("N/A", 2, "sofa")]))
    with pytest.raises(DataError, match=r"a word for no text: row 8 .line 9., row 9"):
        pairs_from_ratings(path, rating="stars", group="product")
    built = pairs_from_ratings(path, rating="stars", group="product", skip_bad_rows=True)
    assert "nan" not in built.pairs.texts
    assert built.notes[0].startswith("2 rows left out: a word for no text")
