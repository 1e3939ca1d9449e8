"""Label values that are the words of an answer scale: "Very satisfied", "Unzufrieden", thumbs.

None of them is read as a sentiment by itself, as a scale may ask for anything; a note says how it
can be. Known are usual scales in English, German, French, Spanish, Italian, Portuguese and Dutch.

Not covered: scales of which one value is not known; grades, which are joined into three.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sentilora.data.labelled.values.label_spellings import fold
from sentilora.labels import BINARY, Labels, canonical_sentiment
from sentilora.message import Message, setting

_FEW = 6  # labels that are named one by one
_YES_AND_NO = tuple(
    (frozenset(yes.split()), frozenset(no.split()))
    for yes, no in (("ja", "nein nee"), ("oui", "non"), ("si sí sì", "no"), ("sim", "não nao"))
)
_WORDS = {
    "positive": """
        satisfied|happy|agree|likely|excellent|great|like|love|recommend|would recommend|amazing
        thumbs up|up|upvote|promoter|promoters|pleased|delighted|helpful|useful|favorable|pro|well
        👍|😀|😃|😄|😊|🙂|😍|❤️|❤|♥|✅|zufrieden|gut|stimme zu|trifft zu|hilfreich|wahrscheinlich
        satisfait|satisfaite|content|d'accord|bien|bon|satisfecho|satisfecha|contento|de acuerdo
        bueno|soddisfatto|soddisfatta|d'accordo|buono|bene|satisfeito|satisfeita|concordo|bom
        tevreden|goed|eens
    """,
    "neutral": """
        neutral|neither|undecided|unsure|not sure|ok|okay|average|fair|passive|passives|maybe|mixed
        neither agree nor disagree|neither satisfied nor dissatisfied|no opinion|don't know|so so
        😐|teils teils|teils/teils|weder noch|weiß nicht|weiss nicht|vielleicht|mittel|unentschieden
        neutre|ni d'accord ni pas d'accord|neutro|neutra|indiferente|neutraal
    """,
    "negative": """
        dissatisfied|unsatisfied|unhappy|disagree|unlikely|poor|terrible|awful|dislike|hate|horrible
        thumbs down|down|downvote|detractor|detractors|not satisfied|not happy|displeased|unhelpful
        would not recommend|not recommend|unfavorable|contra|not helpful|angry|disappointed
        👎|🙁|☹️|😞|😟|😠|😡|😢|💔|❌|unzufrieden|nicht zufrieden|schlecht|stimme nicht zu
        trifft nicht zu|nicht hilfreich|unwahrscheinlich|insatisfait|insatisfaite|mécontent
        pas satisfait|pas d'accord|mal|mauvais|insatisfecho|insatisfecha|descontento|en desacuerdo
        malo|insoddisfatto|insoddisfatta|in disaccordo|cattivo|male|insatisfeito|insatisfeita
        discordo|ruim|mau|ontevreden|slecht|oneens
    """,
}
_MEANT = {
    fold(word.strip()): name
    for name, words in _WORDS.items()
    for word in re.split(r"[|\n]", words)
    if word.strip()
}
_GRADE = re.compile(
    r"^(?:very|extremely|strongly|highly|completely|totally|fully|mostly|somewhat|slightly|rather|"
    r"quite|a little|sehr|voll|völlig|eher|ziemlich|äußerst|überhaupt|très|plutôt|tout à fait|muy|"
    r"bastante|totalmente|molto|abbastanza|muito|heel|zeer|helemaal)\s+"
)
_SKIN = re.compile("[\U0001f3fb-\U0001f3ff]")


def unknown_sentiment_notes(labels: Labels) -> tuple[Message, ...]:
    """Say that labels are learned as they are, where no sentiment is known of them, and how it is.

    Nothing is said of labels that are sentiments, or stars.
    """
    if labels.polarities is not None:
        return ()
    names = labels.names
    unknown = [name for name in names if canonical_sentiment(name) is None]
    shown = f"{', '.join(unknown[:_FEW])}{', …' if len(unknown) > _FEW else ''}"
    said = f"labels are learned as they are: no sentiment is known of {shown}"
    if any("," in name or "=" in name for name in names):
        return (Message(said),)
    for yes, no in _YES_AND_NO:
        good = [name for name in names if fold(name) in yes]
        bad = [name for name in names if fold(name) in no]
        if len(names) == 2 and good and bad:
            pairs = [f"{bad[0]}={BINARY[0]}", f"{good[0]}={BINARY[1]}"]
            way = setting("labels", pairs)
            return (Message(f"{said}. If {good[0]} is good, say so with {way}"),)
    meant = [meaning_of(name) for name in names]
    if not {*BINARY} <= {*meant} or None in meant:
        return (Message(said),)
    pairs = _ordered(f"{name}={sentiment}" for name, sentiment in zip(names, meant, strict=True))
    way = setting("labels", pairs)
    return (Message(f"{said}. If they are the answers of a scale, say so with {way}"),)


def meaning_of(value: str) -> str | None:
    """Return what an answer of a scale means: ``negative``, ``neutral``, ``positive``, or None."""
    plain = fold(_SKIN.sub("", value).replace("_", " "))
    for said in (plain, _GRADE.sub("", plain)):
        found = _MEANT.get(said) or canonical_sentiment(said)
        if found is not None:
            return found
    return None


def _ordered(pairs: Iterable[str]) -> list[str]:
    """Put what stands for negative first, as labels stand in order."""
    order = ("negative", "neutral", "positive")
    return sorted(pairs, key=lambda pair: order.index(pair.rpartition("=")[2]))
