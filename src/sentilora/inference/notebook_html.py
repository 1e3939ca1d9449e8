"""Answers as HTML for notebooks, which show an object by its ``_repr_html_``.

A notebook may be light or dark, so text keeps the notebook's colour and colours behind it are
see-through; none of them says anything alone: bars have figures, words have signs and lines.
Every text of a user is escaped here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

_BAR = "rgba(59, 130, 246, .55)"
_TRACK = "rgba(127, 127, 127, .18)"
_FOR, _AGAINST = "37, 99, 235", "217, 119, 6"  # blue and orange: told apart by all eyes
_FAINT = 0.06  # share of the largest contribution below which a word stays plain
STRONGEST = 5  # words that carry their figure


def paint_prediction(
    label: str, score: float, probabilities: Mapping[str, float], remarks: list[str]
) -> str:
    """Draw an answer with a bar for each label."""
    rows = [
        Markup(
            '<tr><td style="text-align:left">{}</td><td style="width:14em">'
            '<div style="background:{}"><div style="width:{:.1f}%;height:.8em;background:{}"></div>'
            '</div></td><td style="text-align:right">{}</td></tr>'
        ).format(name, _TRACK, share * 100, _BAR, percent(share))
        for name, share in probabilities.items()
    ]
    said = Markup("<div><b>{}</b> {}{}</div>").format(
        label, percent(score), "".join(f", {remark}" for remark in remarks)
    )
    return str(said + Markup("<table>{}</table>").format(Markup("").join(rows)))


def paint_explanation(explanation: Any) -> str:
    """Mark the words of an ``Explanation`` by what they contributed; the strongest have figures."""
    most = max((abs(word.value) for word in explanation.words), default=0.0)
    strongest = set(explanation.strongest(STRONGEST))
    words, end = Markup(""), 0
    for word in explanation.words:
        words += " " if word.start > end else ""
        words += _word(word, most, has_figure=word in strongest)
        end = word.end
    cut = " The text was longer than the model reads." if explanation.truncated else ""
    return str(
        Markup(
            '<div><b>{}</b> {}</div><p dir="auto" style="line-height:2.2">{}</p>'
            "<div><small>+ underlined: for {}; − dashed: against it. Figures are added log-odds, "
            "by {}.{}</small></div>"
        ).format(
            explanation.label,
            percent(explanation.score),
            words,
            explanation.label,
            explanation.method,
            cut,
        )
    )


def percent(share: float) -> str:
    """Write a share of 1 as people do."""
    return f"{share:.1%}".replace("%", "\u00a0%")


def _word(word: Any, most: float, *, has_figure: bool) -> Markup:
    share = abs(word.value) / most if most else 0.0
    if share < _FAINT:
        return escape(word.text)
    colour, line, sign = (_FOR, "solid", "+") if word.value > 0 else (_AGAINST, "dashed", "−")
    figure = f"{sign}{abs(word.value):.2f}" if has_figure else sign
    return Markup(
        '<span style="background:rgba({},{:.2f});border-bottom:2px {} rgb({});padding:0 .15em">'
        "{}<sub>{}</sub></span>"
    ).format(colour, 0.08 + 0.4 * share, line, colour, word.text, figure)
