"""Approved replies arrive, each once for what was confirmed; what fails is tried again or told."""

import json
import threading

import httpx2
import pytest

from sentilora.errors import ConfigError
from sentilora.monitoring.replies.post.reply_courier import ReplyCourier
from sentilora.monitoring.replies.post.reply_targets import (
    ReplyFile,
    ReplyRefused,
    Webhook,
    open_target,
)
from sentilora.monitoring.replies.reply_queue import ReplyQueue
from sentilora.monitoring.store.store import open_store
from tests.helpers.drafted_texts import add_texts, answered


class Clock:
    def __init__(self):
        self.now = 4_000_000_000.0

    def __call__(self):
        return self.now


class Target:
    """Takes replies, and fails as it is told to."""

    def __init__(self, *errors):
        self.errors = list(errors)
        self.got = []

    def send(self, draft, *, is_again):
        error = self.errors.pop(0) if self.errors else None
        if error is not None:
            raise error
        self.got.append((draft.key, is_again))


@pytest.fixture
def store(store_address):
    with open_store(store_address) as opened:
        yield opened


@pytest.fixture
def queue(store):
    texts = [answered(f"My parcel {n} is late", str(n), conversation_id="c") for n in range(3)]
    add_texts(store, texts)
    return ReplyQueue(store)


def approve_all(queue):
    drafts = queue.drafts()
    for one in drafts:
        queue.approve(one.number, by="Ann")
    return drafts


def test_nothing_is_sent_that_nobody_approved(queue, store):
    target = Target()
    assert ReplyCourier(store, target, Clock()).send_due().sent == 0
    (first, *_), clock = queue.drafts(), Clock()
    queue.approve(first.number, by="Ann")
    assert ReplyCourier(store, target, clock).send_due().sent == 1
    assert ReplyCourier(store, target, clock).send_due().sent == 0
    assert target.got == [(first.key, False)]
    done = queue.show(first.number)
    assert (done.state, done.sent_ms) == ("sent", 4_000_000_000_000)


def test_what_does_not_arrive_is_tried_again_later_and_what_is_refused_is_told(queue, store):
    approve_all(queue)
    clock, target = Clock(), Target(OSError("away"), ReplyRefused("the address answered 404"))
    courier = ReplyCourier(store, target, clock)
    done = courier.send_due()
    assert (done.sent, done.waiting, done.failed) == (1, 1, 1)
    assert done.error == "the address answered 404"
    (failed,) = queue.drafts("failed")
    assert failed.error == "the address answered 404"
    (late,) = queue.drafts("approved")
    assert late.error == "away"
    assert courier.send_due().sent == 0
    clock.now += 11
    assert courier.send_due().sent == 1
    assert target.got[-1] == (late.key, True)
    queue.approve(failed.number, by="Bob")
    clock.now += 1
    assert courier.send_due().sent == 1
    assert queue.counts()["sent"] == 3


def test_a_target_that_is_away_is_left_alone_for_a_while(store):
    add_texts(store, [answered("late", str(n)) for n in range(9)])
    approve_all(ReplyQueue(store))
    target = Target(*[OSError("away")] * 9)
    assert ReplyCourier(store, target, Clock()).send_due().waiting == 5
    assert len(target.errors) == 4


def test_a_program_that_is_killed_sends_again_with_the_same_key(queue, store):
    first = approve_all(queue)[0]
    clock = Clock()

    class Killed(Target):
        def send(self, draft, *, is_again):
            super().send(draft, is_again=is_again)
            raise KeyboardInterrupt

    killed = Killed()
    with pytest.raises(KeyboardInterrupt):
        ReplyCourier(store, killed, clock).send_due()
    target = Target()
    ReplyCourier(store, target, clock).send_due()
    assert first.key not in [key for key, _ in target.got]  # it is claimed for a minute
    clock.now += 61
    ReplyCourier(store, target, clock).send_due()
    assert target.got[-1] == (first.key, True)
    assert killed.got == [(first.key, False)]


def test_two_programs_send_each_reply_once(store, store_address):
    add_texts(store, [answered("late", str(n)) for n in range(30)])
    queue = ReplyQueue(store)
    approve_all(queue)
    target, clock = Target(), Clock()

    def work():
        with open_store(store_address) as mine:
            ReplyCourier(mine, target, clock).send_due()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(target.got) == len(set(target.got)) == 30
    assert queue.counts()["sent"] == 30


def test_a_webhook_gets_the_reply_with_its_key(queue, store):
    (first, *_) = approve_all(queue)
    asked, status = [], [503, 302, 204]

    def answer(request):
        asked.append((request, json.loads(request.content)))
        return httpx2.Response(status[len(asked) - 1], headers={"Location": "http://elsewhere/"})

    hook = Webhook("https://desk.example/replies", "secret", httpx2.MockTransport(answer))
    with pytest.raises(OSError, match="answered 503"):
        hook.send(first, is_again=False)
    with pytest.raises(ReplyRefused, match="answered 302"):
        hook.send(first, is_again=False)
    hook.send(first, is_again=True)
    request, body = asked[-1]
    assert request.headers["Idempotency-Key"] == first.key == body["key"]
    assert request.headers["Authorization"] == "Bearer secret"
    assert set(body) == {"key", "id", "source", "conversation_id", "language", "reason", "reply"}
    assert (body["id"], body["conversation_id"], body["reply"]) == (first.id, "c", first.reply)
    away = Webhook("http://127.0.0.1:9/")
    with pytest.raises(OSError, match="ConnectError"):
        away.send(first, is_again=False)


def test_a_file_holds_each_reply_once_after_a_line_that_was_cut_off(queue, store, tmp_path):
    (first, second, _) = approve_all(queue)
    path = tmp_path / "out.jsonl"
    path.write_text('{"key": "' + first.key)  # a power cut
    target = ReplyFile(path)
    target.send(first, is_again=True)
    target.send(first, is_again=True)
    target.send(second, is_again=False)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["key"] for line in lines[1:]] == [first.key, second.key]
    ReplyFile(tmp_path / "new.jsonl").send(first, is_again=True)
    assert (tmp_path / "new.jsonl").stat().st_mode & 0o077 == 0


def test_where_to_is_checked(tmp_path, monkeypatch):
    monkeypatch.setenv("DESK_KEY", "a")
    assert isinstance(open_target("https://desk.example/", "DESK_KEY"), Webhook)
    assert isinstance(open_target("out.jsonl", base=tmp_path), ReplyFile)
    with pytest.raises(ConfigError, match="the environment has no such variable"):
        open_target("https://desk.example/", "NO_KEY")
    for wrong in ("ftp://desk.example/", "none/out.jsonl", str(tmp_path)):
        with pytest.raises(ConfigError, match="expected an address that begins with https"):
            open_target(wrong, base=tmp_path)
