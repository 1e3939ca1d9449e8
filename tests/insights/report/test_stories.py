"""What happened comes first: one list, in one order, for every form of the report."""

import datetime as dt
import html

import pytest

from sentilora.insights.insight_report import Change, SegmentShare, Trend
from sentilora.insights.report.insights_html import render_insights_html
from sentilora.insights.report.insights_markdown import render_insights_markdown
from sentilora.insights.report.stories import courses_told, stories_of, story_told
from sentilora.insights.report.summary import summary
from tests.helpers.insight_reports import airline_report, estimate


def peak(first, until, *, before=0.02, share=0.3, after=0.03, mentions=30, segment=None):
    column, value = segment or (None, None)
    return Trend(
        direction="fading",
        before=share,
        after=after,
        difference=estimate(after - share, 0.05),
        column=column,
        value=value,
        p=0.01,
        since=until,
        peak_since=first,
        before_peak=before,
        mentions=mentions,
    )


def fall(day, after=-50, *, before=0, segment=None):
    column, value = segment or (None, None)
    return Change(
        column=column,
        value=value,
        date=day,
        before=estimate(before, 5),
        after=estimate(after, 5),
        p=0.01,
        from_mix=0.0,
        themes=(),
    )


@pytest.fixture(scope="module")
def still():
    """A report in which nothing happened, with three themes."""
    report = airline_report()
    steady = Trend(direction="steady", before=0.1, after=0.1, difference=None, p=1.0)
    themes = [one.model_copy(update={"trend": steady, "segments": ()}) for one in report.themes[:3]]
    return report.model_copy(update={"themes": tuple(themes), "changes": (), "mix": ()})


def with_trends(report, *trends, **update):
    themes = tuple(
        one.model_copy(update={"trend": trend} if trend else {})
        for one, trend in zip(report.themes, (*trends, None, None, None), strict=False)
    )
    return report.model_copy(update={"themes": themes, **update})


def test_a_theme_that_came_and_went_is_told_with_its_days_its_place_and_its_words(still):
    trend = peak(dt.date(2026, 10, 5), dt.date(2026, 10, 26), segment=("brand", "United"))
    (story,) = stories_of(with_trends(still, trend))
    told = story_told(still, story)
    theme = still.themes[0]
    about = ", ".join(theme.words[:3])
    assert told.startswith(
        f"From 5 Oct 2026 to 25 Oct 2026 more spoke of “{theme.name}” ({about}) where brand is "
        "United: 30 % of the texts there, 2 % before and 3 % after (p = 0.010); net sentiment "
    )
    loose = theme.model_copy(update={"is_stable": False, "trend": trend})
    (story,) = stories_of(still.model_copy(update={"themes": (loose,)}))
    assert f"({about}; a loose group)" in story_told(still, story)


def test_what_moved_most_texts_comes_first_and_good_news_last(still):
    days = dt.date(2026, 10, 5), dt.date(2026, 10, 26)
    found = with_trends(still, peak(*days, mentions=12), peak(*days, mentions=40))
    stories = stories_of(found)
    assert [one.size for one in stories] == sorted((one.size for one in stories), reverse=True)
    rise = fall(dt.date(2026, 10, 1), after=90, before=-90)
    *_, last = stories_of(found.model_copy(update={"changes": (rise,)}))
    assert last.is_good
    assert last.changes == (rise,)


def test_a_fall_its_end_and_the_themes_of_these_days_there_are_one_story(still):
    united = ("brand", "United")
    changes = (
        fall(dt.date(2026, 10, 5), segment=united),
        fall(dt.date(2026, 10, 26), after=10, before=-50, segment=united),
    )
    inside = peak(dt.date(2026, 10, 7), dt.date(2026, 10, 28), segment=united)
    elsewhere = peak(dt.date(2026, 10, 7), dt.date(2026, 10, 28), segment=("brand", "Delta"))
    later = peak(dt.date(2026, 11, 10), dt.date(2026, 11, 20), segment=united)
    found = with_trends(still, inside, elsewhere, later, changes=changes)
    first, *others = stories_of(found)
    assert first.changes == changes
    assert [one.key for one in first.themes] == [still.themes[0].key]
    assert len(others) == 2
    told = story_told(found, first)
    assert told.startswith("On 5 Oct 2026 the mood fell where brand is United: net sentiment 0")
    assert "; on 26 Oct 2026 it rose again, to +10" in told
    assert f"; in these days more spoke of “{still.themes[0].name}”" in told


def test_a_theme_at_home_in_a_segment_says_where_it_is_strongest(still):
    home = SegmentShare(column="brand", value="United", here=0.3, elsewhere=0.02, p=0.001)
    theme = still.themes[0].model_copy(
        update={"trend": peak(dt.date(2026, 10, 5), dt.date(2026, 10, 26)), "segments": (home,)}
    )
    (story,) = stories_of(still.model_copy(update={"themes": (theme,)}))
    assert ", most where brand is United: 30 % of the texts, " in story_told(still, story)


def test_every_form_tells_the_same_first(still):
    days = dt.date(2026, 10, 5), dt.date(2026, 10, 26)
    found = with_trends(
        still, *(peak(*days, mentions=size, segment=("brand", str(size))) for size in (9, 40, 20))
    )
    first, second, third = courses_told(found)
    assert summary(found)[0] == first
    assert summary(found)[1] == f"{second} 1 other thing that happened stands below."
    assert "pain point" not in " ".join(summary(found))
    names = [story.themes[0].name for story in stories_of(found)]
    assert all(name in told for name, told in zip(names, (first, second, third), strict=True))
    for page in (render_insights_html(found), render_insights_markdown(found)):
        below = html.unescape(page.partition("What came and went")[2])
        places = [below.index(name) for name in names]
        assert places == sorted(places)


def test_nothing_is_told_where_nothing_happened(still):
    assert stories_of(still) == []
    assert courses_told(still) == []
    assert "What came and went" not in render_insights_html(still)
