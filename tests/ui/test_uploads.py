"""Files that were uploaded: kept under a safe name, refused with a clear error."""

import pytest

from sentilora.errors import DataError
from tests.helpers.uploads import keep


def test_a_file_is_kept_under_a_name_that_every_disk_takes(tmp_path):
    upload = keep(tmp_path, "Kunden Ä.csv", b"id,Review,stars\n1,good,5\n")
    assert upload.name == "Kunden Ä.csv"
    assert upload.names == {upload.path: "Kunden Ä.csv"}
    assert upload.path.name == "Kunden.csv"
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


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "a.csv is empty"),
        ("a.csv", b" \n\n ", "a.csv is empty"),
        ("a.docx", b"PK", "a document, not a table"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(name, content, message, tmp_path):
    with pytest.raises(DataError, match=message):
        keep(tmp_path, name, content)
