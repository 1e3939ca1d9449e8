import numpy as np
import pytest

from sentilora.insights.statements.statements import signs_of
from sentilora.labels import Labels
from tests.helpers.mood_rows import labels, mood


@pytest.fixture(scope="module")
def pain_and_delight():
    generator = np.random.default_rng(1)
    members = generator.random((800, 3)) < [0.2, 0.2, 0.1]
    members[:, 2] |= False
    negative = np.where(members[:, 0], 0.8, np.where(members[:, 1], 0.05, 0.3))
    label_ids = labels(generator, negative)
    return mood(label_ids, members=members), label_ids, members


def test_impact_is_the_mood_of_the_others_minus_that_of_all(pain_and_delight):
    report, label_ids, members = pain_and_delight
    signs = label_ids - 1
    for place, theme in enumerate(report.themes):
        wanted = 100 * (signs[~members[:, place]].mean() - signs.mean())
        assert theme.impact.value == pytest.approx(wanted)
        assert theme.impact.low < wanted < theme.impact.high


def test_a_complaint_costs_and_praise_lifts(pain_and_delight):
    report, _, _ = pain_and_delight
    pain, delight, neither = (theme.impact for theme in report.themes)
    assert pain.low > 0
    assert delight.high < 0
    assert neither.low < 0 < neither.high


def test_a_theme_counts_texts_and_statements(pain_and_delight):
    report, _, members = pain_and_delight
    theme = report.themes[0]
    assert theme.texts == theme.statements == members[:, 0].sum()
    assert theme.share.value == pytest.approx(members[:, 0].mean())
    assert theme.net.value < report.net.value


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_what_no_text_or_every_text_mentions_has_no_impact(share):
    members = np.full((50, 1), bool(share))
    (theme,) = mood(labels(np.random.default_rng(2), 0.3, 50), members=members).themes
    assert theme.impact is None
    assert theme.share.value == share


def test_a_copied_text_is_one_voice():
    label_ids = np.concatenate([np.full(20, 2), np.zeros(30, dtype=int)])
    weights = np.concatenate([np.ones(20), np.full(30, 1 / 30)])
    members = np.zeros((50, 1), dtype=bool)
    members[20:] = True
    report = mood(label_ids, members=members, weights=weights)
    assert report.net.value == pytest.approx(100 * 19 / 21)
    assert report.themes[0].share.value == pytest.approx(1 / 21)
    assert report.themes[0].texts == 30
    alone = mood(label_ids, members=members).themes[0]
    assert alone.impact.value > 10 * report.themes[0].impact.value


@pytest.mark.parametrize(
    ("names", "signs"),
    [
        (("negative", "neutral", "positive"), [-1, 0, 1]),
        (("1", "2", "3", "4", "5"), [-1, -1, 0, 1, 1]),
        (("low", "mid", "high"), [-1, 0, 1]),
        (("no", "yes"), [-1, 1]),
    ],
)
def test_labels_have_signs_by_name_or_by_their_order(names, signs):
    assert signs_of(Labels(names)).tolist() == signs
