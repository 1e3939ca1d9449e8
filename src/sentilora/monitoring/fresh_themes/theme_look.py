"""One look for themes that are new: groups of statements that hold more of the last texts.

Statements of the last texts and of those before are grouped together, by what they are about. If a
theme is as usual, each of the texts that mention it is one of the last ones as likely as any other
text is, so that their number is binomial. As many groups are looked at, each chance is multiplied
by their number.

A theme that was found is known again by its texts, so that it opens once, and ends once it is not
half as much more frequent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from sentilora.evaluation.reports.wording import percent
from sentilora.insights.statements.kinds import find_kinds
from sentilora.insights.statements.splitter import split_all
from sentilora.insights.themes.theme_search import find_themes
from sentilora.insights.themes.themes import FoundThemes
from sentilora.monitoring.fresh_themes.theme_texts import ThemeTexts
from sentilora.monitoring.rules.durations import duration_words, seconds_of
from sentilora.monitoring.rules.heard import Finding
from sentilora.monitoring.rules.rule_kinds import ThemeRule

Embed = Callable[[Sequence[str]], NDArray[np.float32]]

_CHANCE = 0.001
_LEAST_BEFORE = 50  # texts, from which what was before is known
_SAME = 0.3  # of the texts of the smaller one, from which two themes are the same
_SHOWN = 80


def look_for_themes(
    found: ThemeTexts, rule: ThemeRule, embed: Embed, known: Mapping[str, Finding]
) -> dict[str, Finding]:
    """Return the themes that are new, by name.

    Args:
        found: texts to look at.
        rule: what is asked for.
        embed: function that returns the vectors of S statements, ``(S, D)``.
        known: themes that are new since an earlier look, by name.
    """
    last = len(found.texts) - found.before
    if found.before < _LEAST_BEFORE or last < rule.least:
        return {}
    text_index, starts, ends = split_all(found.texts)
    words = [
        found.texts[index][start:end]
        for index, start, end in zip(
            text_index.tolist(), starts.tolist(), ends.tolist(), strict=True
        )
    ]
    # All are of one label: what they ask for is told by their words.
    kinds = find_kinds(words, np.full(len(words), -1.0))
    grouped = find_themes(embed(words), words, text_index=text_index, kinds=kinds, resamples=0)
    told: dict[str, Finding] = {}
    for name, finding in _candidates(found, rule, grouped, text_index):
        was = _known_as(finding, known, told)
        figures = finding.figures
        is_much = figures["texts"] >= rule.least and figures["times"] >= rule.times
        is_half = figures["texts"] >= rule.least / 2 and figures["times"] >= rule.times / 2
        if was is not None and is_half:
            told[was] = finding
        elif was is None and is_much and figures["p"] < _CHANCE and name not in told:
            told[name] = finding
    return told


def _candidates(
    found: ThemeTexts, rule: ThemeRule, grouped: FoundThemes, text_index: NDArray[np.int64]
) -> list[tuple[str, Finding]]:
    """Count each theme among the last texts and those before, most of the last ones first."""
    last, before = len(found.texts) - found.before, found.before
    candidates = []
    for place, theme in enumerate(grouped.themes):
        members = np.unique(text_index[grouped.theme_of == place])
        now = members[members >= before]
        earlier = len(members) - len(now)
        share, was = len(now) / last, (earlier + 0.5) / before
        chance = float(binom.sf(len(now) - 1, len(members), last / (last + before)))
        name, words = _shown(theme.name), [_shown(word) for word in theme.words[:4]]
        within, weeks = (duration_words(seconds_of(one)) for one in (rule.within, rule.baseline))
        finding = Finding(
            f"new theme “{name}” ({', '.join(words)}): {len(now):,} of {last:,} "
            f"{rule.label} texts within {within} ({percent(share)}), {earlier:,} of {before:,} "
            f"in {weeks} before",
            {
                "theme": name,
                "words": words,
                "texts": len(now),
                "of": last,
                "texts_before": earlier,
                "of_before": before,
                "times": share / was,
                "p": min(1.0, chance * len(grouped.themes)),
            },
            tuple(found.numbers[index] for index in now.tolist()),
        )
        candidates.append((name, finding))
    return sorted(candidates, key=lambda one: (-one[1].figures["texts"], one[0]))


def _known_as(
    finding: Finding, known: Mapping[str, Finding], taken: Mapping[str, Finding]
) -> str | None:
    """Return the name under which most of the texts of a theme were told; None if under none."""
    shared = {
        name: len({*finding.numbers} & {*one.numbers})
        / max(1, min(len(finding.numbers), len(one.numbers)))
        for name, one in known.items()
        if name not in taken
    }
    best = max(shared, key=shared.__getitem__, default=None)
    return best if best is not None and shared[best] >= _SAME else None


def _shown(text: str) -> str:
    """Return a name in one line, without signs that a terminal would obey."""
    line = "".join(sign if sign.isprintable() else " " for sign in text)
    line = " ".join(line.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"
