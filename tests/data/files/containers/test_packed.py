from __future__ import annotations

import bz2
import gzip
import json
import lzma
import zipfile
from errno import ENOSPC
from pathlib import Path

import pyarrow as pa
import pytest

from sentilora.data.files.containers import packed
from sentilora.data.files.sources import locate, open_single
from sentilora.errors import DataError

CSV = b"text,label\nLovely,positive\nIt broke,negative\n"
ROWS = [{"text": "Lovely", "label": "positive"}, {"text": "It broke", "label": "negative"}]
PACKERS = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": lambda data: pa.compress(data, codec="zstd", asbytes=True),
}


def archive(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


@pytest.mark.parametrize("packing", PACKERS)
@pytest.mark.parametrize("name", ["a.csv", "a.JSON", "a.ndjson"])
def test_packed_files_are_read(write, rows, pairs, packing, name):
    content = CSV if name == "a.csv" else b"\n".join(json.dumps(row).encode() for row in ROWS)
    path = write(f"{name}{packing}x", PACKERS[packing](content))
    path = path.rename(path.with_name(f"{name}{packing}"))
    assert rows(path) == ROWS
    assert pairs(path) == [("Lovely", "positive"), ("It broke", "negative")]
    assert open_single(path).files == (path,)


@pytest.mark.parametrize("packing", PACKERS)
def test_half_a_packed_file_is_refused(write, packing):
    content = PACKERS[packing](bytes(range(256)) * 40)
    path = write("a", content[: len(content) // 2]).rename(
        write("b", "").with_name(f"a.json{packing}")
    )
    with pytest.raises(
        DataError, match=rf"is not a whole {packing} file: .*Pack or fetch it again"
    ):
        open_single(path)


def test_files_of_an_archive_that_differ_are_told_by_their_own_names(tmp_path):
    path = archive(tmp_path / "a b.zip", {"one.csv": CSV, "two.csv": b"id,text\n1,a\n"})
    with pytest.raises(DataError) as caught:
        locate(path).open("train")
    assert "columns: one.csv has 'text', 'label', two.csv has 'id', 'text'." in str(caught.value)
    assert str(caught.value).endswith(f"python -m zipfile -e '{path}' 'a b'")


def test_files_of_a_part_that_differ_are_told_with_the_way_to_unpack_them(tmp_path):
    members = {"train/a.csv": CSV, "train/b.csv": b"id,text\n1,a\n", "test/a.csv": CSV}
    path = archive(tmp_path / "a.zip", members)
    with pytest.raises(DataError, match=r"files of different columns.*python -m zipfile -e"):
        locate(path).open("train")


def test_an_archive_of_one_table_is_that_table(tmp_path, rows, pairs):
    members = {"in/reviews.csv": CSV, "__MACOSX/in/._reviews.csv": b"x", "in/read me.md": b"x"}
    path = archive(tmp_path / "a.csv.zip", members)
    assert rows(path) == ROWS
    assert len(pairs(path)) == 2
    assert open_single(path).files == (path,)


def test_an_archive_of_parts_is_like_their_folder(tmp_path, pairs):
    path = archive(tmp_path / "a.zip", {"train.csv": CSV, "test.csv": CSV, "sub.csv": b"id\n1\n"})
    location = locate(path)
    assert set(location.parts) == {"train", "test"}
    assert location.open("test").name == f"{path}/test.csv"
    assert len(pairs(path)) == 2
    with pytest.raises(
        DataError, match=r"one table in it\. Found: 'train\.csv', 'test\.csv'.*zipfile -e"
    ):
        open_single(path)


@pytest.mark.parametrize(
    ("members", "expected"),
    [({"a.txt.exe": b"x"}, "without train"), ({"../../evil.csv": CSV}, None)],
)
def test_members_stay_inside_and_others_are_no_tables(tmp_path, members, expected):
    path = (
        archive(tmp_path / "in" / "a.zip", members) if (tmp_path / "in").mkdir() is None else None
    )
    if expected is None:
        assert locate(path).open("train").names == ("text", "label")
        assert not (tmp_path / "evil.csv").exists()
    else:
        with pytest.raises(DataError, match=expected):
            locate(path).open("train")


def test_what_would_fill_the_disk_is_refused(tmp_path, monkeypatch, write):
    monkeypatch.setattr(packed, "_SMALL_BYTES", 1000)
    bomb = b"0" * 3_000_000
    for path in (
        archive(tmp_path / "a.zip", {"a.csv": bomb}),
        write("a", bz2.compress(bomb)).rename(tmp_path / "a.csv.bz2"),
    ):
        with pytest.raises(DataError, match="more than 250 times as large"):
            open_single(path)
    monkeypatch.setattr(packed, "_SMALL_BYTES", 1 << 30)
    monkeypatch.setattr(packed, "MOST_BYTES", 1 << 20)
    with pytest.raises(DataError, match=r"holds more than .* GiB when it is unpacked"):
        open_single(path)


def test_protected_archives_are_named(tmp_path):
    path = archive(tmp_path / "a.zip", {"a.csv": CSV})
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    path.write_bytes(data)
    with pytest.raises(DataError, match="is protected by a password"):
        open_single(path)


def test_a_full_disk_is_not_told_as_a_damaged_archive(tmp_path, monkeypatch, write):
    paths = [
        archive(tmp_path / "a.zip", {"a.csv": CSV}),
        write("b", bz2.compress(CSV)).rename(tmp_path / "b.csv.bz2"),
    ]
    opened = Path.open

    def full(path, mode="r", *more, **options):
        if mode == "wb":
            raise OSError(ENOSPC, "No space left on device")
        return opened(path, mode, *more, **options)

    monkeypatch.setattr(Path, "open", full)
    for path in paths:
        with pytest.raises(DataError, match=r"cannot be written: No space left .* Set TMPDIR"):
            open_single(path)
