"""The tables of a store.

``feedback`` holds a row a text, ``answer`` one a text and model. ``hour_count`` holds what the page
and the rules ask for, already counted: for each hour, source, segment and value, model and label
the number of texts and the sum of their signed scores; ``segment`` and ``value`` are empty where
all texts of the source are meant. ``position`` says how far each source was read.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()
# SQLite counts up by itself in a column that is called just INTEGER.
_NUMBER = BigInteger().with_variant(Integer, "sqlite")

FEEDBACK = Table(
    "feedback",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("source", String(200), nullable=False),
    Column("id", String(400), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("stored_ms", BigInteger, nullable=False),
    Column("text", Text),  # null once it is forgotten, or if texts are not kept
    Column("segments", Text, nullable=False),  # a JSON object
    Column("conversation_id", String(200)),
    UniqueConstraint("source", "id", name="one_of_a_source"),
    Index("feedback_at", "at_ms"),
    Index("feedback_conversation", "conversation_id", "at_ms"),
)

ANSWER = Table(
    "answer",
    METADATA,
    Column("number", _NUMBER, ForeignKey("feedback.number", ondelete="CASCADE"), primary_key=True),
    Column("model", String(200), primary_key=True),
    Column("label", String(200), nullable=False),
    Column("score", Float, nullable=False),
    Column("signed", Float),
    Column("unknown", Float, nullable=False),
)

HOUR_COUNT = Table(
    "hour_count",
    METADATA,
    Column("hour", Integer, primary_key=True),  # since 1970
    Column("source", String(200), primary_key=True),
    Column("segment", String(200), primary_key=True),
    Column("value", String(200), primary_key=True),
    Column("model", String(200), primary_key=True),
    Column("label", String(200), primary_key=True),
    Column("texts", BigInteger, nullable=False),
    Column("signed_sum", Float, nullable=False),
    Column("score_sum", Float, nullable=False),
    Column("unknown_sum", Float, nullable=False),
)

POSITION = Table(
    "position",
    METADATA,
    Column("source", String(400), primary_key=True),
    Column("position", Text, nullable=False),  # a JSON value, as the source wrote it
    Column("moved_ms", BigInteger, nullable=False),
)
