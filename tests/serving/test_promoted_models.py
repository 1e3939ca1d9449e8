"""What a file stands for is served, also when that changes while the server runs."""

import re
import threading
import time

import pytest

from sentilora.model.promoted.pointer import Pointer, Promoted, write_pointer
from sentilora.serving import promoted_models
from sentilora.serving.promoted_models import PromotedModels
from tests.helpers.served_models import TEXTS


class World:
    """A pool with one model that a file stands for."""

    def __init__(self, folder, folders, make_pool):
        self.file, self.folders, self.told = folder / "promoted", folders, []
        self.point("mini-2")
        self.followed = PromotedModels({"live": str(self.file), "fixed": "general"}, self.tell)
        self.pool = make_pool()
        self.pool.add("live", self.file)

    def tell(self, name, model, refused):
        self.told.append((name, model.rpartition("/")[2], refused))

    def point(self, name, folder=None):
        told = Promoted(str((folder or self.folders[name]).parent), "0")
        write_pointer(Pointer(self.file, told))

    def label(self):
        return self.pool.submit("live", TEXTS, None).result(20)


@pytest.fixture
def world(tmp_path, folders, make_pool):
    return World(tmp_path, folders, make_pool)


def test_a_new_model_answers_from_now_on(world, alone):
    world.followed.look(world.pool)
    assert world.told == []
    world.point("deberta-2")
    world.followed.look(world.pool)
    world.followed.look(world.pool)
    assert world.told == [("live", "deberta-2", None)]
    assert world.label().logits == pytest.approx(alone["deberta-2"], abs=2e-5)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("roberta-2", "roberta-2 has the labels calm, angry, and the model that answers as 'live'"),
        (None, "There is no run or model at .*gone"),
    ],
)
def test_one_that_does_not_fit_is_refused_and_the_old_one_goes_on(
    world, alone, tmp_path, name, reason
):
    world.point(name, None if name else tmp_path / "gone" / "model")
    world.followed.look(world.pool)
    world.followed.look(world.pool)
    ((_, _, refused),) = world.told
    assert re.search(reason, refused)
    assert world.label().logits == pytest.approx(alone["mini-2"], abs=2e-5)
    world.point("deberta-2")
    world.followed.look(world.pool)
    assert world.told[-1] == ("live", "deberta-2", None)


def test_a_file_that_says_nothing_for_a_while_changes_nothing(world):
    whole = world.file.read_bytes()
    for content in (b"", whole[:20], whole):
        world.file.write_bytes(content)
        world.followed.look(world.pool)
    assert world.told == []


def test_the_thread_ends_with_the_server(world, monkeypatch):
    monkeypatch.setattr(promoted_models, "LOOKED_S", 0.01)
    threads = set(threading.enumerate())
    world.followed.start(world.pool)
    world.point("deberta-2")
    deadline = time.monotonic() + 20
    while not world.told and time.monotonic() < deadline:
        time.sleep(0.01)
    world.followed.stop()
    assert world.told
    assert set(threading.enumerate()) == threads
    PromotedModels({"a": "general"}).start(world.pool)  # nothing to follow: no thread
    assert set(threading.enumerate()) == threads
