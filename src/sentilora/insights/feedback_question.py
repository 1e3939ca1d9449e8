"""What is to be read of a file of feedback, and how."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sentilora.data.labelled.scan import Asked
from sentilora.defaults import SEED
from sentilora.errors import ConfigError
from sentilora.insights.feedback_columns import FeedbackColumns
from sentilora.message import setting

MOST_TEXTS = 100_000


@dataclass(frozen=True)
class FeedbackQuestion:
    """What a user wants to have read, and how.

    Attributes:
        columns: which columns hold what.
        asked: how texts and labels are read; its label, ``stars`` or ``scale`` means that a column
            of labels is used.
        labels: label names that the user gave for the values of a file.
        uses_labels: whether a column holds the labels.
        date_order: ``day-first``, ``month-first`` or ``year-first``, for dates that do not tell.
        since: first day to take.
        until: last day to take.
        limit: largest number of texts; of more, as many are drawn at random.
        seed: seed of that.

    Raises:
        ConfigError: days are asked for without a column of dates, end before they begin, or the
            limit is below 1.
    """

    columns: FeedbackColumns = field(default_factory=FeedbackColumns)
    asked: Asked = field(default_factory=lambda: Asked(skip_bad_rows=True))
    labels: str | Sequence[str] | Mapping[str, str] | None = None
    uses_labels: bool = False
    date_order: str | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    limit: int = MOST_TEXTS
    seed: int = SEED

    @property
    def names_days(self) -> bool:
        """Whether only some days are asked for."""
        return self.since is not None or self.until is not None

    def __post_init__(self) -> None:
        first, last = self.since, self.until
        if self.columns.date is None:
            given = [name for name in ("since", "until", "date_order") if getattr(self, name)]
            if given:
                raise ConfigError(
                    f"{setting(given[0], str(getattr(self, given[0])))} says something of dates, "
                    f"and no column of dates was named. Name it with {setting('date', 'COLUMN')}."
                )
        if first is not None and last is not None and last < first:
            raise ConfigError(
                f"{setting('since', str(first))} is after {setting('until', str(last))}: expected "
                "the first day, and a last day that is not before it."
            )
        if isinstance(self.limit, bool) or not isinstance(self.limit, int) or self.limit < 1:
            raise ConfigError(
                f"{setting('limit', self.limit)}: expected a number of texts, 1 at least."
            )
