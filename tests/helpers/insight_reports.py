"""Made-up insights reports: an airline's messages of nine weeks, and the least there can be.

Every text is invented; figures fit each other, but nothing computed them.
"""

from __future__ import annotations

import datetime as dt

from sentilora.insights.insight_report import (
    Aspect,
    Basis,
    Change,
    Comparison,
    Estimate,
    InsightReport,
    MixChange,
    Period,
    Quote,
    Segment,
    SegmentShare,
    Theme,
    ThemeShift,
    Trend,
)

FIRST, LAST = dt.date(2026, 9, 28), dt.date(2026, 11, 28)
CREATED = dt.datetime(2026, 11, 28, 17, 30, tzinfo=dt.UTC)
LUGGAGE, PHONE, CREW = "bag-luggage-lost", "phone-hold-call", "crew-friendly-kind"
_WEEKS = ((78, -8), (81, -12), (74, -10), (90, -14), (82, -9), (77, -13), (92, -11), (85, -12))


def estimate(value: float, half: float) -> Estimate:
    """Return a figure in the middle of its interval."""
    return Estimate(value=value, low=value - half, high=value + half)


def share(value: float, half: float) -> Estimate:
    """Return a share with an interval that stays in [0, 1]."""
    return Estimate(value=value, low=max(0.0, value - half), high=min(1.0, value + half))


def quote(row: int, statement: str, label: str = "negative", score: float = 0.97) -> Quote:
    """Return a statement of a row."""
    return Quote(
        row=row,
        id=f"T-{1000 + row}",
        date=FIRST + dt.timedelta(days=row // 12),
        statement=statement,
        label=label,
        score=score,
    )


def airline_report() -> InsightReport:
    """Return a report with all its parts."""
    return InsightReport(
        title="tickets.csv",
        net=estimate(-14.6, 4.1),
        period="week",
        since=FIRST,
        until=LAST,
        periods=_periods(),
        comparison=Comparison(
            start=dt.date(2026, 11, 23),
            end=LAST,
            texts=86,
            net=estimate(-45, 14),
            negative=Estimate(value=0.64, low=0.53, high=0.74),
            before_start=dt.date(2026, 10, 26),
            before_end=dt.date(2026, 11, 22),
            before_texts=336,
            before_net=estimate(-11, 6),
            before_negative=Estimate(value=0.45, low=0.4, high=0.5),
            difference=estimate(-34, 15),
            p=0.0002,
            is_partial=True,
        ),
        changes=(
            Change(
                date=dt.date(2026, 11, 24),
                before=estimate(-11.4, 4),
                after=estimate(-48, 13),
                p=0.0004,
                from_mix=-1.4,
                themes=(
                    ThemeShift(
                        theme=LUGGAGE,
                        before=0.04,
                        after=0.53,
                        difference=estimate(0.49, 0.11),
                        p=0.0001,
                    ),
                ),
            ),
        ),
        themes=_themes(),
        in_themes=0.87,
        untold=64,
        untold_quotes=(
            quote(12, "Flight 231 on the 4th.", "neutral", 0.81),
            quote(301, "See attached.", "neutral", 0.9),
        ),
        segments=_segments(),
        mix=(
            MixChange(
                column="country",
                value="IE",
                since=dt.date(2026, 11, 2),
                before=0,
                after=0.11,
                net_change=-1.4,
                p=0.0003,
            ),
        ),
        aspects=(
            Aspect(
                name="delivery of bags",
                texts=72,
                share=share(0.097, 0.02),
                net=estimate(-91, 6),
                quotes=(quote(688, "Forty-eight hours and still no bag."),),
            ),
            Aspect(name="food", texts=0, share=share(0, 0.004), net=None, quotes=()),
        ),
        basis=_basis(),
    )


def plain_report() -> InsightReport:
    """Return what is found in twenty rows without dates, themes or segments."""
    return InsightReport(
        title="few.csv",
        net=estimate(5, 38),
        period=None,
        since=None,
        until=None,
        periods=(),
        comparison=None,
        changes=(),
        themes=(),
        in_themes=0,
        untold=20,
        untold_quotes=(quote(3, "It came on Tuesday.", "neutral", 0.7),),
        segments=(),
        mix=(),
        aspects=(),
        basis=_basis().model_copy(
            update={
                "source": "few.csv",
                "rows": 20,
                "texts": 20,
                "skipped": {},
                "statements": 24,
                "repeated": 0,
                "not_understood": 0,
                "labels_are_given": True,
                "temperature": None,
                "correction": "not corrected: the labels stand in the file",
                "comparisons": 0,
                "notes": (),
            }
        ),
    )


def _periods() -> tuple[Period, ...]:
    found = []
    for number, (texts, net) in enumerate((*_WEEKS, (86, -45))):
        start = FIRST + dt.timedelta(weeks=number)
        negative = 0.45 if net > -20 else 0.64
        found.append(
            Period(
                start=start,
                end=min(LAST, start + dt.timedelta(days=6)),
                texts=texts,
                shares={
                    "negative": negative,
                    "neutral": round(1 - 2 * negative - net / 100, 4),
                    "positive": round(negative + net / 100, 4),
                },
                net=estimate(net, 13),
                is_partial=number == len(_WEEKS),
            )
        )
    return tuple(found)


def _themes() -> tuple[Theme, ...]:
    return (
        _theme(
            LUGGAGE,
            "I still have no bag and nobody knows where it is",
            ("bag", "luggage", "lost", "claim", "carousel"),
            "complaint",
            (2, 4, 3, 5, 4, 3, 4, 5, 46),
            net=estimate(-92, 5),
            impact=estimate(5.8, 1.4),
            direction="rising",
            segments=(
                SegmentShare(column="brand", value="United", here=0.19, elsewhere=0.05, p=0.0006),
            ),
            quotes=(
                quote(688, "Forty-eight hours and still no bag, no call back."),
                quote(701, "My luggage went to Oslo, I went to Cork."),
                quote(695, "Nobody at the desk could say where the bags are."),
                quote(733, "Day three without a suitcase and the claim form is broken."),
            ),
        ),
        _theme(
            PHONE,
            "On hold for ninety minutes and then cut off",
            ("hold", "phone", "call", "answer"),
            "complaint",
            (9, 10, 8, 11, 9, 9, 10, 10, 12),
            net=estimate(-88, 7),
            impact=estimate(4.1, 1.2),
            direction="steady",
            quotes=(
                quote(41, "On hold for ninety minutes, then cut off."),
                quote(230, "Your phone line plays music at me and nothing else."),
                quote(402, "Three mails, no answer."),
            ),
        ),
        _theme(
            CREW,
            "The crew was kind to my mother",
            ("crew", "kind", "friendly", "cabin"),
            "praise",
            (6, 5, 7, 5, 4, 6, 5, 5, 4),
            net=estimate(90, 8),
            impact=estimate(-3.2, 1.0),
            direction="steady",
            quotes=(
                quote(77, "The crew was kind to my mother, who cannot walk far.", "positive"),
                quote(590, "Friendliest cabin I have flown with.", "positive", 0.99),
            ),
        ),
        _theme(
            "app-seat-choose",
            "I wish I could choose seats in the app",
            ("seat", "app", "choose"),
            "wish",
            (3, 2, 4, 3, 2, 3, 2, 3, 1),
            net=estimate(-8, 30),
            impact=estimate(0.1, 0.6),
            direction="fading",
            quotes=(quote(150, "I wish I could choose seats in the app.", "neutral", 0.62),),
        ),
        _theme(
            "fine-then",
            "That is fine, then",
            ("fine", "then"),
            "remark",
            (1, 0, 2, 1, 1, 1, 0, 2, 1),
            net=estimate(-40, 30),
            impact=estimate(7, 6),
            direction="unknown",
            is_stable=False,
            quotes=(quote(91, "That is fine, then.", "neutral", 0.55),),
        ),
    )


def _theme(key, name, words, kind, by_period, *, net, impact, direction, quotes, **more) -> Theme:
    texts = sum(by_period)
    found = texts / 745
    stable = more.get("is_stable", True)
    before = sum(by_period[4:8]) / 336
    half = {"rising": 0.1, "fading": 0.01}.get(direction, 0.05)
    return Theme(
        key=key,
        name=name,
        words=words,
        kind=kind,
        kinds={kind: 0.86, "remark": 0.14},
        texts=texts,
        statements=round(texts * 1.2),
        share=share(found, 0.02),
        net=net,
        impact=impact,
        trend=Trend(
            direction=direction,
            before=before,
            after=by_period[-1] / 86,
            difference=estimate(by_period[-1] / 86 - before, half),
            p=0.62 if direction == "steady" else 0.0001,
            since=None if direction == "steady" else dt.date(2026, 11, 24),
            first_seen=FIRST,
            last_seen=LAST,
        ),
        by_period=by_period,
        segments=more.get("segments", ()),
        stability=0.93 if stable else 0.41,
        is_stable=stable,
        is_pinned=key == PHONE,
        quotes=quotes,
    )


def _segments() -> tuple[Segment, ...]:
    found = (
        ("brand", "United", 240, -31, 7.5, -7, True, (LUGGAGE,)),
        ("brand", "US Airways", 201, -15, 8, -14, False, ()),
        ("brand", "Aer Lingus", 304, -2, 7, -23, True, ()),
    )
    return tuple(
        Segment(
            column=column,
            value=value,
            texts=texts,
            net=estimate(net, half),
            elsewhere=estimate(others, 5),
            difference=estimate(net - others, half + 2),
            p=0.0006 if differs else 0.84,
            differs=differs,
            themes=tuple(
                ThemeShift(
                    theme=key, before=0.05, after=0.19, difference=estimate(0.14, 0.05), p=0.0006
                )
                for key in themes
            ),
        )
        for column, value, texts, net, half, others, differs, themes in found
    )


def _basis() -> Basis:
    return Basis(
        source="tickets.csv",
        rows=751,
        texts=745,
        skipped={"without a text": 4, "without a date": 2},
        statements=1312,
        repeated=9,
        not_understood=3,
        model="general",
        labels_are_given=False,
        temperature=1.4,
        shares={
            "negative": Estimate(value=0.58, low=0.52, high=0.64),
            "neutral": Estimate(value=0.17, low=0.12, high=0.22),
            "positive": Estimate(value=0.25, low=0.2, high=0.3),
        },
        counted={"negative": 0.47, "neutral": 0.2, "positive": 0.33},
        correction="shares are corrected by the model's errors on its own test texts",
        seed=0,
        false_alarms=0.05,
        comparisons=41,
        notes=("dates read day first: 24/11/2026 is 24 November",),
        methods={"themes": "mean-pooled base, ward", "changes": "binomial cost, permutations"},
        sentilora="0.1.0",
        created=CREATED,
    )
