"""What the user says about the form of a file."""

import pytest

from sentilora.data.files.read_options import Reading
from sentilora.data.files.tables import open_table
from sentilora.data.problems import Problems
from sentilora.errors import ConfigError


def rows(path, **options):
    table = open_table(path, reading=Reading(**options))
    problems = Problems(table.name)
    chunks = list(table.chunks(table.names, problems))
    assert not problems.kinds
    columns = [[value for chunk in chunks for value in chunk.columns[name]] for name in table.names]
    return table.names, list(zip(*columns, strict=True))


@pytest.fixture
def file(tmp_path):
    def write(content, name="a.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_an_encoding_is_used(file):
    path = file("text,label\nGrüße,gut\n".encode("cp1252"))
    assert rows(path, encoding="cp1252") == (("text", "label"), [("Grüße", "gut")])


@pytest.mark.parametrize(("mark", "delimiter"), [(";", ";"), ("\t", "tab"), ("\t", "\\t")])
def test_a_delimiter_is_used(file, mark, delimiter):
    path = file(f"text{mark}label\nGood, really{mark}pos\n")
    assert rows(path, delimiter=delimiter)[1] == [("Good, really", "pos")]


def test_without_quoting_quotes_are_text(file):
    path = file('id\ttext\n1\t"Awful\n2\tLove it"\n', "a.tsv")
    assert rows(path, quoting="none")[1] == [("1", '"Awful'), ("2", 'Love it"')]


def test_without_a_header_the_first_line_is_a_row(file):
    path = file("Good,pos\nBad,neg\n")
    assert rows(path, header="none", columns="text, label") == (
        ("text", "label"),
        [("Good", "pos"), ("Bad", "neg")],
    )
    assert rows(path, header="none")[0] == ("1", "2")


def test_lines_above_the_header_are_passed_over(file):
    path = file("Export of reviews\n\ntext,label\nGood,pos\n")
    assert rows(path, skip_lines=2) == (("text", "label"), [("Good", "pos")])


def test_values_that_cannot_be_meant_are_named_at_once():
    with pytest.raises(ConfigError, match="how to read the file") as error:
        Reading(encoding="utf8000", delimiter=";;", quoting="no", header="two", skip_lines=-1)
    for name in ("encoding", "delimiter", "quoting", "header", "skip_lines"):
        assert f"{name}=" in str(error.value)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [("a,a", "twice"), ("a,", "empty"), ("a,b,c", "names 3 columns, and the first row has 2")],
)
def test_columns_that_do_not_fit_are_refused(file, columns, expected):
    with pytest.raises(Exception, match=expected):
        rows(file("Good,pos\n"), header="none", columns=columns)


def test_columns_need_a_file_without_header():
    with pytest.raises(ConfigError, match='add header="none"'):
        Reading(columns=["text"])


def test_settings_that_say_nothing_about_a_format_are_refused(file):
    with pytest.raises(ConfigError, match=r'JSON file, of which delimiter=";" says nothing'):
        open_table(file('{"text": "a"}\n', "a.jsonl"), reading=Reading(delimiter=";"))
    with pytest.raises(ConfigError, match=r"CSV file, of which sheet=2 says nothing"):
        open_table(file("text\na\n"), reading=Reading(sheet=2))
