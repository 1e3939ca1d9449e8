"""The pool with real, tiny weights: adapters of several bases, mixed, added, removed, stopped."""

import threading
import time
from concurrent.futures import CancelledError

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

import sentilora
from sentilora.errors import ModelError
from sentilora.model.artifact import write_manifest
from sentilora.serving.pool import Closing, NameTaken, QueueFull, UnknownAdapter
from sentilora.serving.queue import admission
from sentilora.serving.queue.next_batch import like_lengths
from sentilora.serving.queue.pool_factory import open_pool
from tests.helpers.adapters import save_adapter
from tests.helpers.served_models import TEXTS, Held


def test_everything_answers_in_mixed_batches_as_it_does_alone(make_pool, folders, alone):
    pool = make_pool(*folders)
    assert {one.name for one in pool.served() if not one.is_mixed} == {"deberta-2", "full-3"}
    batches = []
    pool.watch(batches.append)
    asked = [(name, number) for number in range(len(TEXTS)) for name in folders]
    with Held(pool):
        futures = [pool.submit(name, [TEXTS[number]], None) for name, number in asked]
    for (name, number), future in zip(asked, futures, strict=True):
        answer = future.result(20)
        np.testing.assert_allclose(answer.logits[0], alone[name][number], atol=2e-5)
        assert answer.logits.shape == (1, len(pool.find(name).labels))
        assert answer.probabilities.sum() == pytest.approx(1)
    assert max(batch.adapters for batch in batches) == 3  # mini-2, mini-5 and windows-2 share
    assert sum(batch.texts for batch in batches) == len(asked)
    assert sum(batch.rows for batch in batches) > len(asked)  # one rule reads windows
    assert all(batch.padded_tokens >= batch.tokens for batch in batches)


def test_many_texts_of_one_client_keep_their_order(make_pool, alone):
    pool = make_pool("mini-5", batch_tokens=32)
    texts = [TEXTS[number % 4] for number in range(50)]
    answer = pool.submit("mini-5", texts, None).result(20)
    np.testing.assert_allclose(
        answer.logits, alone["mini-5"][[n % 4 for n in range(50)]], atol=2e-5
    )
    assert answer.tokens > 50
    assert answer.truncated == [False] * 50


def test_texts_that_are_cut_are_told(make_pool):
    answer = make_pool("mini-2").submit("mini-2", ["good " * 40, "good"], None).result(20)
    assert answer.truncated == [True, False]


def test_adapters_come_and_go(make_pool, folders, alone):
    pool = make_pool("mini-2")
    with pytest.raises(UnknownAdapter, match=r"'mini-5'.*mini-2"):
        pool.submit("mini-5", ["good"], None)
    pool.add("mini-5", folders["mini-5"])
    with pytest.raises(NameTaken):
        pool.add("mini-5", folders["mini-5"])
    answer = pool.submit("mini-5", TEXTS, None).result(20)
    np.testing.assert_allclose(answer.logits, alone["mini-5"], atol=2e-5)
    pool.remove("mini-5")
    with pytest.raises(UnknownAdapter):
        pool.submit("mini-5", TEXTS, None)
    with pytest.raises(UnknownAdapter):
        pool.remove("mini-5")
    assert [one.name for one in pool.served()] == ["mini-2"]


def test_an_adapter_that_is_removed_still_answers_what_it_accepted(make_pool, folders, alone):
    pool = make_pool("mini-2", "mini-5")
    with Held(pool):
        future = pool.submit("mini-5", TEXTS, None)
        pool.remove("mini-5")
    pool.add("other", folders["windows-2"])  # may take its slot only after that
    np.testing.assert_allclose(future.result(20).logits, alone["mini-5"], atol=2e-5)


def test_adapters_change_under_load_without_a_wrong_answer(make_pool, folders, alone):
    pool = make_pool("mini-2", "mini-5")
    wrong, asked, stop = [], [], threading.Event()

    def ask(name):
        while not stop.is_set():
            try:
                answer = pool.submit(name, TEXTS, None).result(20)
            except UnknownAdapter:
                continue
            asked.append(name)
            if not np.allclose(answer.logits, alone[name], atol=2e-5):
                wrong.append(name)

    askers = [threading.Thread(target=ask, args=(name,)) for name in ("mini-2", "mini-5") * 2]
    for asker in askers:
        asker.start()
    for _ in range(12):
        pool.remove("mini-5")
        pool.add("windows-2", folders["windows-2"])
        pool.add("mini-5", folders["mini-5"])
        pool.remove("windows-2")
    stop.set()
    for asker in askers:
        asker.join(20)
    assert not wrong
    assert {"mini-2", "mini-5"} <= set(asked)


@pytest.mark.parametrize("damage", ["hash", "nan", "cut"])
def test_a_corrupt_adapter_is_refused_and_others_go_on(
    make_pool, folders, alone, tmp_path, tiny_bases, damage
):
    pool = make_pool("mini-2")
    bad = save_adapter(tiny_bases["bert"], tmp_path / "model", ("a", "b"), 77)
    weights = bad / "adapter_model.safetensors"
    if damage == "nan":
        stored = load_file(weights)
        save_file({name: tensor * float("nan") for name, tensor in stored.items()}, weights)
    else:
        weights.write_bytes(weights.read_bytes()[:-64])
    if damage != "hash":
        (bad / "manifest.json").unlink()
        write_manifest(bad)
    message = {"hash": "was changed", "nan": "finite numbers", "cut": "cannot be read"}[damage]
    with pytest.raises(ModelError, match=message):
        pool.add("bad", bad)
    assert [one.name for one in pool.served()] == ["mini-2"]
    good = pool.submit("mini-2", TEXTS, None).result(20)
    np.testing.assert_allclose(good.logits, alone["mini-2"], atol=2e-5)


def test_what_nobody_waits_for_is_not_computed(make_pool):
    pool = make_pool("mini-2")
    batches = []
    with Held(pool):
        pool.watch(batches.append)
        gone = pool.submit("mini-2", TEXTS, None)
        late = pool.submit("mini-2", TEXTS, time.monotonic() - 1)
        kept = pool.submit("mini-2", ["good"], time.monotonic() + 60)
        assert gone.cancel()
    kept.result(20)
    with pytest.raises(TimeoutError, match="time limit"):
        late.result(20)
    with pytest.raises(CancelledError):
        gone.result(20)
    pool.close(20)  # listeners are called after the answer is given
    assert [batch.texts for batch in batches] == [1]
    assert pool.queued() == (0, 0)


def test_a_full_queue_says_when_to_come_again(make_pool):
    pool = make_pool("mini-2", max_requests=3, max_texts=6)
    with Held(pool):
        futures = [pool.submit("mini-2", TEXTS, None)]
        with pytest.raises(QueueFull) as full:  # 4 + 4 texts
            pool.submit("mini-2", TEXTS, None)
        assert full.value.retry_after_s > 0
        futures += [pool.submit("mini-2", ["good"], None) for _ in range(2)]
        with pytest.raises(QueueFull):  # the fourth request
            pool.submit("mini-2", ["good"], None)
        assert pool.queued()[0] == 6
    assert all(future.result(20) for future in futures)
    assert pool.submit("mini-2", TEXTS, None).result(20)


def test_what_would_come_too_late_is_refused_at_once(make_pool, monkeypatch):
    monkeypatch.setattr(admission, "LEAST_S", 0.05)
    pool = make_pool("mini-2", batch_tokens=1)
    lane = pool._loaded["mini-2"].lane
    compute = lane.logits

    def slowly(*inputs):
        time.sleep(0.02)
        return compute(*inputs)

    monkeypatch.setattr(lane, "logits", slowly)
    waiting = [pool.submit("mini-2", ["good"], None) for _ in range(60)]
    waiting[10].result(20)
    soon = time.monotonic() + 0.1
    with pytest.raises(QueueFull, match=r"requests with .* texts wait: these 4 would be") as full:
        pool.submit("mini-2", TEXTS, soon)
    assert 0 < full.value.retry_after_s < 10
    patient = pool.submit("mini-2", TEXTS, time.monotonic() + 60)
    assert all(future.result(20) for future in [*waiting, patient])
    alone = pool.submit("mini-2", TEXTS, time.monotonic() + 0.5)  # nothing waits: nothing is known
    assert alone.result(20)


def test_the_rate_is_that_of_the_busy_time_that_goes_on():
    door = admission.Admission(10, 1000)
    door.enter(0, 0, 100, 5.0, now=0.0)
    door.enter(1, 100, 100, 1.0, now=0.5)  # too early to know
    door.left(20, 180, 2.0)  # ten a second, and 180 left
    door.enter(1, 180, 20, 22.1, now=2.0)
    with pytest.raises(QueueFull, match="answered in 20 s, and have to be in 19 s") as full:
        door.enter(1, 180, 20, 21.0, now=2.0)
    assert full.value.retry_after_s == pytest.approx(1)
    door.enter(1, 180, 20, None, now=2.0)  # who has no limit may wait
    with pytest.raises(QueueFull, match="at most 10 with 1000 may") as full:
        door.enter(1, 990, 20, None, now=2.0)
    assert full.value.retry_after_s == pytest.approx(99)
    for second in range(3, 40):  # the machine gets ten times as quick
        door.left(100, 900, float(second))
    door.enter(1, 1000 - 100, 100, 40.0 + 12, now=40.0)
    door.left(100, 0, 41.0)
    door.enter(0, 0, 900, 41.1, now=41.0)


def test_a_trickle_of_single_texts_keeps_no_large_request_out():
    door = admission.Admission(10, 1000)
    door.enter(0, 0, 1, None, now=0.0)
    for second in range(1, 60):  # two callers, each with one text at a time: one text a second
        door.enter(1, 1, 1, second + 5.0, now=float(second))
        door.left(1, 1, float(second))
    door.enter(1, 1, 900, 70.0, now=60.0)
    for tenth in range(1, 100):  # a queue that is always long, of ten texts a second
        door.enter(3, 899, 1, None, now=60 + tenth / 10)
        door.left(1, 899, 60 + tenth / 10)
    with pytest.raises(QueueFull, match="these 900 would be answered in"):
        door.enter(1, 99, 900, 80.0, now=70.0)


def test_closing_finishes_what_was_accepted(folders, alone):
    pool = open_pool({"mini-2": folders["mini-2"]}, device="cpu")
    with Held(pool):
        futures = [pool.submit("mini-2", TEXTS, None) for _ in range(40)]
        closing = threading.Thread(target=pool.close, args=(30,))
        closing.start()
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                futures.append(pool.submit("mini-2", TEXTS, None))
            except Closing:
                break
    closing.join(30)
    for future in futures:
        np.testing.assert_allclose(future.result(0).logits, alone["mini-2"], atol=2e-5)
    with pytest.raises(Closing):
        pool.add("again", folders["mini-5"])


def test_what_takes_too_long_to_finish_fails_and_does_not_hang(folders):
    pool = open_pool({"mini-2": folders["mini-2"]}, device="cpu")
    with Held(pool):
        future = pool.submit("mini-2", TEXTS, None)
        pool.close(timeout_s=0.05)
    with pytest.raises(Closing):
        future.result(20)


def test_a_text_that_cannot_be_tokenised_harms_nobody_else(make_pool, alone):
    pool = make_pool("mini-2")
    with Held(pool):
        bad = pool.submit("mini-2", ["half a character \ud800"], None)
        good = pool.submit("mini-2", TEXTS, None)
    with pytest.raises((TypeError, UnicodeError)):
        bad.result(20)
    np.testing.assert_allclose(good.result(20).logits, alone["mini-2"], atol=2e-5)
    assert pool.queued() == (0, 0)


def test_an_error_while_computing_ends_its_requests_only(make_pool, alone, monkeypatch):
    pool = make_pool("mini-2", "distil-3")
    monkeypatch.setattr(
        pool._loaded["distil-3"].lane,
        "logits",
        lambda *_: (_ for _ in ()).throw(RuntimeError("no")),
    )
    with Held(pool):
        bad = pool.submit("distil-3", TEXTS, None)
        good = pool.submit("mini-2", TEXTS, None)
    with pytest.raises(RuntimeError, match="no"):
        bad.result(20)
    np.testing.assert_allclose(good.result(20).logits, alone["mini-2"], atol=2e-5)


def test_ten_thousand_requests_are_answered_and_leave_nothing_behind(make_pool, alone):
    pool = make_pool("mini-2", "mini-5", max_requests=10_000, max_texts=10_000)
    with Held(pool):
        futures = [
            pool.submit(("mini-2", "mini-5")[number % 2], [TEXTS[number % 4]], None)
            for number in range(10_000)
        ]
        with pytest.raises(QueueFull):
            pool.submit("mini-2", ["good"], None)
    for number, future in enumerate(futures):
        expected = alone[("mini-2", "mini-5")[number % 2]][number % 4]
        np.testing.assert_allclose(future.result(60).logits[0], expected, atol=2e-5)
    assert pool.queued() == (0, 0)
    assert not pool._waiting


def test_precision_is_told(make_pool):
    assert make_pool("mini-2", precision="bf16").find("mini-2").precision == "bf16"


@pytest.mark.parametrize(
    ("fitting", "budget", "expected"),
    [
        ([(4, 1), (5, 0), (6, 2)], 18, {0, 1, 2}),
        ([(4, 1), (5, 0), (6, 2)], 12, {0, 2}),  # equally near: the longer one
        ([(4, 1), (5, 0), (9, 2)], 12, {0, 1}),
        ([(50, 0)], 12, {0}),  # longer than a batch
        ([(1, 2), (1, 3), (9, 0)], 18, {0, 3}),
    ],
)
def test_a_batch_holds_the_oldest_text_and_its_neighbours_in_length(fitting, budget, expected):
    assert set(like_lengths(fitting, budget)) == expected


@pytest.mark.slow
def test_a_cascade_and_exports_answer_as_they_do_alone(tiny_run, folders, tmp_path):
    made = {
        "cascade": sentilora.export(
            tiny_run.path, to="onnx", cascade=True, max_disagreement=0.9, output=tmp_path / "c"
        ),
        "openvino": sentilora.export(tiny_run.path, to="openvino", output=tmp_path / "o"),
    }
    texts = ["the film is good", "it was", "bad awful nasty food", "great lovely superb"]
    pool = open_pool(made, device="cpu")
    try:
        for name, path in made.items():
            answer = pool.submit(name, texts, None).result(30)
            scored = sentilora.load(path).score(texts)
            np.testing.assert_allclose(answer.logits, scored.logits, atol=2e-5)
            if name == "cascade":
                assert scored.early is not None
                assert answer.early.tolist() == scored.early.tolist()
                assert scored.early.any()
            else:
                assert answer.early is None
        # What cannot be tokenised, by another tokenizer, has the others tokenised once more.
        pool.add("other", folders["roberta-2"])
        with Held(pool):
            good = pool.submit("cascade", texts, None)
            bad = pool.submit("other", ["half a character \ud800"], None)
        with pytest.raises((TypeError, UnicodeError)):
            bad.result(20)
        expected = sentilora.load(made["cascade"]).score(texts).logits
        np.testing.assert_allclose(good.result(20).logits, expected, atol=2e-5)
    finally:
        pool.close(timeout_s=20)


def test_a_model_is_replaced_under_load_and_no_request_finds_none(make_pool, folders, alone):
    pool = make_pool("mini-2", "mini-5")
    wrong, asked, stop = [], [], threading.Event()
    right = [alone["mini-2"], alone["deberta-2"], alone["roberta-2"]]

    def ask():
        while not stop.is_set():
            answer = pool.submit("mini-2", TEXTS, None).result(20)
            asked.append([np.allclose(answer.logits, one, atol=2e-5) for one in right])
            if not any(asked[-1]):
                wrong.append(answer)

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    for name in ("deberta-2", "mini-2", "roberta-2"):
        assert pool.replace("mini-2", folders[name]).name == "mini-2"
    with pytest.raises(ModelError):
        pool.replace("mini-2", folders["mini-2"] / "nothing")
    stop.set()
    for asker in askers:
        asker.join(20)
    assert not wrong
    assert [one.name for one in pool.served()] == ["mini-2", "mini-5"]
    assert np.allclose(pool.submit("mini-2", TEXTS, None).result(20).logits, right[2], atol=2e-5)
    with pytest.raises(UnknownAdapter):
        pool.replace("none", folders["mini-2"])


def test_what_was_accepted_before_a_model_is_replaced_is_answered_by_it(make_pool, folders, alone):
    pool = make_pool("mini-2")
    with Held(pool):
        future = pool.submit("mini-2", TEXTS, None)
        changed = threading.Thread(target=pool.replace, args=("mini-2", folders["roberta-2"]))
        changed.start()
    changed.join(20)
    np.testing.assert_allclose(future.result(20).logits, alone["mini-2"], atol=2e-5)
    again = pool.submit("mini-2", TEXTS, None).result(20)
    np.testing.assert_allclose(again.logits, alone["roberta-2"], atol=2e-5)
