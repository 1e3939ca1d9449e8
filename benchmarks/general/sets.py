"""Public sets, their terms, and which of them the adapter that ships may learn from.

The rule: a set is used if its own terms allow it or do not speak of it, and never if they, or the
terms of the site that its texts were taken from, say non-commercial. What its release says is
repeated in the card, so that whoever uses the adapter can judge. A set is known by the name of its
folder. If that holds a PROVENANCE.md, what it says about terms is read as well, and has the last
word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sentilora.errors import ConfigError, several

PROVENANCE = "PROVENANCE.md"
_TERMS = re.compile(r"^## Terms[^\n]*\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
_NON_COMMERCIAL = re.compile(r"non-?\s?commercial|\bnc\b", re.IGNORECASE)

BINARY = {"0": "negative", "1": "positive"}
TERNARY = {"0": "negative", "1": "neutral", "2": "positive"}
GRADED = {"0": "negative", "1": "negative", "2": "neutral", "3": "positive", "4": "positive"}


def as_it_is(text: str) -> str:
    """Return a text unchanged."""
    return text


def without_treebank_marks(text: str) -> str:
    """Undo the tokens of the Penn treebank: ``-LRB- it 's n't -RRB-`` becomes ``(it'sn't)``."""
    for mark, sign in {"-lrb-": "(", "-rrb-": ")", "-LRB-": "(", "-RRB-": ")"}.items():
        text = text.replace(mark, sign)
    text = re.sub(r"\\([/*])", r"\1", text)
    text = re.sub(r"``|''", '"', text)
    text = re.sub(r" (n't|'(?:s|re|ve|ll|d|m))\b", r"\1", text, flags=re.IGNORECASE)
    text = re.sub(r" ([.,;:!?)])", r"\1", text)
    return re.sub(r"\( ", "(", text)


@dataclass(frozen=True)
class Set:
    """A public set.

    Attributes:
        title: with its authors, for the card.
        kind: what texts it holds.
        terms: what its release says, and what that means for the texts.
        refused: why it is not used; None if it is.
        labels: what its label ids mean.
        dropped: values of columns whose rows are left out.
        clean: undoes what the release did to the texts.
        holds_sentences: its texts are single sentences, of which longer texts may be put together.
        has_paragraphs: texts of several sentences, as people write them into web pages.
        file: of the part that is trained on.
    """

    title: str
    kind: str
    terms: str
    refused: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    dropped: Mapping[str, frozenset[str]] = field(default_factory=dict)
    clean: Callable[[str], str] = as_it_is
    has_paragraphs: bool = False
    holds_sentences: bool = False
    file: str = "train.parquet"


SETS: dict[str, Set] = {
    "tweeteval_sentiment": Set(
        title="TweetEval sentiment, which is SemEval-2017 Task 4A (Rosenthal et al. 2017; "
        "Barbieri et al. 2020)",
        kind="tweets",
        terms="TweetEval states no licence; the SemEval data were released for research; the "
        "tweets themselves are under the terms of Twitter/X",
        labels=TERNARY,
    ),
    "sst5": Set(
        title="Stanford Sentiment Treebank, five grades (Socher et al. 2013)",
        kind="sentences from film reviews",
        terms="released for research, without a licence text; the sentences come from Rotten "
        "Tomatoes (Pang and Lee 2005)",
        labels=GRADED,
        clean=without_treebank_marks,
        holds_sentences=True,
    ),
    "amazon_blitzer": Set(
        title="Multi-Domain Sentiment Dataset v2 (Blitzer, Dredze and Pereira 2007)",
        kind="reviews of books, DVDs, electronics and kitchenware",
        terms="released for research, without a licence text; the reviews were written by "
        "customers of Amazon",
        labels=BINARY,
        has_paragraphs=True,
    ),
    "fdu_mtl_16domains": Set(
        title="FDU-MTL (Liu, Qiu and Huang 2017), its 14 product domains",
        kind="product reviews",
        terms="no licence text; the reviews are those of Blitzer et al. 2007, released for "
        "research. Its IMDb and MR domains are left out",
        labels=BINARY,
        dropped={"domain": frozenset({"imdb", "MR"})},
        clean=without_treebank_marks,
        has_paragraphs=True,
    ),
    "imdb": Set(
        title="Large Movie Review Dataset (Maas et al. 2011)",
        kind="film reviews",
        terms="released for research, without a licence text; IMDb's own conditions allow "
        "personal, non-commercial use of its reviews",
        refused="the site's terms say non-commercial",
    ),
    "cad_imdb": Set(
        title="Counterfactually-augmented IMDb (Kaushik, Hovy and Lipton 2020)",
        kind="film reviews and their edits",
        terms="Apache-2.0 for the edits; the reviews they change are IMDb's",
        refused="its texts are IMDb reviews, whose terms say non-commercial",
    ),
    "financial_phrasebank": Set(
        title="Financial PhraseBank (Malo et al. 2014)",
        kind="sentences from financial news",
        terms="CC BY-NC-SA 3.0",
        refused="the licence says non-commercial",
    ),
    "mr": Set(
        title="Movie Review sentences (Pang and Lee 2005)",
        kind="sentences from film reviews",
        terms="released for research, without a licence text",
        refused="nearly all of its sentences stand in SST, most of them in the parts for testing",
    ),
    "sst2": Set(
        title="Stanford Sentiment Treebank, two classes (Socher et al. 2013)",
        kind="sentences and phrases from film reviews",
        terms="as SST with five grades",
        refused="it is a part of SST with five grades",
    ),
    "dynasent": Set(
        title="DynaSent (Potts et al. 2021), validation parts",
        kind="sentences written or chosen to be hard",
        terms="CC BY 4.0",
        refused="kept for measuring",
    ),
}


def check_folders(folders: list[Path]) -> dict[str, Path]:
    """Return the folder of each set by its name, if all of them may be used.

    Raises:
        ConfigError: a folder is not known, lacks its file, or its terms are against it.
    """
    problems = []
    for folder in folders:
        known = SETS.get(folder.name)
        if known is None:
            problems.append(f"{folder.name}: not known; known are {', '.join(usable())}")
        elif known.refused:
            problems.append(f"{folder.name}: not used, as {known.refused}")
        elif not (folder / known.file).is_file():
            problems.append(f"{folder.name}: {folder / known.file} does not exist")
        elif found := _said_non_commercial(folder):
            problems.append(f"{folder.name}: its {PROVENANCE} says: {found}")
    if problems:
        raise ConfigError(several("the folders", problems))
    return {folder.name: folder for folder in folders}


def usable() -> list[str]:
    """Name the sets that may be used."""
    return [name for name, one in SETS.items() if one.refused is None]


def _said_non_commercial(folder: Path) -> str | None:
    """Return the sentence about terms that says non-commercial, if there is one."""
    file = folder / PROVENANCE
    if not file.is_file():
        return None
    for section in _TERMS.findall(file.read_text(encoding="utf-8")):
        for sentence in re.split(r"(?<=[.;])\s+", " ".join(section.split())):
            if _NON_COMMERCIAL.search(sentence):
                return sentence
    return None
