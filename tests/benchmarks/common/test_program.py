"""Command lines and records of the programs, and what they keep between goes."""

import json
from pathlib import Path

from benchmarks.common.kept import kept
from benchmarks.common.machine import describe_options
from benchmarks.common.program import make_parser, write_record


def test_a_record_is_replaced_whole_and_its_folder_made(tmp_path):
    path = tmp_path / "new" / "record.json"
    write_record({"rows": 1, "file": Path("here")}, path)
    write_record({"rows": 2}, path)
    assert json.loads(path.read_text("utf-8")) == {"rows": 2}
    assert [file.name for file in path.parent.iterdir()] == ["record.json"]


def test_options_are_told_without_anybody_s_folders(tmp_path):
    parser = make_parser("some", "Measure.\n\n    a table\n")
    assert "python -m benchmarks.some" in parser.format_usage()
    assert "    a table" in parser.format_help()
    parser.add_argument("files", nargs="+", type=Path)
    options = parser.parse_args([str(tmp_path / "a.csv"), str(tmp_path / "b.csv")])
    assert describe_options(options) == {"files": ["a.csv", "b.csv"]}


def test_what_is_kept_is_that_of_the_same_model_and_texts(tmp_path):
    path, computed = tmp_path / "kept", []

    def compute():
        computed.append(1)
        return len(computed)

    assert kept(path, "general", ["a", "b"], compute) == 1
    assert kept(path, "general", ["a", "b"], compute) == 1
    assert kept(path, "other", ["a", "b"], compute) == 2
    assert kept(path, "other", ["ab"], compute) == 3
    assert kept(None, "other", ["ab"], compute) == 4
