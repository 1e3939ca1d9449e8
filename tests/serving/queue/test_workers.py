"""Batches side by side: which ones, with how many cores, and that one harms no other."""

import itertools
import os
import subprocess
import sys
import threading
from collections import deque
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController

from sentilora.serving.pool import Closing
from sentilora.serving.queue import threads as cores_module
from sentilora.serving.queue.next_batch import BESIDE_TOKENS, take_batch
from sentilora.serving.queue.pool_factory import open_pool
from sentilora.serving.queue.threads import MOST_WORKERS, Cores
from tests.helpers.http_client import until
from tests.helpers.served_models import TEXTS, Held

LONG = "good " * 12


@pytest.fixture
def two_workers(monkeypatch):
    """Have two threads compute, however many cores this machine has."""
    monkeypatch.setattr(cores_module, "usable_threads", lambda: 2)


def lane(running: int = 0, most: int = 4) -> Any:
    return SimpleNamespace(running=running, most=most)


def waiting(*texts: tuple[Any, int]) -> Any:
    """Make texts that wait, of ``(lane, length)``."""
    served = SimpleNamespace(device="cpu")
    return deque(
        SimpleNamespace(
            request=SimpleNamespace(loaded=SimpleNamespace(lane=own, served=served)), length=length
        )
        for own, length in texts
    )


def take(texts: Any, **options: Any) -> list[int]:
    batch = take_batch(texts, options.get("is_ready", lambda _: True), 1024)
    return [text.length for text in batch]


def test_a_few_texts_wait_for_the_batch_of_their_lane_to_end():
    busy = lane(running=1)
    texts = waiting((busy, 30), (busy, 31))
    assert take(texts) == []
    assert len(texts) == 2
    texts.extend(waiting((busy, BESIDE_TOKENS)))
    assert take(texts) == [30, 31, BESIDE_TOKENS]
    assert not texts


def test_a_lane_that_is_full_lets_another_go_first():
    full, free = lane(running=1, most=1), lane()
    texts = waiting((full, 500), (free, 7), (full, 500), (free, 8))
    assert take(texts) == [7, 8]
    free.running = 1
    assert take(texts) == []
    full.running = 0
    assert take(texts) == [500, 500]


def test_what_nobody_wants_makes_room_for_what_waits_behind_it():
    texts = waiting((lane(), 5), (lane(), 6))
    unwanted = texts[0].request
    assert take(texts, is_ready=lambda request: request is not unwanted) == [6]
    assert take(waiting((lane(), 5)), is_ready=lambda _: False) == []


def test_two_batches_of_one_lane_are_computed_at_the_same_time(two_workers, make_pool, alone):
    pool = make_pool("mini-2", batch_tokens=128)
    shared = pool._loaded["mini-2"].lane
    compute, together, batches = shared.logits, threading.Barrier(2), itertools.count()

    def meet(*batch):
        if next(batches) < 2:
            together.wait(20)  # breaks, and so fails the requests, unless two are here
        return compute(*batch)

    with Held(pool):
        shared.logits = meet
        futures = [pool.submit("mini-2", [text], None) for text in [*TEXTS[:2], LONG] * 8]
    found = [future.result(30).logits[0] for future in futures]
    np.testing.assert_allclose(found[:2], alone["mini-2"][:2], atol=2e-5)
    assert shared.running == 0


def test_whatever_computes_with_torch_answers_side_by_side(two_workers, make_pool, alone):
    names = ["full-3", "deberta-2", "distil-3", "mini-5"]
    pool = make_pool(*names, batch_tokens=64)
    with Held(pool):
        futures = [(name, pool.submit(name, TEXTS, None)) for name in names * 40]
    for name, future in futures:
        np.testing.assert_allclose(future.result(60).logits, alone[name], atol=2e-5)
    assert pool.queued() == (0, 0)


def test_runtimes_and_accelerators_compute_one_batch_at_a_time():
    import torch

    from sentilora.serving.queue.backends import OwnLane, SharedLane

    def engine(name, kind):
        return SimpleNamespace(name=name, device=torch.device(kind))

    assert OwnLane(engine("torch", "cpu")).most == MOST_WORKERS
    assert OwnLane(engine("openvino", "cpu")).most == 1
    assert OwnLane(engine("torch", "cuda")).most == 1
    assert SharedLane(engine("torch", "cuda")).most == 1


def test_an_adapter_leaves_only_when_no_batch_is_computed(two_workers, make_pool, alone):
    """Also when its last request was given up while a batch with a text of it is computed."""
    pool = make_pool("mini-2", "mini-5", batch_tokens=16)
    shared = pool._loaded["mini-5"].lane
    compute, begun, gate = shared.logits, threading.Event(), threading.Event()

    def wait(*batch):
        begun.set()
        assert gate.wait(30)
        return compute(*batch)

    with Held(pool):
        shared.logits = wait
        gone = pool.submit("mini-5", [LONG, "good"], None)
        kept = pool.submit("mini-2", TEXTS, None)
    assert begun.wait(20)
    pool.remove("mini-5")
    assert not gone.cancel()  # a part of it is computed by now
    gate.set()
    np.testing.assert_allclose(kept.result(30).logits, alone["mini-2"], atol=2e-5)
    assert gone.result(30).logits.shape == (2, 5)
    pool._do(lambda: None)
    assert list(shared.shared._heads) == [0]


def test_when_a_thread_breaks_down_nobody_waits_for_ever(make_pool, monkeypatch):
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    pool = make_pool("mini-2")
    with Held(pool):
        monkeypatch.setattr(pool, "_take_in", lambda _: (_ for _ in ()).throw(MemoryError))
        future = pool.submit("mini-2", TEXTS, None)
    with pytest.raises(Closing):
        future.result(20)
    with pytest.raises(Closing):
        pool.submit("mini-2", TEXTS, None)
    for thread in pool._crew._threads:
        thread.join(20)  # its error is swallowed as long as this test runs
        assert not thread.is_alive()


def threads_here() -> list[int]:
    found = ThreadpoolController().select(user_api="openmp").lib_controllers
    return [library.get_num_threads() for library in found]


def test_cores_are_shared_out(monkeypatch):
    for usable, workers, share in ((1, 1, 1), (2, 2, 1), (4, 4, 1), (16, 4, 4)):
        monkeypatch.setattr(cores_module, "usable_threads", lambda usable=usable: usable)
        found = Cores()
        assert (found.all, found.workers, found.share) == (usable, workers, share)


@pytest.mark.process
def test_who_wants_fewer_threads_gets_fewer():
    command = (
        "from sentilora.serving.queue.threads import Cores; c = Cores(); print(c.all, c.workers)"
    )
    found = subprocess.run(
        [sys.executable, "-c", command],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.split() == ["1", "1"]


def test_a_thread_takes_cores_for_itself_only():
    cores = Cores()
    before, seen = threads_here(), []

    def work():
        cores.use(3)
        seen.append(threads_here())
        with cores.sharing():
            seen.append(threads_here())
        seen.append(threads_here())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert before
    assert seen == [[3] * len(before), [cores.share] * len(before), [3] * len(before)]
    assert threads_here() == before


def test_a_batch_that_is_alone_gets_all_cores(two_workers, make_pool, monkeypatch):
    pool = make_pool("mini-2")
    given = []
    monkeypatch.setattr(pool._cores, "use", given.append)

    def ask():
        pool.submit("mini-2", ["good"], None).result(20)
        return 2 in given

    until(ask)  # the first thread may be busy falling asleep at first
    given.clear()
    with Held(pool):
        futures = [pool.submit("mini-2", [LONG] * 200, None) for _ in range(2)]
        given.clear()
    assert all(future.result(20) for future in futures)
    assert 2 not in given[:4]  # more waits when the first batch begins


def test_one_core_is_enough(folders, alone, monkeypatch):
    monkeypatch.setattr(cores_module, "usable_threads", lambda: 1)
    pool = open_pool({"mini-2": folders["mini-2"]}, device="cpu")
    try:
        answers = [pool.submit("mini-2", TEXTS, None) for _ in range(20)]
        for answer in answers:
            np.testing.assert_allclose(answer.result(20).logits, alone["mini-2"], atol=2e-5)
    finally:
        pool.close(timeout_s=20)
