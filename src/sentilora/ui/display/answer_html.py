"""Answers as HTML: bars and coloured words. Every text of a user is escaped here.

Colours have words, signs or patterns beside them: a word for the answer is underlined by a solid
line and carries ``+``, one against it by a dashed line and ``−``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from markupsafe import Markup, escape

from sentilora.evaluation.reports import wording
from sentilora.inference.explanation import Explanation, WordContribution
from sentilora.inference.prediction import Prediction
from sentilora.ui.display.colours import label_colours
from sentilora.ui.settings import NOT_SURE

Cell = str | tuple[str, str]  # a value, or a value and what stands below it in small print

STYLE = Path(__file__).parents[1] / "static" / "streamlit.css"
STRONGEST = 5  # words that carry their figure
_ROW_HEAD, _CELL = Markup('<th scope="row">{}</th>'), Markup("<td>{}</td>")
_FAINT = 0.06  # share of the largest contribution below which a word stays plain


def paint_bars(probabilities: Mapping[str, float], chosen: str) -> Markup:
    """Draw the probability of each label as a bar, with its figure."""
    colours = label_colours(list(probabilities))
    rows = [
        Markup(
            '<li class="sl-bar{}"><span class="sl-name">{}</span><span class="sl-track">'
            '<span class="sl-fill" style="width:{:.1f}%;background:{}"></span></span>'
            '<span class="sl-figure">{}</span></li>'
        ).format(
            " sl-chosen" if name == chosen else "",
            name,
            share * 100,
            colours[name],
            wording.percent(share),
        )
        for name, share in probabilities.items()
    ]
    return Markup('<ul class="sl-bars" aria-label="Probabilities">{}</ul>').format(
        Markup("").join(rows)
    )


def paint_words(text: str, explanation: Explanation) -> Markup:
    """Colour the words of a text by what they contributed."""
    most = max((abs(word.value) for word in explanation.words), default=0.0)
    strongest = set(explanation.strongest(STRONGEST))
    parts, end = [], 0
    for word in explanation.words:
        parts.append(escape(text[end : word.start]))
        parts.append(_paint_word(word, most, has_figure=word in strongest))
        end = word.end
    parts.append(escape(text[end:]))
    return Markup('<p class="sl-words" dir="auto">{}</p>').format(Markup("").join(parts))


def paint_text(text: str) -> Markup:
    """Write a text as it is; a long one scrolls by itself."""
    return Markup(
        '<p class="sl-text" dir="auto" tabindex="0" role="region" aria-live="polite" '
        'aria-label="Text to label">{}</p>'
    ).format(text)


def paint_legend(explanation: Explanation) -> Markup:
    """Say what the colours mean."""
    return Markup(
        '<p class="sl-legend"><span class="sl-word sl-for" style="--heat:.6">+ for</span> '
        '<span class="sl-word sl-against" style="--heat:.6">− against</span> the answer '
        "<b>{}</b>; the larger the figure, the more the word weighed.</p>"
    ).format(explanation.label)


def paint_headline(prediction: Prediction, note: str) -> Markup:
    """Write the answer large, with what it was computed on below.

    An answer that is not sure enough has other words, a hollow dot and no large figure.
    """
    colour = label_colours(list(prediction.probabilities))[prediction.label]
    score = wording.percent(prediction.score)
    name, figure, kind = prediction.label, score, ""
    if prediction.abstained:
        name, figure, kind = NOT_SURE, f"most likely {prediction.label}, {score}", " sl-open"
    return Markup(
        '<div class="sl-answer{}" role="status"><span class="sl-dot" style="color:{}"></span>'
        '<span class="sl-label">{}</span><span class="sl-score">{}</span></div>'
        '<p class="sl-note">{}</p>'
    ).format(kind, colour, name, figure, note)


def paint_tiles(tiles: Sequence[Mapping[str, str]]) -> Markup:
    """Draw figures as cards; each has ``name``, ``value`` and ``note``."""
    cards = [
        Markup(
            '<div><dt>{}</dt><dd class="sl-value">{}</dd><dd class="sl-small">{}</dd></div>'
        ).format(tile["name"], tile["value"], tile["note"])
        for tile in tiles
    ]
    return Markup('<dl class="sl-tiles">{}</dl>').format(Markup("").join(cards))


def paint_table(
    headings: Sequence[str], rows: Sequence[Sequence[Cell]], *, caption: str, marked: int = -1
) -> Markup:
    """Draw a table whose first column names its rows; it scrolls by itself where it is too wide.

    Args:
        headings: headings of the columns.
        rows: rows of cells.
        caption: words on what the table shows, for people who do not see it.
        marked: number of the row that stands out.
    """
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(one) for one in headings)
    body = [
        Markup("<tr{}>{}</tr>").format(
            Markup(' class="sl-marked"') if number == marked else "",
            Markup("").join(
                (_ROW_HEAD if place == 0 else _CELL).format(_with_small_print(cell))
                for place, cell in enumerate(row)
            ),
        )
        for number, row in enumerate(rows)
    ]
    return Markup(
        '<div class="sl-scroll" tabindex="0" role="region" aria-label="{}"><table class="sl-table">'
        "<caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    ).format(caption, caption, head, Markup("").join(body))


def paint_confusion(matrix: Sequence[Sequence[int]], labels: Sequence[str], name: str) -> Markup:
    """Draw a confusion matrix: true label down, answer across."""
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(label) for label in labels)
    rows = []
    for down, numbers in enumerate(matrix):
        total = max(1, sum(numbers))
        cells = [
            Markup('<td class="{}" style="--heat:{:.2f}">{}<small>{}</small></td>').format(
                "sl-right" if down == across else "sl-wrong",
                number / total,
                wording.count(number),
                wording.percent(number / total, 0),
            )
            for across, number in enumerate(numbers)
        ]
        rows.append(
            Markup('<tr><th scope="row">{}</th>{}</tr>').format(
                labels[down], Markup("").join(cells)
            )
        )
    return Markup(
        '<div class="sl-scroll" tabindex="0" role="region" aria-label="Confusion of {}">'
        '<table class="sl-table sl-confusion"><caption>Confusion of {}: true label down, answer '
        "across</caption><thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table></div>"
    ).format(name, name, head, Markup("").join(rows))


def _paint_word(word: WordContribution, most: float, *, has_figure: bool) -> Markup:
    heat = abs(word.value) / most if most else 0.0
    if heat < _FAINT:
        return escape(word.text)
    side, sign = ("for", "+") if word.value > 0 else ("against", "−")
    figure = f"{sign}{abs(word.value):.2f}"
    shown = Markup("<small>{}</small>").format(figure) if has_figure else ""
    return Markup(
        '<span class="sl-word sl-{}" style="--heat:{:.2f}" title="{}">{}{}</span>'
    ).format(side, heat, figure, word.text, shown)


def _with_small_print(cell: Cell) -> Markup:
    if isinstance(cell, str):
        return escape(cell)
    return Markup("{}<small>{}</small>").format(*cell)
