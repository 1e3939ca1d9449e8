"""The tables of a store.

``feedback`` holds a row a text, ``answer`` one a text and model. ``hour_count`` holds what the page
and the rules ask for, already counted: for each hour, source, segment and value, model and label
the number of texts and the sum of their signed scores; ``segment`` and ``value`` are empty where
all texts of the source are meant. ``position`` says how far each source was read, ``refused`` what
came and was no text, ``rule_state`` what the rules remember up to a text, ``alert`` what they told,
``delivery`` who is still to be told of it, ``draft`` replies that wait for a person, and
``reply_set`` what they must not promise. ``correction`` holds labels that people gave, and
``model_change`` which run answered under a name from which text on.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
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
    Index("feedback_at", "at_ms", "number"),
    Index("feedback_source_at", "source", "at_ms", "number"),
    Index("feedback_id", "id"),
    Index("feedback_conversation", "conversation_id", "at_ms"),
)

ANSWER = Table(
    "answer",
    METADATA,
    Column("number", _NUMBER, ForeignKey("feedback.number", ondelete="CASCADE"), primary_key=True),
    Column("model", String(200), primary_key=True),
    Column("label", String(200), nullable=False),
    Column("score", Double, nullable=False),
    Column("signed", Double),
    Column("unknown", Double, nullable=False),
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
    Column("signed_sum", Double, nullable=False),
    Column("score_sum", Double, nullable=False),
    Column("unknown_sum", Double, nullable=False),
    Index("hour_count_segment", "segment", "value", "hour"),
)

POSITION = Table(
    "position",
    METADATA,
    Column("source", String(400), primary_key=True),
    Column("position", Text, nullable=False),  # a JSON value, as the source wrote it
    Column("moved_ms", BigInteger, nullable=False),
)

REFUSED = Table(
    "refused",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("source", String(200), nullable=False),
    Column("place", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("stored_ms", BigInteger, nullable=False),
)

RULE_STATE = Table(
    "rule_state",
    METADATA,
    Column("number", Integer, primary_key=True),  # always 1
    Column("state", Text, nullable=False),  # a JSON object
    Column("up_to", BigInteger, nullable=False),  # number of the last text that is in it
)

ALERT = Table(
    "alert",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("rule", String(100), nullable=False),
    Column("scope", String(200), nullable=False),
    Column("opened_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger),
    Column("told", Text, nullable=False),
    Column("figures", Text, nullable=False),  # a JSON object
    Column("examples", Text, nullable=False),  # a JSON list
)
Index(
    "one_open_alert",
    ALERT.c.rule,
    ALERT.c.scope,
    unique=True,
    sqlite_where=ALERT.c.ended_ms.is_(None),
    postgresql_where=ALERT.c.ended_ms.is_(None),
)

DELIVERY = Table(
    "delivery",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("alert", _NUMBER, ForeignKey("alert.number"), nullable=False),
    Column("event", String(10), nullable=False),  # opened or ended
    Column("target", String(200), nullable=False),
    Column("due_ms", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("sent_ms", BigInteger),
    Column("error", Text),
    UniqueConstraint("alert", "event", "target", name="told_once"),
    Index("delivery_due", "sent_ms", "due_ms"),
)

# A reply that was written for a text; it goes when the text is forgotten.
DRAFT = Table(
    "draft",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("feedback", _NUMBER, ForeignKey("feedback.number", ondelete="CASCADE"), nullable=False),
    Column("templates", String(100), nullable=False),  # name of the set that it was made of
    Column("key", String(64), nullable=False),  # the same however often it is sent
    Column("source", String(200), nullable=False),
    Column("id", String(400), nullable=False),
    Column("conversation_id", String(200)),
    Column("reason", String(100), nullable=False),
    Column("severity", Double, nullable=False),  # 0 to 1
    Column("tone", String(40), nullable=False),
    Column("language", String(40), nullable=False),
    Column("reply", Text, nullable=False),  # empty once texts are no longer kept
    Column("marked", Text, nullable=False),  # a JSON list of what must not be promised
    Column("state", String(10), nullable=False),  # waiting, approved, dismissed, sent, failed
    Column("version", Integer, nullable=False),  # counts the changes of people
    Column("created_ms", BigInteger, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
    Column("changed_by", String(200)),  # null: the monitor
    Column("note", Text),
    Column("due_ms", BigInteger, nullable=False),  # of the next try to send it
    Column("tries", Integer, nullable=False),
    Column("sent_ms", BigInteger),
    Column("error", Text),
    UniqueConstraint("feedback", "templates", name="one_of_a_text"),
    Index("draft_state", "state", "severity"),
    Index("draft_due", "state", "due_ms"),
)

REPLY_SET = Table(
    "reply_set",
    METADATA,
    Column("name", String(100), primary_key=True),
    Column("never", Text, nullable=False),  # a JSON object: words and patterns by language
    Column("changed_ms", BigInteger, nullable=False),
)

CORRECTION = Table(
    "correction",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("feedback", _NUMBER, ForeignKey("feedback.number", ondelete="CASCADE"), nullable=False),
    Column("model", String(200), nullable=False),
    Column("label_before", String(200), nullable=False),
    Column("label_after", String(200), nullable=False),
    Column("corrected_by", String(200), nullable=False),
    Column("origin", String(20), nullable=False),  # page, file, api or command
    Column("corrected_ms", BigInteger, nullable=False),
    Column("text", Text),  # only where the store keeps no texts and it was given on purpose
    Index("correction_feedback", "feedback"),
)

MODEL_CHANGE = Table(
    "model_change",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("name", String(200), nullable=False),  # as answers name it
    Column("run", String(200), nullable=False),
    Column("labels", Text, nullable=False),  # a JSON list, in their order
    Column("up_to", BigInteger, nullable=False),  # number of the last text before it
    Column("changed_ms", BigInteger, nullable=False),
)
