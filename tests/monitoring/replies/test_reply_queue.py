"""People approve, change and dismiss drafts; of two at once one wins, and the other is told."""

import threading

import pytest

from sentilora.errors import ConfigError, DataError
from sentilora.monitoring.replies.draft_writer import DraftWriter
from sentilora.monitoring.replies.replies_file import read_replies
from sentilora.monitoring.replies.reply_queue import ReplyQueue
from sentilora.monitoring.store.store import open_store
from tests.helpers.drafted_texts import add_texts, answered


@pytest.fixture
def store(store_address):
    with open_store(store_address) as opened:
        yield opened


@pytest.fixture
def queue(store):
    add_texts(store, [answered(f"My parcel {n} is late", str(n), signed=-n / 10) for n in (3, 9)])
    return ReplyQueue(store)


def test_a_draft_is_changed_approved_and_then_left_alone(queue):
    first = queue.drafts()[0]
    assert first.id == "9"
    assert queue.counts() == {"waiting": 2, "approved": 0, "dismissed": 0, "sent": 0, "failed": 0}
    changed = queue.edit(first.number, "  We are on it.\0 ", by="Ann")
    assert (changed.reply, changed.state, changed.version) == ("We are on it.\ufffd", "waiting", 1)
    done = queue.approve(first.number, by="Bob")
    assert (done.state, done.changed_by, done.version) == ("approved", "Bob", 2)
    for attempt in (
        lambda: queue.approve(first.number, by="Cem"),
        lambda: queue.edit(first.number, "No", by="Cem"),
    ):
        with pytest.raises(
            DataError, match=r"was approved, by Bob, .*Expected one that is waiting"
        ):
            attempt()
    assert queue.dismiss(first.number, by="Ann", note="x" * 5000).note == "x" * 1000
    assert queue.edit(first.number, "Again", by="Ann").state == "waiting"


def test_what_was_changed_since_it_was_read_is_told(queue):
    draft = queue.drafts()[0]
    queue.edit(draft.number, "Mine", by="Ann", version=0)
    for does in (queue.approve, queue.dismiss):
        with pytest.raises(DataError, match="was changed by Ann"):
            does(draft.number, by="Bob", version=0)
    with pytest.raises(DataError, match="was changed by Ann"):
        queue.edit(draft.number, "His", by="Bob", version=0)
    assert queue.show(draft.number).reply == "Mine"


def test_what_is_marked_needs_a_word_and_edits_are_looked_at_too(queue):
    draft = queue.drafts()[0]
    changed = queue.edit(draft.number, "You get a refund by Monday.", by="Ann")
    assert [one.words for one in changed.marked] == ["refund", "by Monday"]
    with pytest.raises(ConfigError, match="says 'refund', 'by Monday', which a reply must not"):
        queue.approve(draft.number, by="Ann")
    assert queue.show(draft.number).state == "waiting"
    assert queue.approve(draft.number, by="Ann", force=True).state == "approved"
    other = queue.drafts()[0]
    assert queue.edit(other.number, "> My parcel 3 is late\nWe look.", by="Ann").marked == ()


def test_the_words_are_those_of_the_set_that_made_the_draft(store, tmp_path):
    path = tmp_path / "replies.toml"
    path.write_text('name = "mine"\n[never.xx]\nwords = ["parrot*"]\n')
    add_texts(store, [answered("bad", "1")], DraftWriter(read_replies(path)))
    queue = ReplyQueue(store)
    number = queue.drafts()[0].number
    assert queue.edit(number, "A refund", by="Ann").marked == ()
    queue.edit(number, "Two parrots", by="Ann")
    with pytest.raises(ConfigError, match="'parrots'"):
        queue.approve(number, by="Ann")


def test_what_cannot_be_is_refused(queue):
    with pytest.raises(DataError, match="has no draft 99"):
        queue.show(99)
    number = queue.drafts()[0].number
    for reply in ("", " \n", "a" * 10_001):
        with pytest.raises(ConfigError, match="Expected 1 to 10,000"):
            queue.edit(number, reply, by="Ann")
    with pytest.raises(ConfigError, match='state="open": expected one of waiting'):
        queue.drafts("open")
    assert queue.drafts("approved") == []
    assert queue.drafts(reason="payment") == []
    with pytest.raises(DataError, match="There is no store none"):
        ReplyQueue("none.db")


def test_of_two_who_approve_at_once_one_is_told(queue, store_address):
    draft = queue.drafts()[0]
    told, started = [], threading.Barrier(4)

    def approve(name):
        with open_store(store_address) as store:
            mine = ReplyQueue(store)
            started.wait()
            try:
                told.append(mine.approve(draft.number, by=name, version=0).changed_by)
            except DataError as error:
                told.append(str(error))

    threads = [threading.Thread(target=approve, args=(name,)) for name in "abcd"]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    winner = queue.show(draft.number).changed_by
    assert told.count(winner) == 1
    assert sum(f"was approved, by {winner}" in one for one in told) == 3


def test_a_reply_whose_text_is_no_longer_kept_cannot_go_out(queue, store):
    number = queue.drafts()[0].number
    store.drop_texts(2_000_000_000_000)
    draft = queue.show(number)
    assert (draft.text, draft.reply, draft.state) == (None, "", "dismissed")
    queue.edit(number, "We are sorry.", by="Ann")
    assert queue.approve(number, by="Ann").state == "approved"
