from __future__ import annotations

import datetime as dt
import gzip
import json
import os

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from sentilora.data.files.read_options import Reading
from sentilora.data.files.tables import open_batches, write_batches
from sentilora.errors import DataError

TEXT_FORMATS = ["a.csv", "a.tsv", "a.jsonl", "a.csv.gz", "a.tsv.gz", "a.jsonl.gz"]
FORMATS = [*TEXT_FORMATS, "a.parquet"]
MORE_TARGETS = [
    *("a.json", "a.ndjson", "a.arrow", "a.feather", "a.xlsx"),
    *("a.csv.bz2", "a.tsv.xz", "a.jsonl.zst", "a.csv.zst"),
]
ROWS = [
    {"id": "007", "text": 'a, "b"\nc', "": "unnamed"},
    {"id": "8", "text": "naïve ☕\tx", "": "-1.0"},
]


def read_all(path, **options):
    return [row for batch in open_batches(path, **options) for row in batch.to_pylist()]


def read_or_answer(path):
    """Read a file, and answer what is asked: of a text's lines, and of names like data."""
    answers = {}
    while True:
        try:
            return read_all(path, reading=Reading(**answers))
        except DataError as error:
            if 'hold one text together, with quoting="csv"' in str(error):
                answer = {"quoting": "csv"}
            elif 'if it holds the names, with header="first"' in str(error):
                answer = {"header": "first"}
            else:
                raise
            if answer.items() <= answers.items():
                raise
            answers |= answer


def copy(source, target):
    batches = open_batches(source)
    with write_batches(target, batches.schema) as writer:
        for batch in batches:
            writer.write(batch)


@pytest.mark.parametrize("name", FORMATS)
def test_all_columns_are_kept_as_they_are(write, name):
    path = write(name, ROWS)
    batches = open_batches(path)
    assert batches.schema.names == ["id", "text", ""]
    assert batches.row_count == 2
    assert read_all(path) == ROWS


@pytest.mark.parametrize("source", FORMATS)
@pytest.mark.parametrize("target", FORMATS)
def test_any_format_to_any_other(write, tmp_path, source, target):
    copy(write(source, ROWS), tmp_path / f"out-{target}")
    assert read_all(tmp_path / f"out-{target}") == ROWS


@pytest.mark.parametrize("target", MORE_TARGETS)
def test_any_format_to_those_that_are_written_besides(write, tmp_path, target):
    rows = [row | {"n": "7"} for row in ROWS]
    named = [{name or "blank": value for name, value in row.items()} for row in rows]
    copy(write("a.jsonl", named), tmp_path / f"out-{target}")
    assert read_all(tmp_path / f"out-{target}") == named


@pytest.mark.parametrize("target", [*FORMATS, *MORE_TARGETS])
def test_no_rows_are_a_file_without_rows(tmp_path, target):
    path = tmp_path / target
    with write_batches(path, pa.schema([("text", pa.string())])):
        pass
    if ".json" in target or ".ndjson" in target or target == "a.xlsx":
        with pytest.raises(DataError, match="is empty"):
            open_batches(path)
    else:
        assert open_batches(path).row_count == 0


FORMULAS = ["=1+1", "+SUM(A1)", "-cmd", "@x", "\t=1", "\r=1"]
HARMLESS = ["-1.5", "+3", "a=1", "", "1e5", "'", "-0"]


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.csv.gz"])
def test_formulas_are_escaped_when_that_is_asked_for(tmp_path, name):
    schema = pa.schema([("=id", pa.string())])
    rows = [{"=id": value} for value in FORMULAS + HARMLESS]
    for escapes in (False, True):
        with write_batches(tmp_path / name, schema, escape_formulas=escapes) as writer:
            writer.write(pa.RecordBatch.from_pylist(rows, schema=schema))
        mark = "'" if escapes else ""
        found = read_all(tmp_path / name)
        assert [row[f"{mark}=id"] for row in found] == [f"{mark}{x}" for x in FORMULAS] + HARMLESS


@pytest.mark.parametrize("name", FORMATS)
def test_batches_are_bounded_and_can_be_read_again(write, name):
    batches = open_batches(write(name, [{"text": str(i)} for i in range(100)]), rows=32)
    for _ in range(2):
        assert [batch.num_rows for batch in batches] == [32, 32, 32, 4]


def test_batches_of_huge_texts_are_small(write):
    path = write("a.csv", [{"text": "x" * (1 << 20)} for _ in range(40)])
    assert max(batch.num_rows for batch in open_batches(path)) == 16


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_chunks_do_not_depend_on_the_disk(write, name):
    path = write(name, [{"text": str(i), "n": str(-i)} for i in range(9000)])
    assert read_all(path)[8191:8193] == [
        {"text": "8191", "n": "-8191"},
        {"text": "8192", "n": "-8192"},
    ]


def test_json_values_keep_their_type(write, tmp_path):
    rows = [
        {"i": 1, "f": 1.5, "b": True, "s": "x", "mix": 1, "deep": {"a": [1, None]}, "none": None},
        {"i": None, "f": 2.0, "b": False, "s": "1", "mix": "1", "deep": None, "none": None},
        {"i": -3, "f": 1e300, "b": None, "s": "ü", "mix": 2.5, "deep": [{}], "none": None},
    ]
    path = write("a.jsonl", rows)
    schema = open_batches(path).schema
    types = [schema.field(name).type for name in ("i", "f", "b", "s", "mix")]
    assert types == [pa.int64(), pa.float64(), pa.bool_(), pa.string(), pa.string()]
    copy(path, tmp_path / "out.jsonl")
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == rows
    assert "ü" in lines[2]


def test_json_integers_beyond_64_bits(write, tmp_path):
    path = write("a.jsonl", [{"n": 2**70, "text": "a"}])
    copy(path, tmp_path / "out.jsonl")
    assert json.loads((tmp_path / "out.jsonl").read_text()) == {"n": 2**70, "text": "a"}


def test_json_keys_that_come_late_are_columns(write):
    path = write("a.jsonl", [{"text": "a"}] * 9000 + [{"text": "b", "late": 1}])
    rows = read_all(path)
    assert rows[0] == {"text": "a", "late": None}
    assert rows[-1] == {"text": "b", "late": 1}


def test_parquet_types_are_kept_and_written_as_text(tmp_path):
    table = pa.table(
        {
            "text": ["a"],
            "when": [dt.datetime(2026, 11, 20, 14, 32)],
            "many": [[1, 2]],
            "raw": [b"\xffx"],
            "no": pa.array([None], pa.int32()),
            "odd": [float("nan")],
        }
    )
    parquet.write_table(table, tmp_path / "a.parquet")
    assert open_batches(tmp_path / "a.parquet").schema.equals(table.schema)
    copy(tmp_path / "a.parquet", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == (
        'text,when,many,raw,no,odd\na,2026-11-20T14:32:00,"[1, 2]",\\xffx,,\n'
    )
    copy(tmp_path / "a.parquet", tmp_path / "out.jsonl")
    line = json.loads((tmp_path / "out.jsonl").read_text())
    assert line["many"] == [1, 2]
    assert line["odd"] is None


printable = st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n\r")
cells = st.text(printable, max_size=12)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    columns=st.lists(cells, min_size=2, max_size=4, unique=True),
    data=st.data(),
    name=st.sampled_from(FORMATS),
)
def test_any_text_goes_through_any_format(tmp_path, columns, data, name):
    """But for a header that reads as another delimiter, or starts with a byte order mark.

    Texts whose lines would be rows by themselves, and names that could be data, are asked about,
    and read when that is answered.
    """
    columns = [f"c{column}" for column in columns]
    row = st.fixed_dictionaries(dict.fromkeys(columns, cells))
    rows = data.draw(st.lists(row, min_size=1, max_size=5))
    path = tmp_path / name
    schema = pa.schema(dict.fromkeys(columns, pa.string()))
    with write_batches(path, schema) as writer:
        writer.write(pa.RecordBatch.from_pylist(rows, schema=schema))
    assert read_or_answer(path) == rows


def test_text_whose_lines_would_be_rows_is_asked_about(tmp_path):
    path = tmp_path / "a.tsv"
    schema = pa.schema({"c": pa.string(), "c0": pa.string()})
    rows = [{"c": "\t\r", "c0": ""}]
    with write_batches(path, schema) as writer:
        writer.write(pa.RecordBatch.from_pylist(rows, schema=schema))
    with pytest.raises(DataError, match='hold one text together, with quoting="csv"'):
        read_all(path)
    assert read_all(path, reading=Reading(quoting="csv")) == rows


def test_bad_rows_are_named_before_any_batch(write):
    content = b"id,text\n1,a\n2,b,c\n3,caf\xff\n4,\0\n"
    with pytest.raises(DataError, match="3 problems in") as error:
        open_batches(write("a.csv", content))
    assert "row 2 (line 3: 3 fields)" in str(error.value)
    assert "broken encoding (not UTF-8): row 3 (line 4: column 'text')" in str(error.value)
    assert "NUL byte: row 4 (line 5: column 'text')" in str(error.value)
    assert "Mend these rows" in str(error.value)
    assert "skip_bad_rows" not in str(error.value)
    with pytest.raises(DataError, match=r"not JSON: row 2 \(line 2"):
        open_batches(write("a.jsonl", '{"text": "a"}\n{"text": \n'))
    with pytest.raises(DataError, match=r"broken encoding \(not UTF-8\): row 1 \(key 'text'\)"):
        open_batches(write("b.jsonl", '{"text": "\\udc80"}\n'))


def test_doubled_column_names(write):
    with pytest.raises(DataError, match="column names that occur twice: 'a'"):
        open_batches(write("a.csv", "a,b,a\n1,2,3\n"))


@pytest.mark.parametrize("value", ["", "\r", "a\rb", "\n", '"', "\t"])
@pytest.mark.parametrize("name", TEXT_FORMATS)
def test_one_column_of_awkward_cells(write, tmp_path, name, value):
    schema = pa.schema([("text", pa.string())])
    with write_batches(tmp_path / name, schema) as writer:
        writer.write(pa.RecordBatch.from_pylist([{"text": value}, {"text": "x"}], schema=schema))
    assert read_all(tmp_path / name) == [{"text": value}, {"text": "x"}]


@pytest.mark.parametrize(
    ("name", "expected"), [("a.doc", "is a document, not a table"), ("gone.csv", "does not exist")]
)
def test_files_that_cannot_be_opened(tmp_path, name, expected):
    with pytest.raises(DataError, match=expected):
        open_batches(tmp_path / name)


def test_folder_called_csv(tmp_path):
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(DataError, match="is a folder, not a file"):
        open_batches(tmp_path / "a.csv")


def test_header_only_gives_no_batches(write, tmp_path):
    path = write("a.csv", "id,text\n")
    assert open_batches(path).row_count == 0
    copy(path, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "id,text\n"


def fill(path, *, batches=1, rows=10_000, then=None):
    schema = pa.schema([("text", pa.string())])
    with write_batches(path, schema) as writer:
        for _ in range(batches):
            lines = [{"text": os.urandom(32).hex()} for _ in range(rows)]
            writer.write(pa.RecordBatch.from_pylist(lines, schema=schema))
        if then is not None:
            raise then


@pytest.mark.parametrize("name", FORMATS)
def test_a_failure_leaves_the_old_file_and_no_other(write, tmp_path, name):
    path = write(name, ROWS)
    before = path.read_bytes()
    with pytest.raises(KeyboardInterrupt, match="now"):
        fill(path, then=KeyboardInterrupt("now"))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", FORMATS)
def test_the_target_appears_only_at_the_end(tmp_path, name):
    schema = pa.schema([("text", pa.string())])
    with write_batches(tmp_path / name, schema) as writer:
        writer.write(pa.RecordBatch.from_pylist([{"text": "new"}], schema=schema))
        assert not (tmp_path / name).exists()
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_written_files_have_the_usual_mode(tmp_path):
    mask = os.umask(0o022)
    try:
        with write_batches(tmp_path / "a.csv", pa.schema([("text", pa.string())])):
            pass
    finally:
        os.umask(mask)
    assert (tmp_path / "a.csv").stat().st_mode & 0o777 == 0o644


def test_gzip_output_is_the_same_each_time(tmp_path):
    schema = pa.schema([("text", pa.string())])
    for name in ("a.csv.gz", "b.csv.gz"):
        with write_batches(tmp_path / name, schema) as writer:
            writer.write(pa.RecordBatch.from_pylist([{"text": "x"}], schema=schema))
    assert (tmp_path / "a.csv.gz").read_bytes() == (tmp_path / "b.csv.gz").read_bytes()
    assert gzip.decompress((tmp_path / "a.csv.gz").read_bytes()) == b"text\nx\n"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("out.txt", r"ending in \.txt are not written"),
        ("no/such/out.csv", r"there is no folder .*no/such"),
        ("here.csv", r"is a folder\. Give the name of a file"),
    ],
)
def test_targets_that_cannot_be_written(tmp_path, name, expected):
    (tmp_path / "here.csv").mkdir()
    with pytest.raises(DataError, match=expected):
        fill(tmp_path / name, then=AssertionError("the block must not start"))


def test_target_folder_that_refuses(tmp_path):
    name = "x" * 250 + ".csv"  # Root is let in everywhere, but no folder takes such a name.
    with pytest.raises(DataError, match=r"/x+\.csv cannot be written: File name too long"):
        fill(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def small_disk():
    """Let no file grow beyond 100 kB, as on a full disk."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("batches", [1, 5])
def test_full_disk_while_writing(small_disk, tmp_path, name, batches):
    with pytest.raises(DataError, match=r"cannot be written: File too large"):
        fill(tmp_path / name, batches=batches)
    assert list(tmp_path.iterdir()) == []


def test_errors_of_the_block_are_not_taken_for_write_errors(tmp_path):
    with pytest.raises(ConnectionError, match="peer"):
        fill(tmp_path / "a.csv", then=ConnectionError("peer"))
