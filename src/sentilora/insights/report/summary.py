"""What an insights report comes to, for the page, Markdown, the command line and the app.

Three to five sentences for those who read nothing else, and what nobody should build on.
"""

from __future__ import annotations

from collections.abc import Sequence

from sentilora.evaluation.reports import wording
from sentilora.insights.insight_report import Comparison, Estimate, InsightReport, Theme
from sentilora.insights.report import figure_words as words
from sentilora.insights.report.sentences import (
    before_name,
    counted,
    counted_texts,
    does,
    mix_told,
    period_name,
    segment_told,
    theme_groups,
    theme_told,
)
from sentilora.insights.report.stories import Story, stories_of, story_told
from sentilora.labels import Labels

_FEWEST = 3  # sentences
_MOST = 5
_STORIES = 2  # that are told in full
_COSTS, _LIKED = "What costs most", "Liked most"
_SURE = (_COSTS, _LIKED)


def summary(report: InsightReport) -> tuple[str, ...]:
    """Say the whole report in three to five sentences: what happened comes first.

    Where something happened, a theme is named only if it surely costs or brings anything.
    """
    stories = stories_of(report)
    told = _stories_told(report, stories)
    told.append(mood_told(report))
    if report.comparison is not None and not report.changes:
        calm = no_change_told(report, report.comparison)
        told = [*told[:-1], f"{told[-1]} {calm}"] if stories else [*told, calm]
    pains, delights, _ = theme_groups(report)
    named = [
        f"{opening}: {theme_told(theme, report)}."
        for opening, theme in (_first_pain(pains), _first_delight(delights))
        if theme is not None and (not stories or opening in _SURE)
    ]
    told += named[: _MOST - 1 - len(told)] or ([] if stories else [themes_told(report)])
    if report.segments or report.mix:
        told.append(segments_told(report))
    if len(told) < _FEWEST:
        told.append(rests_told(report))
    return tuple(told)


def _stories_told(report: InsightReport, stories: Sequence[Story]) -> list[str]:
    told = [story_told(report, story) for story in stories[:_STORIES]]
    others = len(stories) - len(told)
    if others:
        more = counted(others, "other thing")
        told[-1] += f" {more} that happened {does(others, 'stands', 'stand')} below."
    return told


def _first_pain(pains: Sequence[Theme]) -> tuple[str, Theme | None]:
    """Return the pain point to name; it costs most only if it surely costs anything."""
    for theme in pains:  # what weighs most comes first
        if theme.impact is not None and theme.impact.low > 0:
            return _COSTS, theme
    return "Largest pain point", max(pains, key=lambda theme: theme.texts, default=None)


def _first_delight(delights: Sequence[Theme]) -> tuple[str, Theme | None]:
    for theme in delights:
        if theme.impact is not None and theme.impact.high < 0:
            return _LIKED, theme
    return "Largest delight", max(delights, key=lambda theme: theme.texts, default=None)


def mood_told(report: InsightReport) -> str:
    """Say how the mood is: in the last period beside those before, or in all texts."""
    found = report.comparison
    if found is None:
        return f"{counted_texts(report.basis.texts)}: {_overall(report)}."
    now, then = found.negative, found.before_negative
    name = period_name(report, found)
    before = before_name(found)
    if found.texts == 0 or found.net is None:
        return f"{name}: no texts; in all {counted_texts(report.basis.texts)}, {_overall(report)}."
    told, others = f"{name}: {counted_texts(found.texts)}", counted_texts(found.before_texts)
    if now is not None and then is not None:
        told += f", {words.share_interval(now, 'negative')}"
        return f"{told}; {before} {words.share_interval(then)} of {others}."
    told += f", net sentiment {words.net_interval(found.net)}"
    if found.before_net is None:
        return f"{told}; nothing to compare with in {before}."
    return f"{told}; {before} {words.net_interval(found.before_net)} in {others}."


def no_change_told(report: InsightReport, found: Comparison) -> str:
    """Say that the mood did not change, and what the comparison is worth."""
    told = "No day is found on which the mood changed by more than chance"
    if found.difference is None:
        return f"{told}."
    return f"{told}. {_difference_told(report, found, found.difference)}."


def segments_told(report: InsightReport) -> str:
    """Say which segment differs most; where none does, how many were looked at."""
    differing = [one for one in report.segments if one.differs]
    if differing:
        told, others = segment_told(differing[0]), len(differing) - 1
        if others:
            told += f"; {counted(others, 'other segment')} {does(others, 'differs', 'differ')}"
            told += ", too"
        return f"{told}."
    if report.mix:
        return f"{mix_told(report.mix[0])}."
    looked = counted(len(report.segments), "segment")
    return f"Of {looked}, none differs from the others by more than chance."


def themes_told(report: InsightReport) -> str:
    """Say how much is told by themes."""
    if not report.themes:
        return f"No theme was found in {counted(report.basis.statements, 'statement')}."
    number = len(report.themes)
    return (
        f"{counted(number, 'theme')} {does(number, 'holds', 'hold')} "
        f"{words.share(report.in_themes)} of {counted(report.basis.statements, 'statement')}."
    )


def rests_told(report: InsightReport) -> str:
    """Say on how much all of it rests."""
    basis = report.basis
    how = "labels of the file" if basis.labels_are_given else f"answers of {basis.model}"
    return (
        f"This rests on {counted_texts(basis.texts)} of {counted(basis.rows, 'row')} and the {how}."
    )


def uncertain(report: InsightReport) -> tuple[str, ...]:
    """Say what a reader should not build on."""
    basis, told = report.basis, []
    if basis.labels_are_given:
        told.append("The labels are those of the file; nothing has checked them.")
    else:
        told.append(f"The labels are answers of {basis.model}. {_sentence(basis.correction)}")
    found = report.comparison
    if found is not None and found.is_partial:
        told.append(f"{period_name(report, found)}: what it comes to may still move.")
    if report.themes:
        weak = sum(not theme.is_stable for theme in report.themes)
        if weak:
            told.append(
                f"{weak} of {counted(len(report.themes), 'theme')} may not come back in other "
                "texts of this kind; they stand apart."
            )
        share = report.untold / max(1, basis.texts)
        outside = f"{counted_texts(report.untold)} ({words.share(share)})"
        told.append(
            f"{outside} {does(report.untold, 'says', 'say')} nothing that is in a theme; some of "
            "that stands below."
            if report.untold
            else "All texts say something that is in a theme."
        )
    if basis.not_understood:
        told.append(foreign_told(report))
    if basis.comparisons:
        told.append(
            f"{counted(basis.comparisons, 'comparison')} "
            f"{does(basis.comparisons, 'was', 'were')} made. Where nothing changes and nothing "
            f"differs, at most {words.share(basis.false_alarms)} of such reports tell of "
            "a change, a trend or a difference."
        )
    return tuple(told)


def foreign_told(report: InsightReport) -> str:
    """Say how many texts the model does not understand."""
    number = report.basis.not_understood
    return (
        f"{counted_texts(number)} {does(number, 'is', 'are')} in languages that the model "
        f"does not know; what it says of {does(number, 'it', 'them')} is a guess."
    )


def basis_lines(report: InsightReport) -> list[tuple[str, str]]:
    """Return what a report rests on, as pairs of a name and what there is to say."""
    basis = report.basis
    left_out = [f"{wording.count(number)} {reason}" for reason, number in basis.skipped.items()]
    model = basis.model
    if basis.temperature is not None:
        model += f", calibrated (temperature {basis.temperature:.2f})"
    foreign = counted_texts(basis.not_understood)
    return [
        ("Data", basis.source),
        (
            "Rows",
            f"{wording.count(basis.rows)}, of which {wording.count(basis.texts)} were analysed",
        ),
        ("Left out", ", ".join(left_out) or "none"),
        ("Statements", wording.count(basis.statements)),
        ("Copies", f"{counted_texts(basis.repeated)} the same as another"),
        ("Languages", f"{foreign} in languages that the model does not know"),
        ("Model", model),
        ("Labels", "of the file" if basis.labels_are_given else f"answers of {basis.model}"),
        ("Shares", basis.correction),
        (
            "False alarms",
            f"at most {words.share(basis.false_alarms)} of the reports in which nothing changes or "
            f"differs tell of anything; {counted(basis.comparisons, 'comparison')}",
        ),
        ("Seed", str(basis.seed)),
    ]


def negative_label(report: InsightReport) -> str | None:
    """Return the one label that is negative; None where none or several are."""
    names = tuple(report.basis.shares)
    signs = Labels(names).polarities if len(names) > 1 else None
    negative = [name for name, sign in zip(names, signs or (), strict=False) if sign < 0]
    return negative[0] if len(negative) == 1 else None


def _overall(report: InsightReport) -> str:
    label, told = negative_label(report), f"net sentiment {words.net_interval(report.net)}"
    if label is None:
        return told
    return f"{words.share_interval(report.basis.shares[label], label)}, {told}"


def _difference_told(report: InsightReport, found: Comparison, difference: Estimate) -> str:
    told = (
        f"{period_name(report, found)} differs from {before_name(found)} by "
        f"{words.points_interval(difference)} of net sentiment"
    )
    if found.p is None:
        return f"{told} (not tested)"
    if found.p <= report.basis.false_alarms:
        return f"{told}, which is more than chance ({wording.p_value(found.p)})"
    return f"{told}, which may be chance ({wording.p_value(found.p)})"


def _sentence(said: str) -> str:
    said = said.strip()
    return f"{said[:1].upper()}{said[1:]}" + ("" if said.endswith((".", "!", "?")) else ".")
