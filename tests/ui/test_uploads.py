"""Files that were uploaded: kept under a safe name, refused with a clear error."""

import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sentilora.errors import DataError
from tests.helpers.uploads import keep


def test_a_file_is_kept_and_its_columns_are_known(tmp_path):
    upload = keep(tmp_path, "Kunden Ä.csv", b"id,Review,stars\n1,good,5\n")
    assert upload.columns == ("id", "Review", "stars")
    assert (upload.text_column, upload.label_column) == ("Review", "stars")
    assert upload.name == "Kunden Ä.csv"
    assert upload.path.read_bytes() == b"id,Review,stars\n1,good,5\n"


def test_a_name_cannot_leave_the_folder(tmp_path):
    upload = keep(tmp_path / "in", "../../../etc/cron.d/x.csv", b"text\ngood\n")
    assert upload.path.resolve().is_relative_to((tmp_path / "in").resolve())
    assert upload.name == "x.csv"


def test_another_content_is_another_file(tmp_path):
    one = keep(tmp_path, "a.csv", b"text\ngood\n")
    other = keep(tmp_path, "a.csv", b"text\nbad\n")
    assert one.key != other.key
    assert one.path.read_bytes() != other.path.read_bytes()


def test_parquet_and_gzip(tmp_path):
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"body": ["good"], "n": [1]}), sink)
    upload = keep(tmp_path, "a.parquet", sink.getvalue().to_pybytes())
    assert (upload.columns, upload.text_column, upload.label_column) == (("body", "n"), None, None)
    packed = keep(tmp_path, "a.csv.gz", gzip.compress(b"text,other\ngood,x\n"))
    assert packed.columns == ("text", "other")
    assert packed.path.name == "a.csv.gz"


def test_two_columns_that_could_hold_the_texts_are_for_the_user_to_choose(tmp_path):
    assert keep(tmp_path, "a.csv", b"text,review\na,b\n").text_column is None


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "a.csv is empty"),
        ("a.csv", b" \n\n ", "a.csv is empty"),
        ("a.csv", b"PK\x03\x04 and so on", "a.csv"),
        ("a.parquet", b"not parquet", "a.parquet"),
        ("a.xlsx", b"PK", "Save it as .csv first"),
        ("a.csv.gz", b"not gzip", "a.csv.gz"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(name, content, message, tmp_path):
    with pytest.raises(DataError, match=message):
        keep(tmp_path, name, content)
