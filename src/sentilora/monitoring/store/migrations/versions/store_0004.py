"""Indexes for what the page asks: texts newest first, also of one source, and hours of a segment.

``feedback_id`` is for ids that are named without a source, to correct or to forget a text.

``feedback_at`` gets the number behind the time, so that texts of the same moment have an order that
needs no sorting: dates without a clock put a whole day into one moment.
"""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the indexes."""
    op.drop_index("feedback_at", "feedback")
    op.create_index("feedback_at", "feedback", ["at_ms", "number"])
    op.create_index("feedback_source_at", "feedback", ["source", "at_ms", "number"])
    op.create_index("feedback_id", "feedback", ["id"])
    op.create_index("hour_count_segment", "hour_count", ["segment", "value", "hour"])
