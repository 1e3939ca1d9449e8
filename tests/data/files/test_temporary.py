from __future__ import annotations

import os
import pickle
import subprocess
import sys

import pytest

from sentilora.data.labelled.reader import read_examples

CODE = """
import os, sys
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
