"""Numbers in a label column: which are ids, which go by their order, and what to say of others.

Numbers have a sign only where something says so: 0, 1 and 0, 1, 2 by custom, others by names or a
scale. A 0/1 column that is named after one thing (``negative``, ``is_spam``) answers whether a text
is that, so its 1 is not what ``positive`` means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from sentilora.data.columns import RATING_NAMES, fold_name, one_hot_columns, words_of
from sentilora.labels import BINARY, TERNARY, Labels, canonical_sentiment
from sentilora.message import setting

DEFAULTS = {(0.0, 1.0): BINARY, (0.0, 1.0, 2.0): TERNARY}
_LARGEST = 1e9  # of numbers that labels can be; larger ones are keys, and too long for a float
SHOWN = 12  # numbers in a message
_PLAIN = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_ID_LIST = re.compile(r"\d{1,3},\d{1,3}")
_FRACTIONS = frozenset(("0", "00", "5", "50", "25", "75"))
_GRADES = {
    2: BINARY,
    3: TERNARY,
    4: ("very negative", "negative", "positive", "very positive"),
    5: ("very negative", "negative", "neutral", "positive", "very positive"),
}
_TOPS = (1, 2, 3, 4, 5, 10, 100, 1000)
_GOOD = frozenset(
    re.findall(
        r"\S+",
        "positive pos good happy satisfied like liked likes love loved recommend recommended "
        "recommends helpful praise up thumbsup",
    )
)
_BAD = frozenset(
    re.findall(
        r"\S+",
        "negative neg bad unhappy dissatisfied unsatisfied dislike disliked complaint "
        "complaints complain complained angry anger hate hateful toxic toxicity insult abuse "
        "abusive offensive spam fake churn churned refund refunded returned problem issue "
        "defect defective fail failed failure sad neutral mixed down unhelpful dislikes hated "
        "hates detractor detractors nonpositive cancelled canceled cancellation escalated "
        "escalation attrition risk urgent sarcastic sarcasm ironic irony disappointed "
        "disappointing displeased frustrated annoyed poor terrible awful critical criticism "
        "broken faulty damaged returns problems issues defects worse worst",
    )
)
# What is counted or measured, and no label.
_MEASURES = frozenset(
    re.findall(
        r"\S+",
        "price prices cost costs amount amounts total subtotal sum fee revenue salary income "
        "quantity qty count number weight height length width size age year month day hour zip "
        "postcode postal code id ids key index row duration seconds minutes distance latitude "
        "longitude lat lon lng population views clicks orders visits",
    )
)
_HIGHEST_RATING = 100
_OPEN = frozenset(("neutral", "mixed"))  # bad as little as good
_ASKED = frozenset(
    re.findall(
        r"\S+",
        "is has was are did does contains",
    )
)


def number_in(value: str) -> float | None:
    """Read a plain number, with a point or a decimal comma; None when it is none, or an id."""
    value = value.replace("\u2212", "-")  # the sign for minus of typesetters
    number = float(value.replace(",", ".")) if _PLAIN.fullmatch(value) else None
    return None if number is None or abs(number) >= _LARGEST else number


def numbers_in(values: Iterable[str]) -> list[float]:
    """Return the different numbers among values, in order."""
    return sorted({number for number in map(number_in, values) if number is not None})


def id_lists(values: Iterable[str]) -> list[str]:
    """Return the values that are lists of ids (``0,15``), and no numbers with a decimal comma.

    A decimal comma stands before a half or a quarter, or among numbers of the same size.
    """
    given = [value for value in values if number_in(value) is not None]
    lists = [value for value in given if _ID_LIST.fullmatch(value)]
    if not lists or len(lists) == len(given):
        return []
    alone = [abs(float(value.replace(",", "."))) for value in given if value not in lists]
    if any(number != int(number) for number in alone):
        return []
    most = max(float(value.partition(",")[0]) for value in lists)
    is_odd = any(value.partition(",")[2] not in _FRACTIONS for value in lists)
    return lists if is_odd and max(alone) > most + 1 else []


def written(numbers: Sequence[float], limit: int = SHOWN) -> str:
    """List numbers for a message."""
    more = ", …" if len(numbers) > limit else ""
    return ", ".join(f"{number:.12g}" for number in numbers[:limit]) + more


def is_rating_column(column: str) -> bool:
    """Tell whether a column holds ratings by its name."""
    return fold_name(column) in RATING_NAMES


def by_order(numbers: Sequence[float], names: Sequence[str]) -> Mapping[float, int] | None:
    """Return the label id of each number, or None when they do not fit the names.

    Ids from 0 on are read as ids, even where some are missing; other numbers from the lowest up,
    when there are as many as names.
    """
    if set(numbers) <= set(range(len(names))):
        return {number: int(number) for number in numbers}
    if len(numbers) == len(names):
        return {number: place for place, number in enumerate(numbers)}
    return None


def of_known(numbers: Sequence[float], known: Labels) -> Mapping[float, int] | None:
    """Return the id of each number among labels that are known already; None where it is unclear.

    Ids have to be all of the labels', in an order that a training would give them; 0 and 1 alone
    are negative and positive, as in a training. Where labels stand in another order (positive,
    negative), ids could be either's.
    """
    sentiments = [canonical_sentiment(name) for name in known.names]
    places = [sentiments.index(name) for name in TERNARY if sentiments.count(name) == 1]
    if len(places) > 1 and places != sorted(places):
        return None
    if tuple(numbers) == (0, 1) and all(sentiments.count(name) == 1 for name in BINARY):
        return {0.0: sentiments.index("negative"), 1.0: sentiments.index("positive")}
    if list(numbers) == list(range(len(known))):
        return {number: int(number) for number in numbers}
    return None


def told(ids: Mapping[float, int], names: Sequence[str]) -> str:
    """Say for a note which number was read as which label."""
    numbers = sorted(ids)
    return f"labels {written(numbers, 40)} read as {', '.join(names[ids[n]] for n in numbers)}"


def sign_of_column(column: str) -> int | None:
    """Return 1 for the name of a good thing (``recommended``), -1 for that of a bad one."""
    words = set(words_of(column))
    if words & {"not", "no", "non"}:
        return None
    if words & _GOOD:
        return 1
    return -1 if words & _BAD - _OPEN else None


def sign_problem(column: str, columns: Sequence[str] = ()) -> str | None:
    """Say why 0 and 1 in a column of this name have no clear sign; None when they have.

    Args:
        column: name of the label column.
        columns: names of all columns, among which may be its sisters (one column a label).
    """
    words = set(words_of(column))
    if sign_of_column(column) == 1 or not words & (_BAD | _ASKED | _GOOD):
        return None
    said = f"column '{column}' holds 0 and 1, which may answer whether a text is '{column}'. "
    sisters = one_hot_columns(columns)
    if column in sisters and len(sisters) > 1:
        return (
            f"{said}The columns {', '.join(sisters)} look like one column a label: "
            f"read them with {setting('label', ','.join(sisters))}."
        )
    ways = [
        setting("labels", [f"{a}=positive", f"{b}=negative"]) for a, b in (("0", "1"), ("1", "0"))
    ]
    return f"{said}Say what they stand for: {ways[0]} if 1 is bad, {ways[1]} if 1 is good."


def advice(numbers: Sequence[float], column: str, *, is_known: bool = False) -> str:
    """Say with which setting a column of numbers can be read.

    Args:
        numbers: different numbers of the column, in order.
        column: name of the column.
        is_known: whether the labels are known already, so that none can be named.
    """
    low, high = numbers[0], numbers[-1]
    is_rated = is_rating_column(column)
    is_stars = low >= 0.5 and high <= 10
    stars = [setting("stars", most) for most in (5, 10) if is_stars and high <= most]
    scale = setting("scale", scale_of(low, 5 if 2 <= high < 5 and is_rated else high))
    if is_rated:
        if stars:
            return f"Say how many stars there can be: {' or '.join(stars)}."
        return f"Say from where to where ratings go: {scale}."
    if set(words_of(column)) & _MEASURES or high > _HIGHEST_RATING:
        way = setting("label", "NAME")
        return f"They look like no labels. Choose the column with the labels: {way}."
    example = None if is_known else _GRADES.get(len(numbers))
    if example is None:
        others = f", or {' or '.join(stars)} if they are stars" if stars else ""
        return f"If they are ratings, say from where to where they go: {scale}{others}."
    ways = [f"Name them from the lowest to the highest: {setting('labels', list(example))}"]
    if stars and len(numbers) > 2:
        ways.append(f"or say {' or '.join(stars)} if they are stars")
    elif len(numbers) > 3:
        ways.append(f"or say {scale} if they are ratings")
    if low == 1 and 3 <= high <= 10:
        ways.append(f"or {setting('scale', f'{high:g}-1')} if 1 is the best, as with grades")
    return f"{'; '.join(ways)}."


def scale_of(low: float, high: float) -> str:
    """Guess the scale of ratings from the lowest and the highest that were found."""
    if low < 0:
        reach = max(-low, high)
        top = next((top for top in _TOPS if reach <= top), reach)
        return f"{-top:g}-{top:g}"
    top = next((top for top in _TOPS if high <= top), high)
    if 4 < high <= 10 and high == int(high):
        top = next(top for top in (5, 7, 10) if high <= top)
    return f"{1 if low >= 1 and top <= 10 else 0}-{top:g}"
