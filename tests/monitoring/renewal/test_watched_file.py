"""A change of a file counts once, and once it stands still."""

import pytest

from sentilora.monitoring.renewal.watched_file import Change, WatchedFile


class Watched:
    """A file, and a clock that a test moves."""

    def __init__(self, path):
        self.now_s = 0.0
        self.path = path
        path.write_bytes(b"one")
        self.file = WatchedFile(path, lambda: self.now_s)

    def look(self, content=None):
        if content is not None:
            self.path.write_bytes(content)
        self.now_s += 1.0
        return self.file.change()


@pytest.fixture
def watched(tmp_path):
    return Watched(tmp_path / "rules.toml")


def test_what_was_there_is_no_change(watched):
    assert [watched.look() for _ in range(3)] == [None] * 3


def test_a_change_is_told_once_when_two_looks_find_the_same(watched):
    assert watched.look(b"two") is None
    assert watched.look() == Change(b"two")
    assert watched.look() is None


def test_half_a_file_is_not_told(watched):
    assert [watched.look(half) for half in (b"t", b"tw", b"two")] == [None] * 3
    assert watched.look() == Change(b"two")
    assert watched.look(b"o") is None
    assert watched.look(b"two") is None  # as it was: nothing has changed
    assert watched.look() is None


def test_one_that_is_gone_and_comes_back_is_told(watched):
    watched.path.unlink()
    assert [watched.look(), watched.look()] == [None, Change(None)]
    assert [watched.look(b"one"), watched.look()] == [None, Change(b"one")]


def test_one_that_could_not_be_taken_is_told_again(watched):
    watched.look(b"two")
    assert watched.look() == Change(b"two")
    watched.file.repeat()
    assert watched.look() == Change(b"two")
    assert watched.look() is None


def test_it_is_looked_at_once_a_second(watched):
    watched.path.write_bytes(b"two")
    watched.now_s = 1.0
    watched.file.change()
    watched.now_s = 1.5
    assert watched.file.change() is None
    watched.now_s = 2.0
    assert watched.file.change() == Change(b"two")
