import numpy as np
import pytest

from sentilora.insights.mood.segments import columns_of, left_out_notes, natural_key
from tests.helpers.mood_rows import labels, mood


def column(*parts):
    """Return values, each as often as told."""
    return np.concatenate([np.full(number, value, dtype=object) for value, number in parts])


def test_versions_are_ordered_as_people_order_them():
    values = ["11.10", "11.9", "12", "2.1", "Unknown", "11.10.1"]
    assert sorted(values, key=natural_key) == ["2.1", "11.9", "11.10", "11.10.1", "12", "Unknown"]


def test_a_column_of_versions_is_an_axis_and_one_of_names_is_none():
    versions = column(("11.10", 30), ("11.9", 30), ("11.43", 30), ("12.1.1", 30), ("Unknown", 25))
    names = column(("UK", 70), ("France", 75))
    found = columns_of({"version": versions, "country": names})
    assert [one.is_ordered for one in found] == [True, False]
    assert found[0].values == ("11.9", "11.10", "11.43", "12.1.1", "Unknown")
    assert found[1].values == ("France", "UK")


def test_values_with_few_texts_are_counted_and_left_out():
    values = column(("A", 40), ("B", 19), ("C", 1), (None, 10))
    (found,) = columns_of({"product": values})
    assert found.values == ("A",)
    assert found.left_out == 2
    assert (found.groups == 0).sum() == 40
    (note,) = mood(np.zeros(70, dtype=int), segments={"product": values}).notes
    assert note.startswith("column 'product': 2 of 3 values are not compared")
    assert left_out_notes(columns_of({"product": column(("A", 40), ("B", 30))})) == []


def test_a_column_that_compares_nothing_is_told():
    notes = left_out_notes(columns_of({"one": column(("A", 40)), "none": column((None, 40))}))
    assert notes == [
        "column 'one': all texts have the value 'A', so that nothing is compared by it",
        "column 'none' holds no values: nothing is compared by it",
    ]
    assert left_out_notes(columns_of({"some": column(("A", 40), (None, 5))})) == []


@pytest.fixture(scope="module")
def one_bad_country():
    generator = np.random.default_rng(1)
    country = column(*[(name, 150) for name in "ABCDEFGH"])
    product = generator.permutation(column(("x", 500), ("y", 600), (None, 100)))
    bad = country == "C"
    parcels = generator.random(len(country)) < np.where(bad, 0.3, 0.05)
    prices = generator.random(len(country)) < 0.1
    label_ids = labels(generator, np.where(bad, 0.55, 0.3))
    members = np.column_stack([parcels, prices])
    segments = {"country": country, "product": product}
    return mood(label_ids, segments=segments, members=members), bad, label_ids


def test_the_segment_that_differs_is_first_and_the_others_are_noise(one_bad_country):
    report, bad, label_ids = one_bad_country
    first, *others = report.segments
    assert (first.column, first.value, first.differs) == ("country", "C", True)
    assert not any(one.differs for one in others)
    assert len(report.segments) == 10
    assert first.texts == 150
    signs = label_ids - 1
    assert first.net.value == pytest.approx(100 * signs[bad].mean())
    assert first.elsewhere.value == pytest.approx(100 * signs[~bad].mean())
    assert first.difference.high < 0


def test_a_theme_is_told_where_it_is_stronger(one_bad_country):
    report, _, _ = one_bad_country
    assert [shift.theme for shift in report.segments[0].themes] == ["t0"]
    ((parcels,), prices) = (theme.segments for theme in report.themes)
    assert (parcels.column, parcels.value) == ("country", "C")
    assert parcels.here > 4 * parcels.elsewhere
    assert prices == ()


def test_a_column_to_compare_stands_first(one_bad_country):
    generator = np.random.default_rng(2)
    segments = {
        "country": column(("A", 100), ("B", 100)),
        "product": generator.permutation(column(("x", 100), ("y", 100))),
    }
    report = mood(labels(generator, 0.3, 200), segments=segments, compare="product")
    assert [one.column for one in report.segments] == ["product"] * 2 + ["country"] * 2


@pytest.mark.parametrize(
    "values",
    [column(("A", 200)), column((None, 200)), np.arange(200).astype(object)],
    ids=["one value", "no value", "each its own"],
)
def test_a_column_that_compares_nothing_has_no_segments(values):
    report = mood(labels(np.random.default_rng(3), 0.3, 200), segments={"column": values})
    assert report.segments == ()
    assert report.mix == ()


def test_texts_without_a_value_are_elsewhere():
    generator = np.random.default_rng(4)
    values = column(("A", 150), (None, 150))
    label_ids = labels(generator, np.where(values == "A", 0.6, 0.2))
    (found,) = mood(label_ids, segments={"column": values}).segments
    assert found.differs
    assert found.difference.value == pytest.approx(found.net.value - found.elsewhere.value)


def test_texts_that_all_say_the_same_differ_nowhere():
    report = mood(np.zeros(200, dtype=int), segments={"column": column(("A", 100), ("B", 100))})
    assert not any(one.differs for one in report.segments)


@pytest.mark.slow
def test_shuffled_segments_differ_in_at_most_five_of_a_hundred_reports():
    told = 0
    for seed in range(200):
        generator = np.random.default_rng([5, seed])
        values = generator.permutation(column(("A", 300), ("B", 100), ("C", 40), ("D", 25)))
        members = generator.random((465, 10)) < 0.1
        report = mood(
            labels(generator, 0.3, 465), segments={"s": values}, members=members, seed=seed
        )
        told += any(one.differs or one.themes for one in report.segments)
    assert told <= 10
