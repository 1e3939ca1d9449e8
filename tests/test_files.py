"""Files that are written whole or not at all."""

import hashlib
import json
import sys

import pytest

from sentilora.errors import DataError
from sentilora.files import (
    remove_partial,
    replacing,
    replacing_output,
    sha256_of,
    write_atomically,
    write_json,
)


@pytest.mark.parametrize("write", [replacing, replacing_output])
def test_a_reader_finds_the_old_file_until_the_new_one_is_complete(tmp_path, write):
    path = tmp_path / "report.json"
    path.write_text("old")
    with write(path) as stream:
        stream.write(b"new, and longer")
        assert path.read_text() == "old"
    assert path.read_text() == "new, and longer"
    assert [file.name for file in tmp_path.iterdir()] == ["report.json"]


@pytest.mark.parametrize("write", [replacing, replacing_output])
def test_a_block_that_fails_leaves_the_old_file_and_nothing_beside_it(tmp_path, write):
    path = tmp_path / "report.json"
    path.write_text("old")

    def write_half():
        with write(path) as stream:
            stream.write(b"half of the ne")
            raise KeyboardInterrupt("stopped")

    with pytest.raises(KeyboardInterrupt, match="stopped"):
        write_half()
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["report.json"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (".", r"is a folder\. Give the name"),
        ("none/page.html", r"page\.html cannot be written: there is no folder"),
        # With the rest of its hidden name it is too long.
        ("x" * 250, r"/x+ cannot be written: File name too long\."),
    ],
)
def test_what_cannot_be_written_is_told_with_the_name_that_was_given(tmp_path, name, message):
    with pytest.raises(DataError, match=message), replacing_output(tmp_path / name):
        pass


def test_inside_a_folder_of_our_own_the_system_says_what_went_wrong(tmp_path):
    with pytest.raises(FileNotFoundError, match="No such file"), replacing(tmp_path / "no" / "x"):
        pass


def test_text_and_json_are_written_in_utf8(tmp_path):
    write_atomically(tmp_path / "note.txt", "größer\n")
    assert (tmp_path / "note.txt").read_bytes() == "größer\n".encode()
    write_json(tmp_path / "facts.json", {"größe": [1, None]})
    written = (tmp_path / "facts.json").read_text(encoding="utf-8")
    assert json.loads(written) == {"größe": [1, None]}
    assert "größe" in written
    assert written.endswith("\n}\n")


def test_what_killed_processes_left_is_removed_and_nothing_else(tmp_path):
    left = tmp_path / ".out[1].csv.0a1b2c3d.tmp"
    others = [tmp_path / "out[1].csv", tmp_path / ".out1.csv.0a1b2c3d.tmp", tmp_path / "x.tmp"]
    for file in (left, *others):
        file.touch()
    remove_partial(tmp_path / "out[1].csv")
    assert not left.exists()
    assert all(file.exists() for file in others)


def test_a_hash_is_that_of_the_whole_file(tmp_path):
    content = b"0123456789" * 1_000_000
    (tmp_path / "large").write_bytes(content)
    assert sha256_of(tmp_path / "large") == hashlib.sha256(content).hexdigest()


def test_what_a_killed_process_left_goes_when_its_place_is_written_again(tmp_path):
    path = tmp_path / "scored.csv"
    (tmp_path / ".scored.csv.0a1b2c3d.tmp").write_text("half")
    (tmp_path / ".other.csv.0a1b2c3d.tmp").write_text("not ours")
    with replacing_output(path) as stream:
        stream.write(b"whole")
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        ".other.csv.0a1b2c3d.tmp",
        "scored.csv",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such locks")
def test_what_is_being_written_is_not_taken_for_left_behind(tmp_path):
    path = tmp_path / "scored.csv"
    with replacing_output(path) as first:
        first.write(b"first")
        with replacing_output(path) as second:
            second.write(b"second")
        assert path.read_bytes() == b"second"
    assert path.read_bytes() == b"first"
