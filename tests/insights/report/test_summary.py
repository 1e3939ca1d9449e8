"""The sentences of a report: counted, with intervals, and honest about chance."""

import datetime as dt

import pytest

from sentilora.insights.insight_report import Estimate, Trend
from sentilora.insights.report import figure_words as words
from sentilora.insights.report import sentences
from sentilora.insights.report.summary import basis_lines, negative_label, summary, uncertain
from tests.helpers.insight_reports import LUGGAGE, airline_report, estimate, plain_report


@pytest.fixture(scope="module")
def report():
    return airline_report()


def changed(report, **update):
    return report.model_copy(update=update)


def uneventful(report, **update):
    """Return the report with no change of the mood, and no theme that came or went."""
    still = {"direction": "steady", "since": None}
    themes = tuple(
        one.model_copy(update={"trend": one.trend.model_copy(update=still)})
        for one in update.pop("themes", report.themes)
    )
    return changed(report, **{"changes": (), "themes": themes, **update})


def test_five_sentences_say_the_whole_report(report):
    assert summary(report) == (
        "On 24 Nov 2026 the mood fell: net sentiment −11 (−15 to −7) before, −48 (−61 to −35) from "
        "then on (p < 0.001); with it “I still have no bag and nobody knows where it is” rose from "
        "4 % to 53 % of the texts; −1.4 points of it come from who speaks.",
        "Since 24 Nov 2026 fewer speak of “I wish I could choose seats in the app” (seat, app, "
        "choose): 1.2 % of the texts, 3 % before (p < 0.001); net sentiment −8 (−38 to +22).",
        "This week (23–28 Nov 2026, not over yet): 86 texts, 64 % negative (53–74); the 4 weeks "
        "before 45 % (40–50) of 336 texts.",
        "What costs most: “I still have no bag and nobody knows where it is”, in 76 of 745 texts, "
        "10 % (8–12), net sentiment −92 (−97 to −87); without it the mood would be 6 points better "
        "(4 to 7); rising since 24 Nov 2026: from 4.8 % to 53 % of the texts, +49 points (+39 to "
        "+59), p < 0.001.",
        "Where brand is United, net sentiment is −31 (−38 to −24) in 240 texts, elsewhere −7 (−12 "
        "to −2) (p < 0.001); 1 other segment differs, too.",
    )


def test_three_sentences_say_a_small_one():
    assert summary(plain_report()) == (
        "20 texts: 58 % negative (52–64), net sentiment +5 (−33 to +43).",
        "No theme was found in 24 statements.",
        "This rests on 20 texts of 20 rows and the labels of the file.",
    )


def test_a_difference_that_may_be_chance_is_called_so(report):
    calm = report.comparison.model_copy(update={"difference": estimate(-3, 9), "p": 0.41})
    told = summary(uneventful(report, comparison=calm))[1]
    assert told == (
        "No day is found on which the mood changed by more than chance. This week (23–28 Nov 2026, "
        "not over yet) differs from the 4 weeks before by −3 points (−12 to +6) of net sentiment, "
        "which may be chance (p = 0.410)."
    )
    surely = uneventful(report)
    assert "which is more than chance (p < 0.001)" in summary(surely)[1]
    untested = calm.model_copy(update={"p": None})
    assert "(not tested)" in summary(uneventful(report, comparison=untested))[1]


def test_segments_that_do_not_differ_are_no_story(report):
    same = tuple(one.model_copy(update={"differs": False}) for one in report.segments)
    assert summary(changed(report, segments=same, mix=()))[-1] == (
        "Of 3 segments, none differs from the others by more than chance."
    )
    assert "which is a change of who speaks" in summary(changed(report, segments=same))[-1]
    assert sentences.segment_told(same[0]).endswith("(may be chance)")


def test_an_unstable_theme_is_no_pain_point_of_the_summary(report):
    weak = tuple(one.model_copy(update={"is_stable": False}) for one in report.themes)
    told = " ".join(summary(uneventful(report, themes=weak)))
    assert "What costs most" not in told
    assert "5 themes hold 87 % of 1,312 statements." in told


def test_themes_are_parted_by_what_is_sure_and_ordered_by_weight(report):
    pains, delights, others = sentences.theme_groups(report)
    assert pains[0].key == LUGGAGE
    assert [one.kind for one in delights] == ["praise"]
    assert [one.kind for one in others] == ["wish"]
    assert [one.key for one in sentences.unsure_themes(report)] == ["fine-then"]


def test_a_pain_point_of_happy_texts_comes_last(report):
    first = next(theme for theme in report.themes if theme.key == LUGGAGE)
    happy = first.model_copy(update={"key": "happy", "impact": estimate(-9, 1)})
    pains, *_ = sentences.theme_groups(changed(report, themes=(happy, *report.themes)))
    assert pains[0].key == LUGGAGE
    assert pains[-1].key == "happy"


def test_a_period_is_named_by_when_the_report_was_made(report):
    name = sentences.period_name(report, report.comparison)
    assert name == "This week (23–28 Nov 2026, not over yet)"
    later = report.basis.model_copy(update={"created": dt.datetime(2027, 2, 1, tzinfo=dt.UTC)})
    whole = report.comparison.model_copy(update={"is_partial": False})
    assert sentences.period_name(changed(report, basis=later), whole) == (
        "The last week (23–28 Nov 2026)"
    )
    day = whole.model_copy(update={"start": whole.end})
    assert sentences.period_name(report, day).startswith("The last day")


def test_months_compared_in_a_report_by_weeks_are_called_months(report):
    months = report.comparison.model_copy(
        update={
            "start": dt.date(2026, 11, 1),
            "end": dt.date(2026, 11, 30),
            "before_start": dt.date(2026, 8, 1),
            "before_end": dt.date(2026, 10, 31),
        }
    )
    assert report.period == "week"
    assert sentences.period_name(report, months).startswith("This month (1–30 Nov 2026")
    assert sentences.before_name(months) == "the 3 months before"


def test_without_texts_in_the_last_period_all_texts_are_told(report):
    empty = report.comparison.model_copy(update={"texts": 0, "net": None, "difference": None})
    assert summary(uneventful(report, comparison=empty))[0] == (
        "This week (23–28 Nov 2026, not over yet): no texts; in all 745 texts, 58 % negative "
        "(52–64), net sentiment −15 (−19 to −10)."
    )


def test_without_a_negative_label_net_sentiment_is_told(report):
    shares = {"bad": estimate(0.5, 0.1), "worse": estimate(0.5, 0.1)}
    odd = uneventful(report, basis=report.basis.model_copy(update={"shares": shares}))
    assert negative_label(report) == "negative"
    assert negative_label(odd) is None
    bare = report.comparison.model_copy(update={"negative": None})
    assert summary(uneventful(report, comparison=bare))[0].endswith(
        "86 texts, net sentiment −45 (−59 to −31); the 4 weeks before −11 (−17 to −5) in 336 texts."
    )


def test_what_is_uncertain_is_said(report):
    told = " ".join(uncertain(report))
    for said in (
        "The labels are answers of general.",
        "what it comes to may still move",
        "1 of 5 themes",
        "64 texts (8.6 %) say nothing that is in a theme",
        "3 texts are in languages that the model does not know",
        "41 comparisons were made",
        "at most 5 % of such reports",
    ):
        assert said in told
    assert uncertain(plain_report()) == (
        "The labels are those of the file; nothing has checked them.",
    )


def test_what_it_rests_on_is_said(report):
    lines = dict(basis_lines(report))
    assert lines["Rows"] == "751, of which 745 were analysed"
    assert lines["Model"] == "general, calibrated (temperature 1.40)"
    assert lines["Copies"] == "9 texts the same as another"
    assert dict(basis_lines(plain_report()))["Left out"] == "none"


@pytest.mark.parametrize(
    ("impact", "told"),
    [
        (estimate(5.8, 1.4), "without it the mood would be 6 points better (4 to 7)"),
        (estimate(-3.2, 1), "without it the mood would be 3 points worse (2.2 to 4)"),
        (estimate(0.1, 0.6), "without it the mood would hardly differ: +0.1 points (−0.5 to +0.7)"),
    ],
)
def test_impact_says_its_direction(impact, told):
    assert sentences.impact_told(impact) == told


def test_a_trend_without_dates_is_not_tested():
    trend = Trend(direction="unknown", before=None, after=None, difference=None, p=None)
    assert sentences.trend_told(trend) == "not tested"
    flat = trend.model_copy(update={"direction": "steady", "p": 0.3})
    assert sentences.trend_told(flat) == "no change beyond chance: p = 0.300"


def test_figures_are_written_with_signs_units_and_ends():
    assert [words.net(value) for value in (-0.4, 0.4, 3.5, -38)] == ["0", "0", "+4", "−38"]
    assert words.share(0) == "0 %"
    assert words.share(0.004) == "0.4 %"
    assert words.share(0.05) == "5 %"
    assert words.share_interval(Estimate(value=0.5, low=0.4, high=0.6), "negative") == (
        "50 % negative (40–60)"
    )
    assert [words.signed_points(value) for value in (0.01, -0.4, 12.2)] == ["0", "−0.4", "+12"]
    day = dt.date
    assert words.days(day(2026, 11, 24), day(2026, 11, 24)) == "24 Nov 2026"
    assert words.days(day(2026, 9, 28), day(2026, 11, 28)) == "28 Sep – 28 Nov 2026"
    assert words.days(day(2025, 12, 29), day(2026, 1, 4)) == "29 Dec 2025 – 4 Jan 2026"


def test_a_change_of_one_segment_says_where(report):
    (change,) = report.changes
    one = change.model_copy(update={"column": "brand", "value": "United", "from_mix": 0.2})
    assert sentences.change_told(report, one).startswith(
        "On 24 Nov 2026 the mood fell where brand is United: net sentiment −11"
    )
    assert "who speaks" not in sentences.change_told(report, one)
    both = changed(report, changes=(one, change))
    assert sentences.changes_in_order(both) == [change, one]
    first, second = summary(both)[:2]
    assert first.startswith("On 24 Nov 2026 the mood fell: ")
    assert second.startswith("On 24 Nov 2026 the mood fell where brand is United: ")
    assert second.endswith(" 1 other thing that happened stands below.")


def test_a_theme_that_peaked_and_a_mix_that_ended_say_when(report):
    trend = report.themes[0].trend.model_copy(
        update={"direction": "fading", "peak_since": dt.date(2026, 10, 5)}
    )
    assert sentences.trend_told(trend).startswith(
        "fading since 24 Nov 2026, after a peak from 5 Oct 2026 on: from 4.8 % to"
    )
    mix = report.mix[0].model_copy(update={"until": dt.date(2026, 11, 9), "before": 0.02})
    assert "country IE grew from 2 Nov 2026 to 9 Nov 2026, from 2 %" in sentences.mix_told(mix)


def test_versions_stand_in_their_own_order(report):
    found = [
        one.model_copy(update={"column": "version", "order": place})
        for one, place in zip(report.segments, (2, 0, 1), strict=True)
    ]
    mixed = changed(report, segments=(*found, report.segments[0]))
    assert [one.order for one in sentences.segments_in_order(mixed)] == [None, 0, 1, 2]


def test_a_theme_costs_most_only_if_it_surely_costs_anything(report):
    themes = tuple(
        one.model_copy(update={"impact": estimate(one.impact.value, 20)}) for one in report.themes
    )
    told = " ".join(summary(uneventful(report, themes=themes)))
    assert "costs most" not in told
    assert "Liked most" not in told
    assert "Largest pain point: “On hold for ninety minutes and then cut off”, in 88 of" in told
    assert "without it the mood would hardly differ: +4 points (−16 to +24)" in told
    assert "Largest delight: “The crew was kind to my mother”" in told
    assert "pain point" not in " ".join(summary(changed(report, themes=themes)))


def test_one_of_a_kind_is_spoken_of_as_one():
    report = airline_report()
    basis = report.basis.model_copy(update={"not_understood": 1, "comparisons": 1})
    told = " ".join(uncertain(report.model_copy(update={"basis": basis, "untold": 1})))
    assert "1 text (0.1 %) says nothing that is in a theme" in told
    assert "1 text is in languages that the model does not know; what it says of it is" in told
    assert "1 comparison was made" in told
