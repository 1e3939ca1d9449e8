"""Replies that wait for a person, and what they must not promise."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "draft",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column(
            "feedback",
            _NUMBER,
            sa.ForeignKey("feedback.number", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("templates", sa.String(100), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("id", sa.String(400), nullable=False),
        sa.Column("conversation_id", sa.String(200)),
        sa.Column("reason", sa.String(100), nullable=False),
        sa.Column("severity", sa.Double, nullable=False),
        sa.Column("tone", sa.String(40), nullable=False),
        sa.Column("language", sa.String(40), nullable=False),
        sa.Column("reply", sa.Text, nullable=False),
        sa.Column("marked", sa.Text, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
        sa.Column("changed_by", sa.String(200)),
        sa.Column("note", sa.Text),
        sa.Column("due_ms", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("sent_ms", sa.BigInteger),
        sa.Column("error", sa.Text),
        sa.UniqueConstraint("feedback", "templates", name="one_of_a_text"),
    )
    op.create_index("draft_state", "draft", ["state", "severity"])
    op.create_index("draft_due", "draft", ["state", "due_ms"])
    op.create_table(
        "reply_set",
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("never", sa.Text, nullable=False),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
    )
