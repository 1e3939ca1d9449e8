"""Nine hundred short reviews written for this package: 600 to train on, 300 to test.

Columns: ``id, text, label, rating, domain, date``. Three labels, six domains (film, shop, app,
hospitality, health, finance), January to June 2026. The dates tell stories: an app release that
breaks login (10 to 29 March) and its repair (from 7 April), a slow delivery month (April), an
account fee (from 16 February), online booking at a surgery (from March), building noise at a hotel
(June), a film sequel that divides its audience (from mid May). All names in the texts are invented.

Not covered: the texts are few and were written by a handful of hands; a figure measured on them
says that the machinery works, not how good a model is on your texts.

Beside them lies ``general/``, an adapter for three sentiments that was trained on public sets and
these texts. Its README.md names every set and its terms; ``benchmarks/general/`` builds it.
"""

from pathlib import Path

NAME = "sample"
GENERAL = "general"


def path(part: str) -> Path:
    """Return the file of ``train`` or ``test``."""
    return Path(__file__).parent / f"{part}.csv"


def general() -> Path:
    """Return the folder of the adapter that ships with the package."""
    return Path(__file__).parent / GENERAL
