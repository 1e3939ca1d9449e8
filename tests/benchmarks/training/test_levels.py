"""When an accuracy was reached, and when it was reached for good."""

from benchmarks.training.levels import Point, first_reached, kept_from


def points(*accuracies):
    return [
        Point(step=step, tokens=step * 100, seconds=step * 2.0, accuracy=accuracy)
        for step, accuracy in enumerate(accuracies, start=1)
    ]


def test_first_is_not_always_for_good():
    seen = points(0.80, 0.86, 0.84, 0.85, 0.91)
    assert first_reached(seen, 0.85) == Point(2, 200, 4.0, 0.86)
    assert kept_from(seen, 0.85) == Point(4, 400, 8.0, 0.85)


def test_a_level_that_was_lost_at_the_end_is_not_kept():
    seen = points(0.80, 0.93, 0.91)
    assert first_reached(seen, 0.92).step == 2
    assert kept_from(seen, 0.92) is None


def test_a_level_never_seen():
    assert first_reached(points(0.5, 0.6), 0.85) is None
    assert kept_from([], 0.85) is None
