"""A file that grows, is rotated, and is gone on with."""

import json
import os
import threading

import pytest

from sentilora.monitoring.feedback_record import RecordColumns
from sentilora.monitoring.sources import grown_file
from sentilora.monitoring.sources.grown_file import GrownFile
from sentilora.monitoring.sources.record_batch import MOST_LINE_BYTES, MOST_RECORDS


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch):
    for name, value in (("_LOOKED_S", 0.005), ("_LEFT_S", 0.02), ("_IDLE_S", 0.02)):
        monkeypatch.setattr(grown_file, name, value)


class Follower:
    """Reads a source step by step, and remembers its position as a store does."""

    def __init__(self, path, form="jsonl", position=None, **settings):
        self.stop = threading.Event()
        self.position = position
        source = GrownFile(path, "app", form, RecordColumns(), **settings)
        self._batches = source.batches(position, self.stop)
        self.texts, self.ids, self.refused = [], [], []

    def take(self, idle=1):
        """Take what comes until nothing came so many times; return the texts."""
        texts = []
        while idle:
            batch = next(self._batches, None)
            if batch is None:
                break
            if not batch.records and not batch.refused:
                idle -= 1
                continue
            texts += [one.text for one in batch.records]
            self.ids += [one.id for one in batch.records]
            self.refused += batch.refused
            self.position = json.loads(json.dumps(batch.position))
        self.texts += texts
        return texts


def line(number):
    return json.dumps({"text": f"text {number}"}) + "\n"


def append(path, content):
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(content)


def test_what_comes_later_is_read_and_half_a_line_is_waited_for(tmp_path):
    path = tmp_path / "in.jsonl"
    follower = Follower(path)
    assert follower.take() == []  # not there yet
    append(path, line(1) + line(2)[:9])
    assert follower.take() == ["text 1"]
    append(path, line(2)[9:] + "\n\n" + line(3))
    assert follower.take() == ["text 2", "text 3"]
    assert follower.refused == []
    assert len(set(follower.ids)) == 3


def test_a_file_that_is_not_followed_ends_with_its_last_line_whole_or_not(tmp_path):
    path = tmp_path / "in.jsonl"
    append(path, line(1) + line(2).rstrip())
    assert Follower(path, follows=False).take() == ["text 1", "text 2"]


def test_it_goes_on_from_a_position_with_the_same_ids(tmp_path):
    path = tmp_path / "in.jsonl"
    append(path, "".join(map(line, range(MOST_RECORDS + 10))))
    first = Follower(path)
    batch = next(first._batches)
    half = (MOST_RECORDS + 10) // 2  # no batch is small that need not be
    assert len(batch.records) == half
    rest = Follower(path, position=batch.position)
    assert rest.take() == [f"text {n}" for n in range(half, MOST_RECORDS + 10)]
    again = Follower(path, position=batch.position)
    again.take()
    assert again.ids == rest.ids
    assert not set(again.ids) & {one.id for one in batch.records}


@pytest.mark.parametrize("way", ["moved away", "emptied"])
@pytest.mark.parametrize("is_up", [True, False])
def test_a_rotated_file_is_read_to_its_end_and_the_new_one_from_its_beginning(tmp_path, way, is_up):
    path = tmp_path / "in.csv"
    append(path, "text\n" + "".join(f"old {n}\n" for n in range(5)))
    follower = Follower(path, "csv")
    assert len(follower.take()) == 5
    if way == "moved away":
        path.rename(tmp_path / "in.csv.1")
        append(tmp_path / "in.csv.1", "old 5\n")
    else:
        os.truncate(path, 0)
    append(path, "text\nnew 0\n")
    ids = list(follower.ids)
    if not is_up:
        follower = Follower(path, "csv", follower.position)
        follower.ids = list(ids)
    assert follower.take(3) == (["old 5"] if way == "moved away" else []) + ["new 0"]
    assert len(set(follower.ids)) == len(follower.ids) == len(ids) + (1 if way == "emptied" else 2)


def test_files_that_were_rotated_twice_meanwhile_are_all_read(tmp_path):
    path = tmp_path / "in.jsonl"
    append(path, line(1))
    follower = Follower(path)
    follower.take()
    append(path, line(2))
    path.rename(tmp_path / "in.jsonl.2")
    append(tmp_path / "in.jsonl.1", line(3))
    append(path, line(4))
    append(tmp_path / "in-other.jsonl", line(5))
    for age, name in enumerate(("in.jsonl", "in.jsonl.1", "in.jsonl.2")):
        os.utime(tmp_path / name, ns=(0, (9 - age) * 10**15))
    follower = Follower(path, position=follower.position)
    assert follower.take() == ["text 2", "text 3", "text 4"]
    os.utime(tmp_path / "in.jsonl.1")  # somebody looked at it; it is older all the same
    again = Follower(path, position=follower.position)
    assert again.take() == []


def test_a_field_in_quotes_holds_line_ends_and_an_open_quote_is_refused(tmp_path):
    path = tmp_path / "in.csv"
    append(path, 'id,text\n1,"two\nlines, and ""quotes"""\n2,plain\n3,"never closed\n4,x\n')
    follower = Follower(path, "csv", follows=False)
    assert follower.take() == ['two\nlines, and "quotes"', "plain", "x"]
    assert follower.ids == ["1", "2", "4"]
    assert [(one.place, one.reason) for one in follower.refused] == [
        ("byte 46", "a quote opens here and does not close")
    ]


def test_lines_that_are_no_records_are_refused_and_the_rest_is_read(tmp_path):
    path = tmp_path / "in.jsonl"
    long = json.dumps({"text": "x" * (2 * MOST_LINE_BYTES)})
    path.write_bytes(
        b'{"text": "a"}\nno json\n[1]\n{"text": 5}\n{"body": "b", "at": "never"}\n\xff\n'
        + long.encode()
        + b"\n"
        + line(7).encode()
    )
    follower = Follower(path)
    assert follower.take() == ["a", "text 7"]
    assert len(follower.refused) == 6
    reasons = " | ".join(one.reason for one in follower.refused)
    for told in (
        "no JSON",
        "an object",
        "not a string",
        "'never' is no time",
        "UTF-8",
        "1,000,000",
    ):
        assert told in reasons


def test_a_row_with_other_fields_than_the_header_is_refused(tmp_path):
    path = tmp_path / "in.csv"
    append(path, "id,text\n1,good,fine\n2,good\n")
    follower = Follower(path, "csv", follows=False)
    assert follower.take() == ["good"]
    assert follower.refused[0].reason == "3 fields; the header has 2"
