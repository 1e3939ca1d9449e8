"""Labels that people gave, and which run answered under a name."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "correction",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column(
            "feedback",
            _NUMBER,
            sa.ForeignKey("feedback.number", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("label_before", sa.String(200), nullable=False),
        sa.Column("label_after", sa.String(200), nullable=False),
        sa.Column("corrected_by", sa.String(200), nullable=False),
        sa.Column("origin", sa.String(20), nullable=False),
        sa.Column("corrected_ms", sa.BigInteger, nullable=False),
        sa.Column("text", sa.Text),
    )
    op.create_index("correction_feedback", "correction", ["feedback"])
    op.create_table(
        "model_change",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("run", sa.String(200), nullable=False),
        sa.Column("labels", sa.Text, nullable=False),
        sa.Column("up_to", sa.BigInteger, nullable=False),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
    )
