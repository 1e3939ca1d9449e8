from __future__ import annotations

import gc
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from sentilora.data.files.temporary import PREFIX, ScratchFolder, new_folder, remove_abandoned
from sentilora.data.labelled.reader import read_examples
from sentilora.errors import DataError
from sentilora.quality.quality_check import check

CODE = """
import os, sys
from sentilora.data.labelled.check import check_parts
from sentilora.data.labelled.reader import read_examples
examples = read_examples(sys.argv[1])
folder = os.path.dirname(examples.table.cache_files[0]["filename"])
assert os.listdir(folder) == ["examples.arrow"], os.listdir(folder)
child = os.fork()
if not child:
    sys.exit(0)  # runs what is to be run at exit
os.waitpid(child, 0)
assert os.listdir(folder) == ["examples.arrow"], "a forked child took the files away"
print(folder)
"""


@pytest.mark.process
def test_temporary_files_live_as_long_as_the_process(write, tmp_path):
    path = write("a.csv", "text,label\na,pos\nb,neg\n")
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(path)],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert str(tmp_path) in done.stdout
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.csv"]


def test_examples_can_be_sent_to_a_worker(write, reviews):
    examples = read_examples(write("a.csv", reviews(50))).select([3, 1])
    assert pickle.loads(pickle.dumps(examples)).texts == ["review 3", "review 1"]


@pytest.mark.process
def test_reading_loads_no_torch(write):
    path = write("a.csv", "text,label\na,pos\nb,neg\n")
    code = (
        "import sys; from sentilora.data.labelled.split import read_parts\n"
        "from sentilora.data.files import tables\n"
        "from sentilora.data.labelled import check, reader\n"
        "assert not {'torch', 'datasets', 'pyarrow', 'scipy', 'sklearn'} & set(sys.modules)\n"
        "reader.read_examples(sys.argv[1])\n"
        "assert not {'torch', 'transformers'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def aged(folder):
    os.utime(folder, (0, 0))
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such locks")
def test_folders_of_killed_processes_go_and_those_in_use_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left, young = tmp_path / f"{PREFIX}left", tmp_path / f"{PREFIX}young"
    for folder in (left, young, tmp_path / "other"):
        folder.mkdir()
        (folder / "scan.arrow").write_bytes(b"rows")
    aged(left)
    used = ScratchFolder()
    aged(used.path)
    remove_abandoned()
    assert not left.exists()
    assert {path.name for path in tmp_path.iterdir()} == {young.name, "other", used.path.name}


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are not listed here")
def test_many_folders_hold_one_file_open(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    first = new_folder()
    before = len(list(Path("/proc/self/fd").iterdir()))
    others = {new_folder() for _ in range(20)}
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert len(others) == 20
    (root,) = tmp_path.iterdir()
    assert {folder.parent for folder in (first, *others)} == {root}
    shutil.rmtree(root)  # as cleaners of temporary files do
    assert new_folder().is_dir()


def test_a_scratch_folder_lives_as_long_as_what_reads_from_it(tmp_path, monkeypatch):
    class Reader:
        pass

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    reader = ScratchFolder().serve(Reader())
    assert len(list(tmp_path.iterdir())) == 1
    del reader
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_without_a_folder_for_temporary_files_the_error_names_the_variable(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    with pytest.raises(DataError, match=r"no folder for temporary files: .*Set TMPDIR to a folder"):
        new_folder()


def test_a_long_life_keeps_no_file_open_and_none_on_disk(write, reviews, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    path = write("a.csv", reviews(50))
    check(path)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(8):
        check(path)
        with pytest.raises(DataError):
            read_examples(path, label="no such column")
        read_examples(path)
        gc.collect()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert list(tmp_path.rglob("*.arrow")) == []
