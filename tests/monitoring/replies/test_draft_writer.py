"""A text gets one draft, with a reason, a severity and a reply, together with the text."""

import json

import pytest
import sqlalchemy as sa

from sentilora.monitoring.replies.draft_writer import DraftWriter
from sentilora.monitoring.replies.replies_file import read_replies
from sentilora.monitoring.replies.reply_queue import ReplyQueue
from sentilora.monitoring.rules.rule_kinds import ShareRule
from sentilora.monitoring.store.store import open_store
from sentilora.monitoring.store.store_engine import writing
from sentilora.monitoring.store.store_tables import ALERT, DRAFT, FEEDBACK
from tests.helpers.drafted_texts import add_texts, answered
from tests.helpers.feedback_server import keeping, send

GERMAN = "Mein Paket ist seit zwei Wochen nicht angekommen, und niemand antwortet mir."


@pytest.fixture
def store(store_address):
    with open_store(store_address) as opened:
        yield opened


def own(tmp_path, settings, template="{{ reason }} {{ segments.product }} {{ team }}", rules=()):
    folder = tmp_path / "mine"
    folder.mkdir(exist_ok=True)
    (folder / "other.warm.en.txt").write_text(template, encoding="utf-8")
    path = tmp_path / "replies.toml"
    path.write_text(f'folder = "mine"\nsegments = ["product"]\n{settings}', encoding="utf-8")
    return read_replies(path, rules)


def drafts(store):
    return ReplyQueue(store).drafts(None)


def test_negative_texts_get_a_draft_once(store):
    texts = [
        answered("My parcel never arrived. I want a refund!", "1", conversation_id="c"),
        answered("All good", "2", label="positive", signed=0.9),
        answered(GERMAN, "3", signed=-0.9),
        answered("I called my lawyer.", "4", source="chat"),
    ]
    assert add_texts(store, texts) == 3
    assert add_texts(store, texts) == 0
    first, second, third = drafts(store)
    assert (first.id, first.reason, first.level) == ("4", "service", "middle")
    assert first.severity == pytest.approx(0.6 * 0.8 + 0.2)
    assert (second.id, second.reason, second.language) == ("3", "delivery", "de")
    assert second.reply.startswith("Hallo")
    assert "> Mein Paket" in second.reply
    assert (third.id, third.reason, third.language, third.marked) == ("1", "delivery", "en", ())
    assert (third.state, third.conversation_id, third.text) == (
        "waiting",
        "c",
        texts[0].record.text,
    )
    assert len({one.key for one in (first, second, third)}) == 3


def test_the_first_reason_that_fits_is_taken_and_a_rule_that_fired_is_one(store, tmp_path):
    rule = ShareRule(kind="share", name="app is down", over=0.5, where={"product": "app"})
    settings = """[[reasons]]
name = "outage"
rule = "app is down"
severity = 0.95
[[reasons]]
name = "chat"
sources = ["chat"]
words = ["slow"]
"""
    writer = DraftWriter(own(tmp_path, settings, rules=[rule.name]))
    alert = {"rule": rule.name, "scope": "", "opened_ms": 1, "updated_ms": 1, "told": "",
             "figures": "{}", "examples": "[]"}  # fmt: skip
    with writing(store.engine) as connection:
        connection.execute(sa.insert(ALERT).values(alert))
    texts = [
        answered("slow", "1", product="app"),
        answered("slow", "2", source="chat", product="web"),
        answered("slow", "3", product="web"),
    ]
    add_texts(store, texts, writer, [rule])
    assert {one.id: (one.reason, one.reply, one.severity) for one in drafts(store)} == {
        "1": ("outage", "outage app Your support team", 0.95),
        "2": ("chat", "chat web Your support team", pytest.approx(0.48)),
        "3": ("other", "other web Your support team", pytest.approx(0.48)),
    }


def test_labels_probability_and_channels_say_which_texts_get_one(store, tmp_path):
    writer = DraftWriter(own(tmp_path, 'labels = ["neutral"]\nleast = 0.95\nsources = ["chat"]'))
    texts = [answered("a", "1"), answered("a", "2", label="neutral", source="chat")]
    assert add_texts(store, texts, writer) == 0
    writer = DraftWriter(own(tmp_path, 'labels = ["neutral"]\nleast = 0.9\nsources = ["chat"]'))
    more = [answered("a", "3"), answered("a", "4", label="neutral", source="chat")]
    assert add_texts(store, more, writer) == 1


def test_a_template_that_fails_on_a_text_leaves_an_empty_draft(store, tmp_path):
    template = "{% if id == '1' %}\n{% if severity > text %}{% endif %}\n{% endif %}Hello"
    add_texts(
        store, [answered("a", "1"), answered("b", "2")], DraftWriter(own(tmp_path, "", template))
    )
    told = {one.id: (one.reply, one.state, one.note) for one in drafts(store)}
    assert told["2"] == ("Hello", "waiting", None)
    assert told["1"][:2] == ("", "waiting")
    assert "the template other.warm.en failed in line 2" in told["1"][2]


def test_only_what_a_reason_says_goes_out_unread_and_never_what_is_marked(store, tmp_path):
    settings = """[send]
to = "out.jsonl"
[[reasons]]
name = "thanks"
words = ["slow"]
send_without_approval = true
"""
    replies = own(tmp_path, settings, "Thank you. {{ excerpt }}")
    texts = [answered("slow", "1"), answered("bad", "2"), answered("slow. I want a refund", "3")]
    add_texts(store, texts, DraftWriter(replies))
    told = {one.id: one.state for one in drafts(store)}
    assert told == {"1": "approved", "2": "waiting", "3": "waiting"}
    add_texts(store, [answered("slow", "4")], DraftWriter(replies, may_send=False))
    assert {one.id: one.state for one in drafts(store)}["4"] == "waiting"


def test_drafts_come_with_their_texts_or_not_at_all(store):
    writer = DraftWriter(read_replies("default"))

    def fail(connection, new, last):
        writer.write(connection, new, (), 1)
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        store.add([answered("bad", "1")], also=fail)
    with store.engine.connect() as connection:
        for table in (FEEDBACK, DRAFT):
            assert connection.execute(sa.select(table)).all() == []


def test_many_texts_at_once_and_odd_ones(store):
    odd = [
        "\ufffd",
        "{{ 7 * 7 }}",
        "<script>alert(1)</script>",
        "x" * 20_000,
        "'; DROP TABLE draft",
    ]
    texts = [answered(text, f"id {n} ' \"") for n, text in enumerate(odd * 100)]
    assert add_texts(store, texts) == 500
    found = drafts(store)
    assert len(found) == 50
    assert all(len(one.reply) < 2_000 for one in found)
    assert json.dumps([one.to_dict() for one in found])


def test_what_a_server_is_sent_gets_a_draft_too(tmp_path):
    own(tmp_path, 'labels = ["negative", "neutral", "positive"]\nleast = 0.0')
    path = tmp_path / "feedback.db"
    with keeping(path, replies=tmp_path / "replies.toml") as url:
        assert send(url, [{"id": "T-1", "text": "It broke.", "source": "shop"}])[0] == 200
    with ReplyQueue(path) as queue:
        (draft,) = queue.drafts()
    assert (draft.source, draft.id, draft.reply) == ("shop", "T-1", "quality  Your support team")
