"""The user's pages, and the files that they speak of."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from sentilora import samples

DOCS = Path(__file__).resolve().parents[2] / "docs"


def write_reviews(path: Path, part: str, rows: int) -> None:
    """Write the first rows of the sample with the columns text and label only."""
    with samples.path(part).open(encoding="utf-8", newline="") as source:
        chosen = [row for row, _ in zip(csv.DictReader(source), range(rows), strict=False)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["text", "label"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(chosen)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}
