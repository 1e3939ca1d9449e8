"""The first tables: texts, answers, counts, positions, refusals, rules, alerts, deliveries.

Written out, and not taken from store_tables.py, which goes on to change.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "feedback",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("id", sa.String(400), nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("stored_ms", sa.BigInteger, nullable=False),
        sa.Column("text", sa.Text),
        sa.Column("segments", sa.Text, nullable=False),
        sa.Column("conversation_id", sa.String(200)),
        sa.UniqueConstraint("source", "id", name="one_of_a_source"),
    )
    op.create_index("feedback_at", "feedback", ["at_ms"])
    op.create_index("feedback_conversation", "feedback", ["conversation_id", "at_ms"])
    op.create_table(
        "answer",
        sa.Column(
            "number",
            _NUMBER,
            sa.ForeignKey("feedback.number", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("model", sa.String(200), primary_key=True),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("score", sa.Double, nullable=False),
        sa.Column("signed", sa.Double),
        sa.Column("unknown", sa.Double, nullable=False),
    )
    op.create_table(
        "hour_count",
        sa.Column("hour", sa.Integer, primary_key=True),
        sa.Column("source", sa.String(200), primary_key=True),
        sa.Column("segment", sa.String(200), primary_key=True),
        sa.Column("value", sa.String(200), primary_key=True),
        sa.Column("model", sa.String(200), primary_key=True),
        sa.Column("label", sa.String(200), primary_key=True),
        sa.Column("texts", sa.BigInteger, nullable=False),
        sa.Column("signed_sum", sa.Double, nullable=False),
        sa.Column("score_sum", sa.Double, nullable=False),
        sa.Column("unknown_sum", sa.Double, nullable=False),
    )
    op.create_table(
        "position",
        sa.Column("source", sa.String(400), primary_key=True),
        sa.Column("position", sa.Text, nullable=False),
        sa.Column("moved_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "refused",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("stored_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "rule_state",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("up_to", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "alert",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("rule", sa.String(100), nullable=False),
        sa.Column("scope", sa.String(200), nullable=False),
        sa.Column("opened_ms", sa.BigInteger, nullable=False),
        sa.Column("updated_ms", sa.BigInteger, nullable=False),
        sa.Column("ended_ms", sa.BigInteger),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("figures", sa.Text, nullable=False),
        sa.Column("examples", sa.Text, nullable=False),
    )
    is_open = sa.text("ended_ms IS NULL")
    op.create_index(
        "one_open_alert",
        "alert",
        ["rule", "scope"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "delivery",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("alert", _NUMBER, sa.ForeignKey("alert.number"), nullable=False),
        sa.Column("event", sa.String(10), nullable=False),
        sa.Column("target", sa.String(200), nullable=False),
        sa.Column("due_ms", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("sent_ms", sa.BigInteger),
        sa.Column("error", sa.Text),
        sa.UniqueConstraint("alert", "event", "target", name="told_once"),
    )
    op.create_index("delivery_due", "delivery", ["sent_ms", "due_ms"])
