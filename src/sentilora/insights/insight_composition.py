"""The parts that were found, put together as one report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from sentilora.data.languages import languages_of
from sentilora.inference.sentiment_model import SentimentModel
from sentilora.insights.aspects.aspects import FoundAspects
from sentilora.insights.feedback import Feedback
from sentilora.insights.insight_report import Aspect, Basis, InsightReport, Quote, Theme
from sentilora.insights.mood.impact import theme_net, theme_share
from sentilora.insights.mood.mood import Mood, ThemeMood
from sentilora.insights.mood.weighted_texts import mentions_of, weighted_texts_of
from sentilora.insights.statements.statements import KINDS, Statements, signs_of
from sentilora.insights.themes.stability import STABLE
from sentilora.insights.themes.themes import FoundTheme, FoundThemes
from sentilora.model.bases.coverage import english_base

UNTOLD_QUOTES = 5
METHODS: Mapping[str, str] = MappingProxyType(
    {
        "statements": "sentences by their marks, parted further where 'but' turns them",
        "mood of a text": "the model's answer to the whole text, or its given label",
        "mood of a statement": "the model's answer to the statement alone",
        "vectors": "mean of the base's last hidden states, adapter off",
        "aspects": "logistic regression on vectors, taught by the statements most like the name",
        "kinds": "wishes and questions by patterns of English, the rest by the mood",
        "voices": "copies of a text of five words or more count once; an author weighs three texts",
    }
)


@dataclass(frozen=True)
class Found:
    """All that a report is made of.

    Attributes:
        feedback: N texts.
        label_ids: label of each, ``(N,)``.
        statements: their statements.
        themes: themes of the statements.
        mood: what is measured of the mood.
        aspects: aspects that were asked for; None if there were none.
        notes: what a reader has to know, in words of the front end.
        seed: seed of all draws.
    """

    feedback: Feedback
    label_ids: NDArray[np.int64]
    statements: Statements
    themes: FoundThemes
    mood: Mood
    aspects: FoundAspects | None
    notes: tuple[str, ...]
    seed: int


def compose_insights(found: Found, model: SentimentModel) -> InsightReport:
    """Put a report together."""
    mood, themes = found.mood, found.themes
    told = [
        _theme(found, place, theme, counted)
        for place, (theme, counted) in enumerate(zip(themes.themes, mood.themes, strict=True))
    ]
    is_in = themes.theme_of >= 0
    texts_in = np.unique(found.statements.text_index[is_in])
    return InsightReport(
        title=_title(found.feedback.source),
        net=mood.net,
        period=mood.length,
        since=mood.since,
        until=mood.until,
        periods=mood.periods,
        comparison=mood.comparison,
        changes=mood.changes,
        themes=tuple(sorted(told, key=lambda theme: (-theme.texts, theme.key))),
        in_themes=float(is_in.mean()) if len(is_in) else 0.0,
        untold=len(found.feedback) - len(texts_in),
        untold_quotes=_untold_quotes(found, is_in),
        segments=mood.segments,
        mix=mood.mix,
        aspects=_aspects(found),
        basis=_basis(found, model),
    )


def quote(feedback: Feedback, statements: Statements, index: int) -> Quote:
    """Return a statement as it stands in its row."""
    place = int(statements.text_index[index])
    label_id = int(statements.label_ids[index])
    day = None if feedback.dates is None else feedback.dates[place].item()
    return Quote(
        row=int(feedback.rows[place]),
        id=None if feedback.ids is None else feedback.ids[place] or None,
        date=day,
        statement=statements.words_of(index, feedback),
        label=feedback.labels.names[label_id],
        score=round(float(statements.probabilities[index, label_id]), 4),
    )


def _theme(found: Found, place: int, theme: FoundTheme, counted: ThemeMood) -> Theme:
    own = found.statements.kinds[found.themes.theme_of == place]
    kinds = np.bincount(own, minlength=len(KINDS)) / max(1, len(own))
    return Theme(
        key=theme.key,
        name=theme.name,
        words=theme.words,
        kind=KINDS[int(np.argmax(kinds))],
        kinds={name: round(float(share), 4) for name, share in zip(KINDS, kinds, strict=True)},
        texts=counted.texts,
        statements=counted.statements,
        share=counted.share,
        net=counted.net,
        impact=counted.impact,
        trend=counted.trend,
        by_period=counted.by_period,
        segments=counted.segments,
        stability=theme.stability,
        is_stable=theme.stability is None or theme.stability >= STABLE,
        is_pinned=theme.is_pinned,
        quotes=tuple(quote(found.feedback, found.statements, index) for index in theme.quotes),
    )


def _aspects(found: Found) -> tuple[Aspect, ...]:
    if found.aspects is None:
        return ()
    texts = weighted_texts_of(found.feedback, found.label_ids)
    signs = signs_of(found.feedback.labels)
    told = []
    for place, name in enumerate(found.aspects.names):
        theme_of = np.where(found.aspects.speaks[:, place], 0, -1)
        mentions = mentions_of(found.statements, theme_of, 1, signs)
        own = mentions.texts_of(0)
        told.append(
            Aspect(
                name=name,
                texts=len(own),
                share=theme_share(0, mentions, texts),
                net=theme_net(0, mentions, texts) if len(own) else None,
                quotes=tuple(
                    quote(found.feedback, found.statements, index)
                    for index in found.aspects.quotes[place]
                ),
            )
        )
    return tuple(told)


def _untold_quotes(found: Found, is_in: NDArray[np.bool_]) -> tuple[Quote, ...]:
    outside = np.flatnonzero(~is_in)
    drawn = np.random.default_rng(found.seed).permutation(outside)[:UNTOLD_QUOTES]
    return tuple(quote(found.feedback, found.statements, int(index)) for index in np.sort(drawn))


def _basis(found: Found, model: SentimentModel) -> Basis:
    feedback, mood = found.feedback, found.mood
    is_given = feedback.label_ids is not None
    return Basis(
        source=feedback.source,
        rows=len(feedback) + sum(feedback.skipped.values()),
        texts=len(feedback),
        skipped=dict(feedback.skipped),
        statements=len(found.statements),
        repeated=feedback.repeated,
        not_understood=_not_understood(feedback.texts, model.artifact.settings.base),
        model=model.artifact.name,
        labels_are_given=is_given,
        temperature=None if is_given else model.calibration.temperature,
        shares=mood.prevalence.shares,
        counted=mood.prevalence.counted,
        correction=mood.prevalence.correction,
        seed=found.seed,
        false_alarms=mood.rate,
        comparisons=mood.comparisons,
        notes=found.notes,
        methods={**METHODS, **_aspect_method(found.aspects), **mood.methods},
        sentilora=version("sentilora"),
        created=dt.datetime.now(dt.UTC).replace(microsecond=0),
    )


def _aspect_method(aspects: FoundAspects | None) -> dict[str, str]:
    if aspects is None or not aspects.taught_by:
        return {}
    taught = f", and then by {aspects.taught_by:,} texts whose aspects people saw"
    return {"aspects": METHODS["aspects"] + taught}


def _not_understood(texts: Sequence[str], base: str) -> int:
    """Count the texts that do not look English, if the base reads little else.

    None are counted without the detector.
    """
    if english_base(base) is None:
        return 0
    languages = languages_of(texts) or []
    return sum(found is not None and found[0] != "en" for found in languages)


def _title(source: str) -> str:
    return f"What {Path(source).name or source} says"
