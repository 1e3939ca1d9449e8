from __future__ import annotations

import io
import json

import pytest

from sentilora.data.files.read_options import Reading
from sentilora.errors import ConfigError, DataError
from sentilora.inference.rows.text_lines import LineStream


class Slow(io.BytesIO):
    """Gives a few bytes at a time, as a pipe does."""

    def read1(self, size: int = -1, /) -> bytes:
        del size
        return super().read1(7)


def values(content: bytes, *, text: str | None = None, skip: bool = False) -> list:
    stream = LineStream(Slow(content), text=text)
    return [value for block in stream.values(skip_bad_rows=skip) for value in block]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"one\ntwo words\n", ["one", "two words"]),
        (b"\xef\xbb\xbfone\r\ntwo", ["one", "two"]),
        ("größer\n日本語の長い文\n".encode(), ["größer", "日本語の長い文"]),
        (b'5\n["a"]\n', ["5", '["a"]']),
        (b"not json {\n{\n", ["not json {", "{"]),
        (b'\n\n{"n": 1, "text": "one"}\n\n{"text": "two"}', ["one", "two"]),
        (b'\xef\xbb\xbf{"Review": "one"}', ["one"]),
    ],
)
def test_texts_or_json_lines(content, expected):
    assert values(content) == expected


def test_lines_are_handed_on_as_they_arrive():
    arrived: list[bytes] = []

    class Pipe:
        def read1(self, size: int = -1, /) -> bytes:
            del size
            arrived.append(b"")
            return [b"one\n", b"two\nthr", b"ee\n", b""][len(arrived) - 1]

    blocks = LineStream(Pipe()).values()
    assert next(blocks) == ["one"]
    assert len(arrived) == 1
    assert list(blocks) == [["two"], ["three"]]


def test_column_of_json_lines():
    content = b'{"body": "one", "text": "no"}\n{"body": "two"}\n'
    assert values(content, text="body") == ["one", "two"]


def test_unknown_column():
    with pytest.raises(DataError, match=r"no column 'mood'. Found: 'body'. Choose .* text=.body."):
        values(b'{"body": "one"}', text="mood")
    with pytest.raises(DataError, match=r"no column for the text .* Found: 'words'"):
        values(b'{"words": "one"}')


def test_a_column_needs_json_lines():
    with pytest.raises(ConfigError, match='text="body" names a column, but the first line'):
        values(b"one\n", text="body")


@pytest.mark.parametrize("content", [b"", b"\n \n\r\n"])
def test_nothing(content):
    with pytest.raises(DataError, match=r"standard input holds no text. Expected .* Type"):
        values(content)


def test_bad_rows_of_texts_are_named_or_kept_as_gaps():
    content = b"\none\n\nb\xe4d\ntwo\n"
    with pytest.raises(DataError, match="empty text: row 1") as error:
        values(content)
    assert "skip_bad_rows=True" in str(error.value)
    assert values(content, skip=True) == [None, "one", None, None, "two"]


def test_bad_rows_of_json_lines_are_named_or_kept_as_gaps():
    content = b'{"text":"a"}\n{"text":7}\n\nnope\n[1]\n{}\n{"text":" "}\n{"text":"b\xe4"}\n'
    with pytest.raises(DataError, match="row 2") as error:
        [*LineStream(io.BytesIO(content)).values()]
    message = str(error.value)
    for line in (
        "text is not a string but int: row 2",
        "not a JSON object: row 3, row 4, row 7",
        "no text: row 5",
        "empty text: row 6",
    ):
        assert line in message
    assert values(content, skip=True) == ["a", *[None] * 6]


def test_lines_become_json_lines():
    stream = LineStream(Slow('one "quoted"\nzwölf\n\n'.encode()))
    lines = [json.loads(line) for line in stream.json_lines(skip_bad_rows=True)]
    assert lines == [{"text": 'one "quoted"'}, {"text": "zwölf"}, {"text": None}]
    with pytest.raises(DataError, match="empty text: row 2"):
        list(LineStream(Slow(b"one\n\n")).json_lines())
    objects = b'{"text": "a", "n": 1}\n{"text": 2}\n'
    assert b"\n".join(LineStream(Slow(objects)).json_lines()) + b"\n" == objects


@pytest.mark.parametrize(
    ("content", "text"),
    [(b"id,text\n1,Great\n", None), (b"id;Review\n", None), (b"id,body\n1,Great\n", "body")],
)
def test_a_first_line_of_column_names_means_csv(content, text):
    stream = LineStream(io.BytesIO(content), text=text)
    assert stream.whole == "csv"
    assert b"\n".join(stream.raw_lines()) == content.removesuffix(b"\n")


def test_whoever_says_how_csv_is_read_means_csv():
    stream = LineStream(io.BytesIO(b"1,Great\n"), reading=Reading(header="none"))
    assert stream.whole == "csv"


def test_texts_with_commas_are_no_csv():
    assert values(b"The text, she said, was great\nno, text\n") == [
        "The text, she said, was great",
        "no, text",
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_unicode_of_wide_characters_is_recognised(encoding):
    assert values("Die Soße\nwar kalt\n".encode(encoding)) == ["Die Soße", "war kalt"]


def test_an_encoding_that_does_not_fit_is_told():
    with pytest.raises(DataError, match="not text in the encoding utf-16"):
        LineStream(io.BytesIO(b"abc"), reading=Reading(encoding="utf-16"))


@pytest.mark.parametrize(
    ("content", "whole"),
    [
        (b"id,body,stars\n1,Great,5\n", "csv"),
        (b"sep=;\nid;text\n", "csv"),
        (b"id,text\r1,Great\r", "csv"),
        (b"Overall, great\n", ""),
        (b'[{"text": "Great"}]', "json"),
        (b'[\n {"text": "Great"}\n]', "json"),
        (b'{\n "data": []}', "json"),
        (b'{"data": [{"text": "Great"}]}', "json"),
        (b'{"text": "Great", "tags": []}\n', ""),
        (b"[Verified] Great\n", ""),
        (b'["Great"]\n', ""),
    ],
)
def test_what_a_stream_is_as_a_whole(content, whole):
    assert LineStream(io.BytesIO(content)).whole == whole


def test_a_carriage_return_ends_a_line():
    assert values(b"one\rtwo\r\nthree\r") == ["one", "two", "three"]


def test_a_word_for_none_is_no_text_here_either():
    with pytest.raises(DataError, match="a word for no text: row 2"):
        values(b'{"text": "a"}\n{"text": "nan"}\n')
    assert values(b"a\nN/A\n", skip=True) == ["a", None]
