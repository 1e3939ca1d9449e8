"""Label values that are ratings: read on a scale, and what to say where none was given."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sentilora.data.labelled.values.label_numbers import advice, sign_of_column, written
from sentilora.data.labelled.values.meanings import Meanings
from sentilora.data.labelled.values.rating_scale import Scale, read_rating
from sentilora.data.problems import quoted
from sentilora.labels import Labels, order_labels
from sentilora.message import setting

# From this share of the rows on, ratings outside of a scale are a part of it that was forgotten.
_FEW = 0.01
_POLES = ("negative", "positive")
_STARS = ((1, 5), (1, 10))


def is_star_name(value: str) -> bool:
    """Tell whether a rating is written as a name that can be a label: ``4 stars``."""
    return "star" in value.casefold()


def read_scaled(
    tally: Mapping[str, int], scale: Scale, labels: Labels | None, column: str
) -> Meanings:
    """Read ratings on a scale as labels.

    Args:
        tally: number of usable rows that hold each value.
        scale: scale of the ratings.
        labels: labels that the sentiments have to be; those that occur when None.
        column: name of the column, for messages.
    """
    numbers = {value: _number(value, scale) for value in tally}
    sentiments = {v: None if n is None else scale.sentiment(n) for v, n in numbers.items()}
    used = [value for value, count in tally.items() if count]
    if not any(sentiments[value] for value in used):
        other = _other({value: tally[value] for value in used})
        said = f"no row of column '{column}' is a rating of {scale}. {other}"
        return Meanings(None, {}, said)
    told = _direction(tally, (scale.worst + scale.best) / 2)
    if told == (1 if scale.is_falling else -1):
        turned = Scale(scale.best, scale.worst)
        named = [value for value in used if _sign(value)]
        said = (
            f"column '{column}' says in words which of its ratings are good ({quoted(named, 5)}), "
            f"and a scale from {scale.worst:g} (worst) to {scale.best:g} (best) reads them the "
            f"other way round: {'lower' if told < 0 else 'higher'} ones are better. Read them "
            f"with {setting('scale', turned.option)} instead."
        )
        return Meanings(None, {}, said)
    if labels is None:
        found = {name for name in map(sentiments.get, used) if name is not None}
        if len(found) < 2:
            return Meanings(None, {}, _all_alike(used, numbers, scale, column))
        labels = order_labels(found)
    ids = labels.ids_of_sentiments
    lost = sorted({name for v in used if (name := sentiments[v]) in _POLES and name not in ids})
    if lost:
        said = (
            f"ratings of {_span(scale)} are read as negative, neutral and positive, and the labels "
            f"{quoted(labels.names)} have no {' and no '.join(lost)}. If the numbers stand for "
            f"these labels, leave {setting('stars')} and {setting('scale')} out."
        )
        return Meanings(None, {}, said)
    of: dict[str, int | str] = {}
    for value, name in sentiments.items():
        if name is None:
            of[value] = f"rating outside {scale}"
        else:
            of[value] = ids.get(name, f"rating that is {name}, which {_not_in(labels)}")
    problem = _forgotten_end(tally, numbers, scale, column)
    note = f"ratings of {_span(scale)} read as {', '.join(labels.names)}"
    if (scale.worst, scale.best) not in _STARS:
        note += f": {scale.told()}"
    return Meanings(labels, of, problem, (note,), cuts_off=bool(problem))


def star_problem(used: Mapping[str, int], column: str) -> str:
    """Say that a column holds ratings, in which spelling, and with which setting they are read."""
    return f"column '{column}' holds ratings ({_ratings_said(used)}"


def _ratings_said(used: Mapping[str, int]) -> str:
    """Name the ratings, close the bracket that they stand in, and say how they are read."""
    ratings = {value: read_rating(value) for value in used}
    read = {value: rating for value, rating in ratings.items() if rating is not None}
    numbers = sorted({rating.number for rating in read.values()})
    plain = all(value.replace(",", ".").replace(".", "").lstrip("+-").isdigit() for value in read)
    shown = written(numbers) if plain else quoted(sorted(read), 5)
    most = {rating.most for rating in read.values() if rating.most is not None}
    if _direction(used, (numbers[0] + numbers[-1]) / 2) < 0:
        turned = setting("scale", f"{numbers[-1]:g}-{numbers[0]:g}")
        how = f"By their words lower ones are better: read them with {turned}."
    elif any(rating.is_percent for rating in read.values()):
        how = f"Read them as shares: {setting('scale', '0-100')}."
    elif len(most) == 1 and numbers[-1] <= (top := most.pop()):
        is_stars = top in (5, 10) and numbers[0] >= 0.5
        known = setting("stars", int(top)) if is_stars else setting("scale", f"0-{top:g}")
        how = f"Read them with {known}."
    else:
        how = advice(numbers, "rating")
    others = sorted(value for value in used if value not in read)
    if not others:
        return f"{shown}). {how}"
    count = sum(used[value] for value in others)
    return (
        f"{shown}). {how} {count:,} rows hold something else ({quoted(others, 5)}): leave them out "
        f"with {setting('skip_bad_rows', True)}."
    )


def _direction(tally: Mapping[str, int], middle: float) -> int:
    """Tell by the words beside ratings, as in ``1 (very good)``, which way they go.

    Returns:
        1 where higher ratings are called better, -1 where lower ones are, 0 where it is open.
    """
    rows = 0.0
    for value, count in tally.items():
        rating = read_rating(value)
        if rating is not None and rating.number != middle:
            rows += count * _sign(value) * (1 if rating.number > middle else -1)
    return (rows > 0) - (rows < 0)


def _sign(value: str) -> int:
    """Return 1 for a rating that its words call good, -1 for one that they call bad, else 0."""
    return sign_of_column(re.sub(r"^\W*\d[\d.,]*", "", value)) or 0


def _forgotten_end(
    tally: Mapping[str, int], numbers: Mapping[str, float | None], scale: Scale, column: str
) -> str:
    """Say that ratings outside of a scale are too many for slips; nothing if they are few."""
    found = {value: number for value, number in numbers.items() if number is not None}
    outside = {value: number for value, number in found.items() if not scale.holds(number)}
    count = sum(tally[value] for value in outside)
    if count <= _FEW * sum(tally.values()):
        return ""
    every = sorted({number for value, number in found.items() if tally[value]})
    values = sorted({number for value, number in outside.items() if tally[value]})
    way = advice(every, "rating")
    return (
        f"column '{column}' holds {written(values)} in {count:,} rows, outside of {scale}. If "
        f"they are part of the scale, {way[0].lower()}{way[1:]} If they are no ratings, empty "
        "these cells."
    )


def _all_alike(
    used: Sequence[str], numbers: Mapping[str, float | None], scale: Scale, column: str
) -> str:
    """Say that all ratings are of one sentiment on a scale, which may be another one's."""
    held = {number for value in used if (number := numbers[value]) is not None}
    [name] = {str(scale.sentiment(number)) for number in held if scale.holds(number)}
    way = advice(sorted(held), "rating")
    return (
        f"the ratings of column '{column}' ({written(sorted(held))}) are all {name} on a scale of "
        f"{_span(scale)}; at least two labels are needed. If the scale is another one, "
        f"{way[0].lower()}{way[1:]} Else add rows with other ratings."
    )


def _number(value: str, scale: Scale) -> float | None:
    rating = read_rating(value)
    return None if rating is None else scale.number_of(rating)


def _other(used: Mapping[str, int]) -> str:
    if not any(read_rating(value) is not None for value in used):
        return f"Found: {quoted(sorted(used), 5)}. Choose another column with {setting('label')}."
    return f"Ratings ({_ratings_said(used)}"


def _span(scale: Scale) -> str:
    return f"{scale.worst:g} to {scale.best:g}"


def _not_in(labels: Labels) -> str:
    return f"is not one of {', '.join(labels.names)}"
